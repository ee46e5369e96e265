"""A Consent's provision read as conditions on records: what it grants, what it withholds, and what it lacks.

https://hl7.org/fhir/R4/consent-definitions.html#Consent.provision; docs/policy.md, section 5.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import orjson

from consent import enforceable
from resources.record import coding, period, reference
from resources.search.predicate import EVERYTHING, NOTHING, Predicate, all_of, any_of, has_one_of, none_of
from resources.search.relation import FOREVER, Relation

CONSENT = "consent"
"""The relation of a patient to whom their consent names: its tag is what the provision says of records."""

EVERYBODY = "*"
"""Where a provision names no actor."""

CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality"
_RISING = ("U", "L", "M", "N", "R", "V")

Description = tuple[frozenset[str], frozenset[str]]
"""What a provision asks of a record: one of these types, one of these labels; empty is free."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a wording grants and withholds one actor, for one purpose: conditions on the records of the patient."""

    grants: Predicate
    withholds: Predicate


def relations(consent: Mapping[str, Any], reached: Sequence[Mapping[str, Any]] = ()) -> Iterator[Relation]:
    """What a Consent contributes to the policy: a row for each actor it names, as long as it counts.

    One that cannot be counted grants nothing, and withholds everything unless it can be told to be no refusal.
    `reached` is what words that came later ended of it.
    """
    if consent.get("status") != "active":
        return
    patient, root = reference.one(consent, "patient"), consent.get("provision")
    counts = not any(enforceable.unenforceable(consent)) and signed(consent)
    permits = isinstance(root, Mapping) and root.get("type") == "permit"
    span = period.span(root.get("period")) if isinstance(root, Mapping) else ("", FOREVER)
    if counts and isinstance(root, Mapping) and (span or not permits):
        start, until = span or ("", FOREVER)
        for grantee in _grantees(root):
            yield Relation(CONSENT, patient, grantee, tag(wording(root, reached)), start, until)
    elif not permits:
        yield Relation(CONSENT, patient, EVERYBODY, REFUSAL, *(span or ("", FOREVER)))


def signed(consent: Mapping[str, Any]) -> bool:
    """Whether somebody has signed, on a paper."""
    return bool(consent.get("performer")) and bool(consent.get("sourceReference") or consent.get("sourceAttachment"))


def withholds(root: Any) -> bool:
    """Whether a root provision withholds anything, itself or by an exception; one that cannot be told does."""
    return not isinstance(root, Mapping) or root.get("type") != "permit" or bool(root.get("provision"))


def wording(root: Mapping[str, Any], reached: Sequence[Mapping[str, Any]] = ()) -> str:
    """What a root provision says of records, without its persons and dates: equal for consents worded alike.

    What was `reached` by words that came later is granted no more, and not withheld by it either.
    """
    said = {key: value for key, value in root.items() if key not in ("period", "actor", "id", "extension")}
    said |= {"reached": list(reached)} if reached else {}
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode()


def tag(wording: str) -> str:
    """The tag of a wording in the rows of consents."""
    return hashlib.blake2b(wording.encode(), digest_size=12).hexdigest()


def learn(wording: str) -> None:
    """Keep what the tag of a wording stands for; a wording never changes."""
    known = tag(wording)
    _known[known] = wording
    if any("period" in entry for entry in _parsed(wording).get("provision") or ()):
        _dated.add(known)
    if len(_known) > MOST_KNOWN:
        _dated.discard(_known.popitem(last=False)[0])


def knows(tag: str) -> bool:
    """Whether it is known what a tag stands for."""
    return tag in _known or tag == REFUSAL


def coverage(tag: str, identities: frozenset[str], purpose: str, now: datetime, type: str = "") -> Coverage:
    """What a wording grants and withholds an actor that its root names; of records of one type, where it is given.

    A tag that stands for nothing known withholds everything: what cannot be told is no permit.
    """
    if not _is_particular(tag):
        return _general(tag, purpose, type)
    return _covered(_read(tag), identities, purpose, now, type)


def are_dated(tags: frozenset[str]) -> bool:
    """Whether what one of these wordings says depends on the day."""
    return not _dated.isdisjoint(tags)


def _is_particular(tag: str) -> bool:
    """Whether an exception is for some actors or for some time."""
    root = _read(tag)
    apart = (*(root.get("provision") or ()), *root.get("reached", ()))
    return any("actor" in entry or "period" in entry for entry in apart)


@lru_cache(maxsize=65_536)
def _general(tag: str, purpose: str, type: str) -> Coverage:
    return _covered(_read(tag), frozenset(), purpose, _ANY_TIME, type)


def _covered(root: Mapping[str, Any], identities: frozenset[str], purpose: str, now: datetime, type: str) -> Coverage:
    if not _bears(root, frozenset(), purpose, now):
        return SILENCE
    excepting = [entry for entry in root.get("provision") or () if _bears(entry, identities, purpose, now)]
    made = _coverage(root["type"], _description(root), tuple(_description(entry) for entry in excepting), type)
    over = [_description(entry) for entry in root.get("reached", ()) if _bears(entry, identities, purpose, now)]
    if not over:
        return made
    left = none_of(any_of(_described(entry, type) for entry in over))
    return Coverage(all_of([made.grants, left]), made.withholds)


def _grantees(root: Mapping[str, Any]) -> list[str]:
    return sorted({reference.one(actor, "reference") for actor in root.get("actor") or ()} - {""}) or [EVERYBODY]


def _read(tag: str) -> Mapping[str, Any]:
    wording = _known.get(tag)
    return _parsed(wording) if wording else _WITHHOLDING


@lru_cache(maxsize=16_384)
def _parsed(wording: str) -> dict[str, Any]:
    return dict(orjson.loads(wording))


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
    types = frozenset(entry.get("code", "") for entry in provision.get("class") or ())
    return types, _labels(provision)


@lru_cache(maxsize=4096)
def _coverage(kind: str, root: Description, exceptions: tuple[Description, ...], type: str) -> Coverage:
    """A root grants or withholds what it describes, and its exceptions, of the opposite type, the other way round."""
    described = _described(root, type)
    excepted = any_of(_described(entry, type) for entry in exceptions)
    base, other = all_of([described, none_of(excepted)]), all_of([described, excepted])
    return Coverage(base, other) if kind == "permit" else Coverage(other, base)


def _described(description: Description, type: str) -> Predicate:
    """Elements are AND, their repetitions OR, absence is free."""
    types, labels = description
    of_type = has_one_of(".type", types) if types else EVERYTHING
    if type and types:
        of_type = EVERYTHING if type in types else NOTHING
    return all_of([of_type, has_one_of(".label", labels) if labels else EVERYTHING])


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


SILENCE = Coverage(NOTHING, NOTHING)

_WITHHOLDING: Mapping[str, Any] = {"type": "deny"}
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)

REFUSAL = tag(wording(_WITHHOLDING))
"""The tag of the wording that withholds everything."""

MOST_KNOWN = 65_536
_known: OrderedDict[str, str] = OrderedDict()
_dated: set[str] = set()
