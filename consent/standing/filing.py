"""Evidence being written, as its standing is judged: who writes it, and the facts before this transaction.

docs/policy.md, "standing".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from consent import office
from consent.facts import Facts
from consent.rule import Action
from consent.standing.carrying import NOTHING, Carrying
from consent.standing.signed import Signing
from consent.verdict import NONE, Verdict
from resources.record import reference
from resources.record.problem import Issue
from resources.record.reference import Look


@dataclass(frozen=True, slots=True)
class Deciding:
    """The open conference on a household's case, whom it fixed, who keeps the case, and the posts of those seated there
    and bound by secrecy, by their agencies. Empty where there is none."""

    meeting: str = ""
    fixed: frozenset[str] = frozenset()
    keepers: frozenset[str] = frozenset()
    seated: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filing:
    """`before` is None for a create, `had` the verdict on it; `custodian` is the record's agency.

    `care` tells of each person whom the evidence is about which agencies have them in care, `members` of each household
    that it names who is in it, `kept` of each record that it names which agency keeps it, and `agencies` of each party
    that it names for which agencies that one acts. `coordinating` are the households that the writer coordinates, and
    who is in them. `cases` tells of the households of a plan which agencies keep their case. `look` gives the records
    that the evidence refers to; `signing` is what stood recorded of a Consent's paper and signers, `papers` are the
    agencies that keep a paper which tells what is to be confirmed of a person, a birth date or a death. `carrying` is
    what a Task hands on, `deciding` the conference in which the roles of a case are decided.
    """

    action: Action
    before: Mapping[str, Any] | None
    after: Mapping[str, Any]
    custodian: str
    facts: Facts
    look: Look
    care: Mapping[str, frozenset[str]] = field(default_factory=dict)
    had: Verdict = NONE
    members: Mapping[str, frozenset[str]] = field(default_factory=dict)
    kept: Mapping[str, str] = field(default_factory=dict)
    agencies: Mapping[str, frozenset[str]] = field(default_factory=dict)
    coordinating: frozenset[str] = frozenset()
    cases: Mapping[str, frozenset[str]] = field(default_factory=dict)
    signing: Signing | None = None
    papers: frozenset[str] = frozenset()
    carrying: Carrying = NOTHING
    deciding: Deciding = field(default_factory=Deciding)

    @property
    def type(self) -> str:
        return str(self.after["resourceType"])

    @property
    def held(self) -> frozenset[str]:
        """The functions that the writer holds now."""
        return frozenset().union(*(post.functions for post in self.facts.posts))

    @property
    def keeping(self) -> frozenset[str]:
        """The record's agency, and those whose files it keeps since they have ended."""
        return self.facts.successions.kept_by({self.custodian})

    def has_in_care(self, whom: str) -> bool:
        """Whether the writer's agency has this Patient in care; of a Group all its members, whoever keeps it."""
        if not whom.startswith("Group/"):
            return bool(self.care.get(whom, frozenset()) & self.facts.keeps)
        members = self.members.get(whom, frozenset())
        return (bool(members) or self.keeps(whom)) and all(self.has_in_care(one) for one in members)

    def concerned(self, body: Mapping[str, Any] | None) -> frozenset[str]:
        """The Patients and households that a version names anywhere, and whose RelatedPersons it names."""
        named = reference.locals_of(body)
        kin = {reference.one(self.look(name) or {}, "patient") for name in named if name.startswith("RelatedPerson/")}
        return frozenset(name for name in named | kin if name.startswith(("Patient/", "Group/")))

    def keeps(self, name: str) -> bool:
        """Whether the writer's agency keeps a record that is named."""
        return self.kept.get(name, "") in self.facts.keeps

    def agencies_of(self, party: str) -> frozenset[str]:
        """For which agencies a party acts; one that is not known acts for none."""
        return self.agencies.get(party, frozenset())

    def is_own(self, party: str) -> bool:
        """Whether a party is the writer's agency, one that it succeeds, or a post, a desk or a person of it, by
        whichever reference."""
        return bool(self.agencies_of(party) & self.facts.keeps)

    def speaks_as(self, party: str) -> bool:
        """Whether the writer asks in a name of their own: in that of an office who holds it, or stands in for that."""
        post = self.look(party) if party.startswith("PractitionerRole/") else None
        offices = office.of(post, reference.one(post or {}, "organization"))
        return bool(self.agencies_of(party) & self.facts.agencies) and (
            not offices or bool(offices & self.facts.addressed)
        )

    def status(self) -> tuple[str, str]:
        """What its status was and is to be."""
        return str((self.before or {}).get("status", "")), str(self.after.get("status", ""))

    def changed(self, *elements: str) -> bool:
        """Whether one of these elements is not what it was; of a create, whether one is there."""
        return any((self.before or {}).get(element) != self.after.get(element) for element in elements)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of evidence: what stands in the way of its being written, and what it counts for once it is."""

    refused: Callable[[Filing], Iterator[Issue]]
    judged: Callable[[Filing], Verdict]
