"""The rows that a Consent contributes, by the verdict on it: what it grants, on whose records, and what it withholds.

docs/policy.md, "consent": whether a paper counts is derived and is not its status. What it withholds, it withholds
everywhere; a permit that ends leaves its exceptions standing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson

from consent.provision import enforceable, provisions, wording
from consent.provision.wording import Wording
from consent.verdict import ALWAYS, EVERY_KEEPER, LAPSES, REACHED, REPLACED, UNFOUNDED, WORD, Verdict
from resources.search.relation import Relation

NOBODY = "-"
"""In the place of a keeper: on nobody's records it grants anything, and it withholds on everybody's."""

_ENDED = ("inactive", "entered-in-error")
_REACHING = ("type", "actor", "purpose", "class", "securityLabel", "code", "dataPeriod", "data")

Resource = Mapping[str, Any]


def relations(consent: Resource, kept: Verdict) -> Iterator[Relation]:
    """A row for each actor and each keeper who honours it, while it counts; for what only withholds, one for all.

    Of which it is only said that its status is unknown grants nothing, and withholds as one that is active.
    """
    manners = {each.partition(" ")[2] for each in kept.note(REPLACED)}
    if kept.void or "all" in manners or kept.note(WORD):
        return
    active, untold = consent.get("status") == "active", consent.get("status") is None
    if not (active or untold) and not (kept.counts and _leaves_exceptions(consent)):
        return
    founded = kept.counts and not manners and kept.aged != UNFOUNDED
    keepers = _keepers(kept) if active and founded else frozenset({NOBODY})
    withholds = provisions.withholds(consent)
    if keepers == {NOBODY} and not withholds:
        return
    lapses = lapsing(kept) or "~"
    for row in provisions.relations({**consent, "status": "active"}, reached(kept)):
        if row.start < lapses:
            for keeper in sorted(keepers):
                yield replace(row, until=min(row.until, lapses), keeper=keeper)
        if lapses < row.until and withholds:
            yield replace(row, start=max(row.start, lapses), keeper=NOBODY)


def wordings(consent: Resource, kept: Verdict) -> Iterator[Wording]:
    """Every wording that rows of this Consent stand for, or stood for, as words that came later reached it."""
    if enforceable.kind(consent):
        for instant in ("", *kept.turns):
            yield wording.of(consent, reached(kept.by(instant)))


def lapsing(kept: Verdict) -> str:
    """From which instant on it grants no more, by the birth date that stands; empty for never."""
    if kept.aged in (UNFOUNDED, ALWAYS):
        return ""
    return kept.aged or next(iter(kept.note(LAPSES)), "")


def extent(consent: Resource) -> str:
    """How far a permit reaches, without its time: what is ended with it, of whatever paper. By its base, everywhere."""
    root = consent["provision"] if enforceable.kind(consent) == "permit" else {"type": "permit"}
    said = {element: root[element] for element in _REACHING if element in root}
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode()


def reached(kept: Verdict) -> tuple[Resource, ...]:
    """What words that came later ended of it."""
    return tuple(orjson.loads(each) for each in sorted({one.partition(" ")[2] for one in kept.note(REACHED)}))


def _leaves_exceptions(consent: Resource) -> bool:
    """Whether it is a permit that is over; a refusal is over only where something took its place."""
    return consent.get("status") in _ENDED and provisions.permits(consent)


def _keepers(kept: Verdict) -> frozenset[str]:
    return frozenset({""}) if EVERY_KEEPER in kept.honoured else kept.honoured or frozenset({NOBODY})
