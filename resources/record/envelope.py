"""What the policy must know of a record, worked out by the server at every write and never taken from a client.

docs/policy.md, "what a record carries".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from resources.record import codes_said, coding, dated, mistake, naming, reference
from resources.record.mistake import MISTAKEN
from resources.record.reference import Look, Resource
from resources.search.predicate import term
from resources.search.relation import BEGINS, ENDS, Terms, Values, values

DERIVATION = 14
"""To be raised whenever another envelope comes of the same record: docs/maintenance.md, "generations"."""

CONFERENCE = coding.own("encounter-class", "support-conference")
"""The class of an Encounter that is a 支援会議."""

SECLUDED = ".secluded"
"""That a record is about somebody whose place is protected: it has search terms of harmless elements alone (D1)."""

CHECKED = ".checked"
"""The values of a version that are marked `place-checked` (D1), by their pointers."""

UNTIED = ".untied"
"""That a sheet has rows of members of whom nobody can tell who they are."""

VIOLENCE = ".violence"
"""That a code somewhere in a record is that of violence and abuse among the fields of concern."""

LABEL = ".label"
"""The labels of a record's security."""

CODED = ".coded"
"""The codes of a record elsewhere than in its category, code and type."""

_CLOSING = (f"{LABEL} ", ".conference ", f"{UNTIED} ", MISTAKEN)

PERSONS = Values(".subject", through=".household", relation="member")
"""Whom a record is about: who is named, and who was in a Group it names when it was first written, or came later."""

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
    `writer` is who wrote this version, `masked` that not all of the version before was shown to them, and `unsent` are
    the values put back for them: the pointer of each, and the one at which it stood before. `checked` are the pointers
    of those marked `place-checked`, `closed` the terms by which it is as closed as what it belongs to.
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
    writer: str = ""
    masked: bool = False
    unsent: frozenset[str] = frozenset()
    checked: frozenset[str] = frozenset()
    closed: frozenset[str] = frozenset()
    mistaken: bool = False

    def terms(self) -> frozenset[str]:
        """The envelope in the index, under names that begin with a dot."""
        alone = (
            (".type", self.type),
            (".id", self.reference),
            (".custodian", self.origin.custodian),
            (".author", self.origin.author),
            (".writer", self.writer),
            (".masked", "yes" if self.masked else ""),
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
            (".unsent", self.unsent),
            (CHECKED, self.checked),
        )
        found = {term(name, value) for name, value in alone if value}
        marked = {MISTAKEN} if self.mistaken else ()
        return self.closed.union(found, marked, (term(name, value) for name, many in sets for value in many))

    def joined(self, persons: frozenset[str]) -> Envelope:
        """The envelope, about these persons too."""
        return replace(self, subjects=self.subjects | persons) if persons else self

    def written(
        self, writer: str, masked: bool, unsent: frozenset[str], checked: frozenset[str] = frozenset()
    ) -> Envelope:
        """The envelope of a version that this one wrote, and of what was not shown to them and what is marked."""
        return replace(self, writer=writer, masked=masked, unsent=unsent, checked=checked)

    def handed(self) -> set[str]:
        """The terms that go on to the records that are of this one."""
        return {term(".subject", one) for one in self.subjects} | {term(".household", one) for one in self.households}


Written = tuple[str, bool, frozenset[str], frozenset[str]]
"""Who wrote a version, whether masked, what was put back for them, and which values are marked."""

Known = Callable[[str], "Envelope | None"]
"""Gives the envelope of a record that stands already, or None."""


def of(resource: Resource, origin: Origin, look: Look, known: Known, before: Envelope | None = None) -> Envelope:
    """The envelope of a record; `look` gives the meetings it names, `known` whom the records it is of are about.

    Nobody whom the version `before` was about is lost.
    """
    kind = resource["resourceType"]
    itself = f"{kind}/{resource['id']}"
    names = reference.locals_of(resource)
    sources, meta, named = naming.sources(resource, names), resource.get("meta"), names | {itself}
    handed = [found for name in sources if (found := known(name))] + ([before] if before else [])
    codes = coding.of(resource.get("category")) | coding.of(resource.get("code")) | coding.of(resource.get("type"))
    return Envelope(
        kind,
        itself,
        origin,
        naming.of_type(named, "Patient").union(*(each.subjects for each in handed)),
        naming.of_type(named, "Group").union(*(each.households for each in handed)),
        sources.union(*([before.of] if before else [])),
        frozenset(naming.parties(resource)),
        resource.get("status") in naming.OPEN.get(kind, ()),
        _conference(resource, look),
        naming.untied(resource),
        codes_said.labels(meta.get("security") if isinstance(meta, dict) else None),
        codes,
        frozenset(codes_said.elsewhere(resource)) - codes,
        frozenset(naming.participants(resource)) - {""},
        dated.of(resource),
        codes_said.violence(resource),
        mistaken=mistake.is_marked(resource),
    )


def sources_of(resource: Resource) -> frozenset[str]:
    """The records that a record is of."""
    return naming.sources(resource, reference.locals_of(resource))


def read(terms: Terms) -> Envelope:
    """The envelope as the index has it."""
    kind = value(terms, ".type")
    return Envelope(
        kind,
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
        *written(terms),
        closing(terms) if kind in naming.OF_TYPE else frozenset(),
        MISTAKEN in terms,
    )


def closing(terms: Iterable[str]) -> frozenset[str]:
    """Of these terms those that close a record: labels, whose material it is, rows tied to nobody, that it is wrong."""
    return frozenset(entry for entry in terms if entry.startswith(_CLOSING))


def written(terms: Terms) -> Written:
    """Of a version who wrote it, whether not all was shown to them, what was put back, and which of its values are
    marked: what no body tells."""
    masked = value(terms, ".masked") == "yes"
    return value(terms, ".writer"), masked, frozenset(values(terms, ".unsent")), frozenset(values(terms, CHECKED))


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
    named = reference.many(context, "encounter") if isinstance(context, dict) else ()
    return reference.one(resource, "encounter") or next(iter(named), "")


def _conference(resource: Resource, look: Look) -> str:
    """The conference whose material a record is (a conference is its own), or empty."""
    if is_conference(resource):
        return f"Encounter/{resource['id']}"
    return named if (named := meeting_of(resource)) and is_conference(look(named)) else ""
