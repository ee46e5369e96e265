"""A Consent's provision read as conditions on records: what it grants, what it withholds, and what it lacks.

https://hl7.org/fhir/R4/consent-definitions.html#Consent.provision; docs/policy.md, section 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from consent.evidence import ConsentEvidence
from consent.rule import Text
from resources.record import coding, period, reference
from resources.search.predicate import EVERYTHING, NOTHING, Predicate, all_of, any_of, has_one_of, none_of

CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
_RISING = ("U", "L", "M", "N", "R", "V")


Description = tuple[tuple[str, ...], frozenset[str]]
"""What a provision asks of a record: one of these types, one of these labels; empty is free."""


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """What consents that are worded alike grant and withhold; there is one Form for each wording."""

    grants: Predicate
    withholds: Predicate


@dataclass(frozen=True, slots=True)
class Ground:
    """One consent as it bears on one actor: conditions on the records of its patient."""

    patient: str
    version: str
    coverage: Coverage
    lacks: tuple[Text, ...]


def grounds(
    consents: Iterable[ConsentEvidence], identities: frozenset[str], purpose: str, now: datetime
) -> tuple[Ground, ...]:
    """The consents that bear on an actor; those that do not count yet or any more are kept with what they lack."""
    return tuple(_ground(consent, identities, purpose, now) for consent in consents)


def _ground(consent: ConsentEvidence, identities: frozenset[str], purpose: str, now: datetime) -> Ground:
    lapsed = tuple(_lacks(consent, now))
    if lapsed:
        coverage = _REFUSAL if _refuses_all_the_same(consent.body, now) else _SILENCE
        return Ground(consent.patient, consent.version, coverage, lapsed)
    root = consent.body["provision"]
    if not _bears(root, identities, purpose, now):
        return Ground(consent.patient, consent.version, _SILENCE, (_NOT_FOR_THIS,))
    exceptions = [entry for entry in root.get("provision") or () if _bears(entry, identities, purpose, now)]
    coverage = _coverage(root["type"], _description(root), tuple(_description(entry) for entry in exceptions))
    return Ground(consent.patient, consent.version, coverage, ())


def _bears(provision: Mapping[str, Any], identities: frozenset[str], purpose: str, now: datetime) -> bool:
    """Whether a provision speaks of this actor, for this purpose, at this time."""
    actors = provision.get("actor") or ()
    if actors and not any(reference.one(actor, "reference") in identities for actor in actors):
        return False
    purposes = provision.get("purpose") or ()
    if purposes and not any(entry.get("code") == purpose for entry in purposes):
        return False
    return period.contains(provision.get("period"), now)


def _description(provision: Mapping[str, Any]) -> Description:
    types = tuple(sorted(entry.get("code", "") for entry in provision.get("class") or ()))
    return types, _labels(provision)


@lru_cache(maxsize=1024)
def _coverage(kind: str, root: Description, exceptions: tuple[Description, ...]) -> Coverage:
    """A root grants or withholds what it describes, and its exceptions, of the opposite type, the other way round."""
    described = _described(root)
    excepted = any_of(_described(entry) for entry in exceptions)
    base, other = all_of([described, none_of(excepted)]), all_of([described, excepted])
    return Coverage(base, other) if kind == "permit" else Coverage(other, base)


def _described(description: Description) -> Predicate:
    """Elements are AND, their repetitions OR, absence is free."""
    types, labels = description
    return all_of(
        [
            has_one_of(".type", types) if types else EVERYTHING,
            has_one_of(".label", labels) if labels else EVERYTHING,
        ]
    )


def _lacks(signed: ConsentEvidence, now: datetime) -> Iterator[Text]:
    """Why a consent does not count: anything but active, signed, in its period and enforceable."""
    consent = signed.body
    if consent.get("status") != "active":
        yield Text("the consent is not active: it was revoked or never given", "同意が有効でない（撤回または未成立）")
    if not consent.get("performer") or not (consent.get("sourceReference") or consent.get("sourceAttachment")):
        yield Text("the consent is not signed", "同意書に署名がない")
    if not signed.enforceable:
        yield Text("the consent has an element that cannot be enforced", "判定できない項目を含む同意である")
        return
    root = consent["provision"]
    if not period.contains(root.get("period"), now):
        yield Text("the consent's period does not contain this day", "同意の期間に含まれない")


def _refuses_all_the_same(consent: Mapping[str, Any], now: datetime) -> bool:
    """Whether an active consent that cannot be counted may be a refusal: what cannot be resolved withholds."""
    root = consent.get("provision")
    if consent.get("status") != "active" or (isinstance(root, Mapping) and root.get("type") == "permit"):
        return False
    return not isinstance(root, Mapping) or period.contains(root.get("period"), now)


def _labels(provision: Mapping[str, Any]) -> frozenset[str]:
    """The labels a provision reaches. Confidentiality is an order: a permit reaches down to less confidential records,
    a deny up to more."""
    reached: set[str] = set()
    for label in provision.get("securityLabel") or ():
        code = label.get("code")
        if label.get("system") == CONFIDENTIALITY and code in _RISING:
            place = _RISING.index(code)
            levels = _RISING[: place + 1] if provision["type"] == "permit" else _RISING[place:]
            reached.update(f"{CONFIDENTIALITY}|{level}" for level in levels)
        else:
            reached |= coding.of(label)
    return frozenset(reached)


_REFUSAL = Coverage(NOTHING, EVERYTHING)
_SILENCE = Coverage(NOTHING, NOTHING)
_NOT_FOR_THIS = Text(
    "the consent does not name this agency for this purpose", "同意がこの機関・この目的を対象としていない"
)
