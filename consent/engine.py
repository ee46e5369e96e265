"""What deciding needs besides the actor and the record: the store, the specification, the index, the ordinance.

docs/policy.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consent import derivation, harmless, ordinance
from consent.harmless import Harmless
from consent.ordinance import Ordinance
from profiles.spec import Spec
from resources.search.index import Index
from resources.store.port import Store


@dataclass(frozen=True, slots=True)
class PolicyEngine:
    """Made once at the start and never changed."""

    store: Store
    spec: Spec
    index: Index
    ordinance: Ordinance
    harmless: Harmless

    @classmethod
    def of(cls, store: Store, spec: Spec, index: Index) -> PolicyEngine:
        return cls(store, spec, index, ordinance.of(spec), harmless.of(index.spec))

    def terms(self, resource: Mapping[str, Any]) -> set[str]:
        """The search terms of a record about nobody who is protected."""
        return derivation.search(self.index, resource)
