"""What the policy must know of a record, worked out by the server at every write and never taken from a client.

docs/policy.md, "what a record carries".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from profiles import consent
from resources.record import codes_said, coding, naming, period, reference
from resources.record.reference import Look, Resource
from resources.search.predicate import term
from resources.search.relation import BEGINS, ENDS, FOREVER, Terms, Values, values

DERIVATION = 7
"""To be raised whenever another envelope comes of the same record: docs/maintenance.md, "generations"."""

_VIOLENCE = coding.own("concern-field", "violence").rpartition("|")

CONFERENCE = coding.own("encounter-class", "support-conference")
"""The class of an Encounter that is a 支援会議."""

OPEN = {
    "Task": {"draft", "requested", "received", "accepted", "ready", "in-progress", "on-hold"},
    "ServiceRequest": {"active", "on-hold"},
    "CommunicationRequest": {"active", "on-hold"},
    "Communication": {"preparation", "in-progress", "on-hold", "completed"},
    "Appointment": {"proposed", "pending", "booked", "arrived", "checked-in", "waitlist"},
    "Encounter": {"planned", "arrived", "triaged", "in-progress", "onleave"},
    "Consent": {"active"},
    "CareTeam": {"active"},
    "CarePlan": {"active"},
    "List": {"current"},
}
"""The statuses in which a request still asks something of its parties, or a policy record still counts."""

UNTIED = ".untied"
"""That a sheet has rows of members of whom nobody can tell who they are."""

VIOLENCE = ".violence"
"""That a code somewhere in a record is that of violence and abuse among the fields of concern."""

LABEL = ".label"
"""The labels of a record's security."""

CODED = ".coded"
"""The codes of a record elsewhere than in its category, code and type."""

PERSONS = Values(".subject", through=".household", relation="member")
"""Whom a record is about: who is named, and whoever was a member of a Group it names when it was first written, or
became one later."""

WRITTEN = Values(".subject", through=".household", relation="member", written=True)
"""As PERSONS, but of the members only those recorded when this version was written."""

PARTIES = Values(".party", through=".party", relation="agency")
"""The parties of a request, and the agencies that their posts and desks belong to."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who stands behind a record: the agency that keeps it, and who first wrote it (both references)."""

    custodian: str
    author: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the policy knows of one version, as the server keeps it.

    `subjects` are Patients and `households` Groups, named by the record or by what it is `of`; the members of the
    Groups are followed at reading (PERSONS). `participants` are those of a team. `date` is the first instant of the one
    date of the record, and the first after it; empty where it has none that can be read.
    """

    type: str
    reference: str
    origin: Origin
    subjects: frozenset[str] = frozenset()
    households: frozenset[str] = frozenset()
    of: frozenset[str] = frozenset()
    parties: frozenset[str] = frozenset()
    open: bool = False
    conference: str = ""
    untied: bool = False
    labels: frozenset[str] = frozenset()
    codes: frozenset[str] = frozenset()
    coded: frozenset[str] = frozenset()
    participants: frozenset[str] = frozenset()
    date: tuple[str, str] = ("", "")
    violence: bool = False

    def terms(self) -> set[str]:
        """The envelope in the index, under names that begin with a dot."""
        alone = (
            (".type", self.type),
            (".id", self.reference),
            (".custodian", self.origin.custodian),
            (".author", self.origin.author),
            (".open", "yes" if self.open else ""),
            (".conference", self.conference),
            (UNTIED, "yes" if self.untied else ""),
            (VIOLENCE, "yes" if self.violence else ""),
            (BEGINS, self.date[0]),
            (ENDS, self.date[1]),
        )
        sets = (
            (".subject", self.subjects),
            (".household", self.households),
            (".of", self.of),
            (".party", self.parties),
            (LABEL, self.labels),
            (".code", self.codes),
            (CODED, self.coded),
            (".participant", self.participants),
        )
        found = {term(name, value) for name, value in alone if value}
        return found | {term(name, value) for name, many in sets for value in many}

    def joined(self, persons: frozenset[str]) -> Envelope:
        """The envelope, about these persons too."""
        return replace(self, subjects=self.subjects | persons) if persons else self

    def handed(self) -> set[str]:
        """The terms that go on to the records that are of this one."""
        return {term(".subject", one) for one in self.subjects} | {term(".household", one) for one in self.households}


Known = Callable[[str], "Envelope | None"]
"""Gives the envelope of a record that stands already, or None."""


def of(resource: Resource, origin: Origin, look: Look, known: Known, before: Envelope | None = None) -> Envelope:
    """The envelope of a record; `look` gives the meetings it names, `known` whom the records it is of are about.

    Nobody whom the version `before` was about is lost.
    """
    kind = resource["resourceType"]
    itself = f"{kind}/{resource['id']}"
    named = reference.locals_of(resource) | {itself}
    sources = naming.sources(resource, named)
    handed = [found for name in sources if (found := known(name))] + ([before] if before else [])
    meta = resource.get("meta")
    codes = coding.of(resource.get("category")) | coding.of(resource.get("code")) | coding.of(resource.get("type"))
    return Envelope(
        kind,
        itself,
        origin,
        naming.of_type(named, "Patient").union(*(each.subjects for each in handed)),
        naming.of_type(named, "Group").union(*(each.households for each in handed)),
        sources.union(*([before.of] if before else [])),
        frozenset(naming.parties(resource)),
        resource.get("status") in OPEN.get(kind, ()),
        _conference(resource, look),
        naming.untied(resource),
        codes_said.labels(meta.get("security") if isinstance(meta, dict) else None),
        codes,
        frozenset(codes_said.elsewhere(resource)) - codes,
        frozenset(naming.participants(resource)) - {""},
        _date(resource),
        _tells_of_violence(resource),
    )


def sources_of(resource: Resource) -> frozenset[str]:
    """The records that a record is of."""
    return naming.sources(resource, reference.locals_of(resource) | {f"{resource['resourceType']}/{resource['id']}"})


def read(terms: Terms) -> Envelope:
    """The envelope as the index has it."""
    return Envelope(
        value(terms, ".type"),
        value(terms, ".id"),
        origin(terms),
        frozenset(values(terms, ".subject")),
        frozenset(values(terms, ".household")),
        frozenset(values(terms, ".of")),
        frozenset(values(terms, ".party")),
        value(terms, ".open") == "yes",
        value(terms, ".conference"),
        value(terms, UNTIED) == "yes",
        frozenset(values(terms, LABEL)),
        frozenset(values(terms, ".code")),
        frozenset(values(terms, CODED)),
        frozenset(values(terms, ".participant")),
        (value(terms, BEGINS), value(terms, ENDS)),
        value(terms, VIOLENCE) == "yes",
    )


def origin(terms: Terms) -> Origin:
    """Who stands behind a record, as the index has it."""
    return Origin(value(terms, ".custodian"), value(terms, ".author"))


def value(terms: Terms, name: str) -> str:
    """The one value an envelope has under a name, or empty."""
    return next(iter(values(terms, name)), "")


def is_conference(resource: Resource | None) -> bool:
    return bool(resource) and CONFERENCE in coding.of((resource or {}).get("class"))


def meeting_of(resource: Resource) -> str:
    """The Encounter in which a record came about, or empty."""
    context = resource.get("context")
    return reference.one(resource, "encounter") or next(
        iter(reference.many(context, "encounter") if isinstance(context, dict) else ()), ""
    )


def _date(resource: Resource) -> tuple[str, str]:
    """The one date of a record: profiles/consent.json says where it stands, and when the server got it is none."""
    found: Any = resource
    for name in consent.dates().get(resource["resourceType"], ("",)):
        found = found.get(name) if isinstance(found, dict) else None
    span = period.span({"start": found, "end": found}) if isinstance(found, str) else None
    return span if span and FOREVER not in span else ("", "")


def _tells_of_violence(resource: Resource) -> bool:
    system, _, code = _VIOLENCE
    return any(each.get("code") == code and each.get("system") == system for each in reference.objects(resource))


def _conference(resource: Resource, look: Look) -> str:
    """The conference whose material a record is (a conference is its own), or empty."""
    if is_conference(resource):
        return f"Encounter/{resource['id']}"
    named = meeting_of(resource)
    return named if named and is_conference(look(named)) else ""
