"""The records a decision rests on, read into what the rules ask of them; nothing here asks the store.

docs/policy.md, sections 4 and 5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson

from consent import enforceable, vocabulary
from resources.record import coding, period, reference
from resources.record.version import Version


@dataclass(frozen=True, slots=True)
class HeldRole:
    """A PractitionerRole held now: what the person is, and for which agency."""

    reference: str
    version: str
    agency: str
    functions: frozenset[str]


@dataclass(frozen=True, slots=True)
class ConsentEvidence:
    """A Consent of one patient; whether it is `enforceable` as written holds for the version once and for all."""

    patient: str
    version: str
    body: Mapping[str, Any]
    enforceable: bool


@dataclass(frozen=True, slots=True)
class Coordination:
    """A case the coordinator accepted on a ground of R13."""

    household: str
    case: str
    version: str


@dataclass(frozen=True, slots=True)
class Protection:
    """A person whose whereabouts are secret, who may know them, and the words that would give them away."""

    patient: str
    version: str
    named: frozenset[str]
    places: tuple[str, ...]


def body(version: Version) -> dict[str, Any]:
    """A version's JSON; a deleted one has none."""
    return {} if version.deleted else dict(orjson.loads(version.body))


def cite(version: Version) -> str:
    """A version as `Type/id/_history/n`."""
    return f"{version.reference}/_history/{version.number}"


def post(version: Version, now: datetime) -> HeldRole | None:
    """The post, where it is active and held now."""
    found = body(version)
    if found.get("active") is False or not period.contains(found.get("period"), now):
        return None
    functions = coding.codes(found.get("code"), "role")
    return HeldRole(version.reference, cite(version), reference.one(found, "organization"), functions)


def signed(version: Version) -> ConsentEvidence:
    return _signed(cite(version), version.body)


@lru_cache(maxsize=4096)
def _signed(name: str, content: bytes) -> ConsentEvidence:
    """A version never changes, so it is read once."""
    found = dict(orjson.loads(content)) if content else {}
    sound = not any(enforceable.unenforceable(found))
    return ConsentEvidence(reference.one(found, "patient"), name, found, sound)


def coordination(version: Version) -> Coordination | None:
    """A coordination Task taken on, on one of the six grounds."""
    found = body(version)
    grounded = coding.codes(found.get("reasonCode"), "coordination-ground")
    if not grounded or found.get("status") not in ("accepted", "in-progress", "on-hold"):
        return None
    return Coordination(reference.one(found, "for"), reference.one(found, "focus"), cite(version))


def protection(version: Version) -> Protection | None:
    """The protection of a Patient that carries a secrecy label; it lasts until a person lifts it."""
    found = body(version)
    labels = [
        label
        for label in (found.get("meta") or {}).get("security") or ()
        if coding.of(label) & vocabulary.SECRECY_LABELS
    ]
    if not labels:
        return None
    named = frozenset(
        target
        for label in labels
        for entry in coding.extension(label, "disclosable-to")
        if (target := reference.one(entry, "valueReference"))
    )
    return Protection(version.reference, cite(version), named, tuple(sorted(_places(found))))


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
