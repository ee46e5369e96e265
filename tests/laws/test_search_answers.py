"""A search finds what a slow reading of R4's definitions finds, on either store, each hop among what its asker sees.

https://hl7.org/fhir/R4/search.html; tests/laws/answered.py
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from pathlib import Path
from unittest import mock
from uuid import uuid4

import orjson
import pytest

from consent.reading import chained
from profiles.spec import Spec
from resources.record.version import Version
from resources.search import request
from resources.search.index import Index
from resources.search.predicate import Predicate, has_one_of
from resources.store.open import opened
from resources.store.port import Query, Store, Transaction
from tests.laws import answered
from tests.laws.answered import Json, Opinion
from tests.proofs import Proof

Seen = Counter[str]
WORLDS, QUESTIONS = 3, 60


@pytest.fixture(scope="module")
def index(spec: Spec) -> Index:
    return Index(spec, "https://records.example/fhir")


@pytest.fixture(params=["sqlite", "mongo"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite://{tmp_path}/"
    return str(request.getfixturevalue("mongodb"))


def beneath(address: str) -> str:
    """A store of its own at an address."""
    return f"{address.rstrip('/')}/w{uuid4().hex}"


async def laid(store: Store, index: Index, records: list[Json]) -> None:
    async def work(tx: Transaction) -> None:
        for each in records:
            type, id = each["resourceType"], each["id"]
            terms = tuple(sorted({f".type {type}", f".id {type}/{id}", *index.terms(each)}))
            await tx.put(Version(type, id, 1, tx.instant, False, orjson.dumps(each), terms))

    await store.transact(work)


async def asked(store: Store, index: Index, spec: Spec, records: list[Json], chance: random.Random, seen: Seen) -> None:
    """Questions about one world, of which a part is seen, answered alike."""
    names = [f"{each['resourceType']}/{each['id']}" for each in records]
    visible = frozenset(name for name in names if chance.random() < 0.8)
    within: Predicate = has_one_of(".id", visible)
    opinion = Opinion(spec, records, visible)
    async with store.snapshot() as view:
        for _ in range(QUESTIONS):
            type, parameters, sort = answered.question(chance)
            said = answered.sentence(spec, parameters) if chance.random() < 0.5 else ""
            wanted = request.parse(index, type, [*([("_filter", said)] if said else parameters), ("_sort", sort)])
            seen["filtered"] += bool(said)
            with mock.patch.object(chained, "FEW", chance.choice((0, 200))):
                what = await chained.resolved(view, wanted.asked, dict.fromkeys(wanted.seen, within))
            found = [each.reference for each in (await view.find(Query(what, wanted.order), within=within)).versions]
            assert found == opinion.found(type, parameters, sort), (type, parameters, sort)
            assert await view.count(Query(what), within=within) == len(found)
            seen["asked"] += 1
            seen["found"] += bool(found)
            seen["chained"] += bool(wanted.seen and found)


async def world(address: str, index: Index, spec: Spec, number: int, seen: Seen) -> None:
    chance = random.Random(number)
    records = answered.world(chance)
    store = opened(beneath(address))
    await store.open()
    try:
        await laid(store, index, records)
        await asked(store, index, spec, records, chance, seen)
    finally:
        await store.close()


def test_a_search_finds_what_the_definitions_say(address: str, index: Index, spec: Spec) -> None:
    seen: Seen = Counter()
    for number in range(WORLDS):
        asyncio.run(world(address, index, spec, number, seen))
    assert seen["asked"] == WORLDS * QUESTIONS
    assert seen["found"] > seen["asked"] / 3, seen
    assert seen["chained"] > seen["asked"] / 8, seen
    assert seen["filtered"] > seen["asked"] / 8, seen


@pytest.mark.prove
@pytest.mark.proof("search-answers", 20_000)
def test_however_much_is_asked_a_search_finds_what_the_definitions_say(
    address: str, index: Index, spec: Spec, proof: Proof
) -> None:
    seen: Seen = Counter()
    while proof.goes_on:
        asyncio.run(world(address, index, spec, 1_000 + proof.reached, seen))
        proof.count(QUESTIONS)
