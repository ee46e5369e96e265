"""A Consent's provision read as conditions on records: what it grants, what it withholds, and what it lacks.

https://hl7.org/fhir/R4/consent-definitions.html#Consent.provision; docs/policy.md, section 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consent import enforceable
from consent.evidence import Signed
from consent.rule import Text
from resources.record import coding, period, reference
from resources.search.predicate import EVERYTHING, NOTHING, Predicate, all_of, any_of, has_one_of, none_of

CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
_RISING = ("U", "L", "M", "N", "R", "V")


@dataclass(frozen=True, slots=True)
class Ground:
    """One consent as it bears on one actor: conditions on the records of its patient."""

    patient: str
    version: str
    grants: Predicate
    withholds: Predicate
    lacks: tuple[Text, ...]


def grounds(consents: Iterable[Signed], identities: frozenset[str], purpose: str, now: datetime) -> tuple[Ground, ...]:
    """The consents that bear on an actor; those that do not count yet or any more are kept with what they lack."""
    return tuple(_ground(consent, identities, purpose, now) for consent in consents)


def _ground(consent: Signed, identities: frozenset[str], purpose: str, now: datetime) -> Ground:
    lapsed = tuple(_lacks(consent.body, now))
    if lapsed:
        withheld = EVERYTHING if _refuses_all_the_same(consent.body, now) else NOTHING
        return Ground(consent.patient, consent.version, NOTHING, withheld, lapsed)
    root = consent.body["provision"]
    described = _described(root, identities, purpose, now)
    exceptions = any_of(_described(entry, identities, purpose, now) for entry in root.get("provision") or ())
    base = all_of([described, none_of(exceptions)])
    excepted = all_of([described, exceptions])
    grants, withholds = (base, excepted) if root["type"] == "permit" else (excepted, base)
    lacks = (_NOT_FOR_THIS,) if grants == NOTHING and withholds == NOTHING else ()
    return Ground(consent.patient, consent.version, grants, withholds, lacks)


def _lacks(consent: Mapping[str, Any], now: datetime) -> Iterator[Text]:
    """Why a consent does not count: anything but active, signed, in its period and enforceable."""
    if consent.get("status") != "active":
        yield Text("the consent is not active: it was revoked or never given", "同意が有効でない（撤回または未成立）")
    if not consent.get("performer") or not (consent.get("sourceReference") or consent.get("sourceAttachment")):
        yield Text("the consent is not signed", "同意書に署名がない")
    if any(enforceable.unenforceable(consent)):
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


def _described(provision: Mapping[str, Any], identities: frozenset[str], purpose: str, now: datetime) -> Predicate:
    """What one provision describes for this actor: its elements are AND, their repetitions OR, absence is free."""
    actors = provision.get("actor") or ()
    if actors and not any(reference.one(actor, "reference") in identities for actor in actors):
        return NOTHING
    purposes = provision.get("purpose") or ()
    if purposes and not any(entry.get("code") == purpose for entry in purposes):
        return NOTHING
    if not period.contains(provision.get("period"), now):
        return NOTHING
    types = [entry.get("code", "") for entry in provision.get("class") or ()]
    labels = provision.get("securityLabel") or ()
    return all_of(
        [
            has_one_of(".type", types) if types else EVERYTHING,
            any_of(_labelled(label, provision["type"]) for label in labels) if labels else EVERYTHING,
        ]
    )


def _labelled(label: Mapping[str, Any], kind: str) -> Predicate:
    """Confidentiality is an order: a permit reaches down to less confidential records, a deny up to more."""
    if label.get("system") == CONFIDENTIALITY and label.get("code") in _RISING:
        place = _RISING.index(label["code"])
        reached = _RISING[: place + 1] if kind == "permit" else _RISING[place:]
        return has_one_of(".label", [f"{CONFIDENTIALITY}|{code}" for code in reached])
    return has_one_of(".label", coding.of(label))


_NOT_FOR_THIS = Text(
    "the consent does not name this agency for this purpose", "同意がこの機関・この目的を対象としていない"
)
