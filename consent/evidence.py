"""The records a decision rests on, read into what the rules ask of them; nothing here asks the store.

docs/policy.md, sections 4 and 5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from consent import vocabulary
from resources.record import coding, period, reference
from resources.record.version import Version
from resources.search.relation import Row


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A PractitionerRole held now: what the person is, and for which agency."""

    reference: str
    version: str
    agency: str
    functions: frozenset[str]


@dataclass(frozen=True, slots=True)
class Oneself:
    """The person whose records are the caller's own, or whom the caller `signs` for; the version that says so."""

    patient: str
    version: str
    signs: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """A person with whom the actor is in conflict of interest, and the version that says so."""

    patient: str
    version: str

    @property
    def source(self) -> str:
        """The record that says so."""
        return self.version.partition("/_history/")[0]


@dataclass(frozen=True, slots=True)
class Protection:
    """A person whose whereabouts are kept from the actor, and the words that would give them away."""

    patient: str
    version: str
    places: tuple[str, ...]


def body(version: Version) -> dict[str, Any]:
    """A version's JSON; a deleted one has none."""
    return {} if version.deleted else dict(orjson.loads(version.body))


def cite(version: Version) -> str:
    """A version as `Type/id/_history/n`."""
    return version.cited


def post_tag(post: Mapping[str, Any]) -> str:
    """For which agency a post is, and as what, as rows of relations keep it."""
    functions = sorted(coding.codes(post.get("code"), "role"))
    return orjson.dumps([reference.one(post, "organization"), functions]).decode()


def held(row: Row) -> HeldRole:
    """The post of a row that counts now."""
    agency, functions = orjson.loads(row.relation.tag)
    return HeldRole(row.relation.to, row.cited, agency, frozenset(functions))


def post(version: Version, now: datetime) -> HeldRole | None:
    """The post, where it is active and surely held now."""
    found = body(version)
    if found.get("active") is False or period.contains(found.get("period"), now) is not True:
        return None
    functions = coding.codes(found.get("code"), "role")
    return HeldRole(version.reference, cite(version), reference.one(found, "organization"), functions)


def disclosable(patient: Mapping[str, Any]) -> frozenset[str] | None:
    """Whom a Patient's secrecy labels name; None where it carries none. It lasts until a person lifts it."""
    labels = [
        label
        for label in (patient.get("meta") or {}).get("security") or ()
        if coding.of(label) & vocabulary.SECRECY_LABELS
    ]
    if not labels:
        return None
    return frozenset(
        target
        for label in labels
        for entry in coding.extension(label, "disclosable-to")
        if (target := reference.one(entry, "valueReference"))
    )


def protection(patient: Version) -> Protection:
    """The protection of a Patient whom a label hides from the actor."""
    return Protection(patient.reference, cite(patient), tuple(sorted(_places(body(patient)))))


def participant_periods(team: Mapping[str, Any], members: frozenset[str]) -> Iterator[Any]:
    """The periods for which a CareTeam names one of these members."""
    for participant in team.get("participant") or ():
        if reference.one(participant, "member") in members:
            yield participant.get("period")


def is_open(version: Version) -> bool:
    return ".open yes" in version.terms


def _places(patient: Mapping[str, Any]) -> Iterator[str]:
    """Words that would tell where a protected person is: written addresses and numbers, four characters and up."""
    for address in patient.get("address") or ():
        words = [address.get("text"), *(address.get("line") or ()), address.get("postalCode")]
        yield from (word for word in words if isinstance(word, str) and len(word) >= 4)
    for telecom in patient.get("telecom") or ():
        if isinstance(telecom.get("value"), str) and len(telecom["value"]) >= 4:
            yield telecom["value"]
