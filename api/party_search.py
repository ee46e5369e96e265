"""What names the asker as a party: also about somebody whose place is protected, which no search by a party finds.

docs/policy.md, D1: a party is shown himself, as who asks, is asked, writes or is called; here he is found by that too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from consent.reading.page import Page
from consent.reading.reading import Reading
from consent.views import asked_as
from resources.record import reference
from resources.record.envelope import SECLUDED
from resources.record.version import Version
from resources.search import request
from resources.search.index import Index
from resources.search.predicate import all_of, any_of, has, has_one_of
from resources.search.relation import values

_STANDS = {
    ("Communication", "recipient"): "recipient",
    ("Communication", "sender"): "sender",
    ("Consent", "actor"): "provision",
    ("Encounter", "participant"): "participant",
    ("ServiceRequest", "performer"): "performer",
    ("ServiceRequest", "requester"): "requester",
    ("Task", "owner"): "owner",
    ("Task", "requester"): "requester",
}
"""Where a party stands in a record, by the parameter that asks for it."""


async def search(
    index: Index, reading: Reading, type: str, said: Iterable[tuple[str, str]]
) -> tuple[Page, list[Version]]:
    """The page, and those on it that are meant: what names one of the asker's own where a parameter asks for that."""
    asked = list(said)
    wanted = request.parse(index, type, asked)
    said_of = {name: value.split(",") for name, value in asked if (type, name) in _STANDS}
    mine = await asked_as.of(reading) if said_of else frozenset[str]()
    own = {name: names if mine.issuperset(names) else () for name, names in said_of.items()}
    if own and all(own.values()):
        rest = request.parse(index, type, [each for each in asked if each[0] not in own])
        parties = [has_one_of(".party", names) for names in own.values()]
        hidden = all_of([rest.asked, has(SECLUDED, "yes"), *parties])
        wanted = replace(wanted, asked=any_of([wanted.asked, hidden]))
    page = await reading.search(wanted)
    return page, [each for each in page.versions if _is_meant(each, own)]


def _is_meant(version: Version, own: Mapping[str, Sequence[str]]) -> bool:
    if "yes" not in values(version.terms, SECLUDED):
        return True
    body: Mapping[str, Any] = orjson.loads(version.body)
    return all(
        reference.locals_of(body.get(_STANDS[version.type, name])).intersection(names) for name, names in own.items()
    )
