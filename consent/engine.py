"""What deciding needs besides the actor and the record: the store, the specification, the index, the ordinance.

docs/policy.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from consent import facts, ordinance, redaction
from consent.actor import Actor
from consent.evidence_cache import EvidenceCache
from consent.facts import Facts
from consent.ordinance import Ordinance
from consent.redaction import Redaction
from consent.rules import secrecy
from profiles.spec import Spec
from resources.record.version import Version
from resources.search.index import Index
from resources.search.redaction import revealing_names
from resources.store.port import Snapshot, Store


@dataclass(frozen=True, slots=True)
class PolicyEngine:
    """Made once at the start and never changed."""

    store: Store
    spec: Spec
    index: Index
    ordinance: Ordinance
    revealing: Mapping[str, frozenset[str]]
    redact: Callable[[str, frozenset[str], Mapping[str, tuple[str, ...]]], Redaction]
    evidence_cache: EvidenceCache

    @classmethod
    def of(cls, store: Store, spec: Spec, index: Index) -> PolicyEngine:
        return cls(
            store,
            spec,
            index,
            ordinance.of(spec),
            revealing_names(spec),
            redaction.redactions(spec),
            EvidenceCache(facts.EVIDENCE),
        )

    def terms(self, resource: Mapping[str, Any]) -> set[str]:
        """The search terms of a record; a secrecy label is nothing to search for (D1)."""
        return self.index.terms(redaction.unlabelled(resource))

    async def know(self, view: Snapshot, actor: Actor, about: frozenset[str] | None = None) -> Facts:
        """The facts for an actor in a view of now; with `about`, as they bear on records that name these patients."""
        return await facts.gather(await self.evidence_cache.over(view), actor, self.ordinance, about=about)

    def redaction_of(self, version: Version, known: Facts) -> Redaction:
        """The redaction of one version, for the protected persons it names."""
        places = secrecy.places(known)
        named = frozenset(person for person in places if f".subject {person}" in version.terms)
        return self.redact(version.type, named, places)
