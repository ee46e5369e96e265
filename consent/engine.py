"""What deciding needs besides the actor and the record: the store, the specification, the index, the ordinance.

docs/policy.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consent import derivation, ordinance, vocabulary
from consent.ordinance import Ordinance
from consent.secrecy import harmless
from consent.secrecy.harmless import Harmless
from profiles.spec import Spec
from resources.definitions import Definitions
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
    definitions: Definitions

    @classmethod
    def of(cls, store: Store, spec: Spec, index: Index, *further: Mapping[str, Any]) -> PolicyEngine:
        """`further` are definitions that the program makes of itself."""
        shelf = _definitions(index, *further)
        return cls(store, spec, index, ordinance.of(spec), harmless.of(index.spec), shelf)

    def terms(self, resource: Mapping[str, Any]) -> set[str]:
        """The search terms of a record about nobody who is protected."""
        return derivation.search(self.index, resource)


def _definitions(index: Index, *further: Mapping[str, Any]) -> Definitions:
    return Definitions(index, vocabulary.SERVED, further)
