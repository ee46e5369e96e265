"""Evidence being written, as its standing is judged: who writes it, and the facts before this transaction.

docs/policy.md, "standing".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from consent.facts import Facts
from consent.rule import Action
from consent.standing.signed import Signing
from consent.verdict import NONE, Verdict
from resources.record.problem import Issue
from resources.record.reference import Look


@dataclass(frozen=True, slots=True)
class Filing:
    """`before` is None for a create, `had` the verdict on it; `custodian` is the record's agency.

    `care` tells of each person whom the evidence is about which agencies have them in care. `look` gives the records
    that the evidence refers to; `signing` is what stood recorded of a Consent's paper and signers.
    """

    action: Action
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]
    custodian: str
    facts: Facts
    look: Look
    care: Mapping[str, frozenset[str]] = field(default_factory=dict)
    had: Verdict = NONE
    signing: Signing | None = None

    @property
    def type(self) -> str:
        return str(self.after["resourceType"])

    def has_in_care(self, person: str) -> bool:
        """Whether the writer's agency has this person in care."""
        return bool(self.care.get(person, frozenset()) & self.facts.agencies)

    def changed(self, *elements: str) -> bool:
        """Whether one of these elements is not what it was; of a create, whether one is there."""
        return any((self.before or {}).get(element) != self.after.get(element) for element in elements)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of evidence: what stands in the way of its being written, and what it counts for once it is."""

    refused: Callable[[Filing], Iterator[Issue]]
    judged: Callable[[Filing], Verdict]
