"""What deciding needs besides the actor and the record: the store, the specification, the index, the ordinance.

docs/policy.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from consent import derivation, ordinance, redaction
from consent.facts import Facts
from consent.ordinance import Ordinance
from consent.redaction import Redaction
from consent.rules import secrecy
from profiles.spec import Spec
from resources.record.envelope import PERSONS
from resources.record.version import Version
from resources.search.index import Index
from resources.search.redaction import revealing_names
from resources.search.relation import Around
from resources.store.port import Store


@dataclass(frozen=True, slots=True)
class PolicyEngine:
    """Made once at the start and never changed."""

    store: Store
    spec: Spec
    index: Index
    ordinance: Ordinance
    revealing: Mapping[str, frozenset[str]]
    redact: Callable[[str, frozenset[str], Mapping[str, tuple[str, ...]]], Redaction]

    @classmethod
    def of(cls, store: Store, spec: Spec, index: Index) -> PolicyEngine:
        return cls(store, spec, index, ordinance.of(spec), revealing_names(spec), redaction.redactions(spec))

    def terms(self, resource: Mapping[str, Any]) -> set[str]:
        """The search terms of a record; a secrecy label is nothing to search for (D1)."""
        return derivation.search(self.index, resource)

    def redaction_of(self, version: Version, known: Facts) -> Redaction:
        """The redaction of one version, for the protected persons it is about."""
        places = secrecy.places(known)
        persons = frozenset(PERSONS.of(version.terms, Around(version.stored, known.world)))
        return self.redact(version.type, persons & places.keys(), places)
