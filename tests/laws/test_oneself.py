"""The law of P7: what a person, and who signs for them, reads of records and has in extract is what a second opinion
says, decided and found in either store.

docs/policy.md, "oneself"
"""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any
from uuid import uuid4

import orjson
from hypothesis import Phase, given, seed, settings

from consent import policy, vocabulary
from consent.actor import Actor
from consent.engine import PolicyEngine
from consent.gate import Gate
from consent.ordinance import Ordinance
from consent.views import everything
from consent.views.everything import Everything
from profiles.spec import Spec
from resources.record.problem import Problem
from resources.record.version import Version
from resources.store.open import opened
from resources.store.port import Store
from tests.laws import asking
from tests.laws.drawn import LAW, drawn
from tests.laws.kin import families
from tests.laws.oracle import Oracle
from tests.laws.whom import Books
from tests.laws.worlds import Record, World, index, stand, transactions, versions

Json = dict[str, Any]

MANY, MANY_ON_MONGODB = 250, 20
UNSHRUNK = settings(LAW, phases=[Phase.generate])
"""A world that fails is told as it is: to make it smaller takes longer than to look at it."""
_EXTRACTED = ("CarePlan", "QuestionnaireResponse")
_HEAD = {"resourceType", "id", "meta", "status", "subject", "authored", "intent", "category", "item", "activity"}


@drawn(15, MANY)
def test_what_one_reads_of_oneself_and_of_whom_one_signs_for_is_what_a_second_opinion_says(
    runner: asyncio.Runner, spec: Spec, law: Ordinance, examples: int
) -> None:
    seen: Counter[str] = Counter()

    @seed(4)
    @settings(UNSHRUNK, max_examples=examples)
    @given(world=families())
    def holds(world: World) -> None:
        runner.run(asking.stored(versions(world.records), lambda store: _alike(store, world, spec, law, seen)))

    holds()
    asked = ("signs", "signs for nobody", "P7 of a signer", "kept from a signer", "let by an officer")
    assert min(seen[each] for each in asked) > examples / 20, seen
    seldom = ("extract", "extract of a signer", "withheld in an extract", "hidden from an officer")
    assert min(seen[each] for each in seldom) > examples / 40, seen


@drawn(3, MANY_ON_MONGODB)
def test_it_is_found_so_on_mongodb(
    runner: asyncio.Runner, spec: Spec, law: Ordinance, mongodb: str, examples: int
) -> None:
    seen: Counter[str] = Counter()

    @seed(4)
    @settings(UNSHRUNK, max_examples=examples)
    @given(world=families())
    def holds(world: World) -> None:
        async def look() -> None:
            store = opened(f"{mongodb}/kin{uuid4().hex}")
            await store.open()
            try:
                await store.transact(lambda transaction: stand(transaction, versions(world.records)))
                await _alike(store, world, spec, law, seen)
            finally:
                await store.close()

        runner.run(look())

    holds()
    assert seen["P7"] > examples, seen


async def _alike(store: Store, world: World, spec: Spec, law: Ordinance, seen: Counter[str]) -> None:
    books = Books()
    for at, changes in transactions(world.records):
        books.enter(*changes, at=at)
    gate = Gate(PolicyEngine.of(store, spec, index()))
    for actor in world.actors:
        oracle = Oracle(world, actor, books)
        readable = await _decided(store, world, law, actor, oracle, seen)
        async with asking.asked(store, actor) as view:
            types = {each.body["resourceType"] for each in world.records}
            assert await asking.found(view, actor, law, types) == readable, actor
        extracts = {each.reference: part for each in world.records if (part := oracle.extract(each))}
        found = await _everything(gate, actor, oracle.person or actor.person)
        parts = {each.reference: each for each in found if each.type in _EXTRACTED and each.reference not in readable}
        assert len(parts) + len(readable & {each.reference for each in found}) == len(found), "each once"
        assert parts.keys() == extracts.keys(), (actor, world.records)
        for record in [each for each in world.records if each.reference in parts]:
            _is_extract(parts[record.reference], record, extracts[record.reference], oracle, seen)
        _told(oracle, actor, extracts, readable, seen)


async def _decided(
    store: Store, world: World, law: Ordinance, actor: Actor, oracle: Oracle, seen: Counter[str]
) -> set[str]:
    """What is decided to be read, as the second opinion says of each record."""
    readable = set()
    async with asking.asked(store, actor) as view:
        rows = {row.reference: row for row in await asking.everything(view)}
        known = await asking.known(view, actor, law, rows.values())
        for record in world.records:
            made = policy.rules("read", known.of_type(record.body["resourceType"]))
            decision = policy.decide(made, rows[record.reference].stored, known.world)
            grounds = oracle.grounds(record) if not oracle.is_closed(record) else set()
            rules = {rule.id for rule in decision.rules} if decision.allowed else set()
            assert rules - {"P9"} == grounds, (actor, record)
            assert not grounds or bool(decision.masks) == oracle.masked(record), (actor, record)
            readable |= {record.reference} if decision.allowed else set()
            seen.update(grounds)
            seen["hidden from an officer"] += (
                not oracle.citizen and bool(oracle.opposed()) and oracle.conflicted(record)
            )
    return readable


async def _everything(gate: Gate, actor: Actor, person: str) -> list[Version]:
    """All pages of `$everything` of a person; nothing where that one is not there for the actor."""
    found: list[Version] = []
    after = ""
    while not found or after:
        try:
            async with gate.reading(actor, "search", "operation", "$everything") as reading:
                asked = Everything("Patient", person.partition("/")[2], 5)
                page = await everything.page(reading, asked, after)
        except Problem:
            return []
        found += page.versions
        after = page.next
        if not after:
            break
    return found


def _is_extract(part: Version, record: Record, expected: Any, oracle: Oracle, seen: Counter[str]) -> None:
    """The rows or activities and no others, as they are; texts and places of a protected person's are withheld."""
    body: Json = orjson.loads(part.body)
    element = "activity" if part.type == "CarePlan" else "item"
    assert body.keys() <= _HEAD, body
    assert body.get("subject", {"reference": oracle.person}) == {"reference": oracle.person}
    if oracle.masked(record):
        seen["withheld in an extract"] += 1
        said = orjson.dumps(body).decode()
        assert "経過" not in said
        assert f"{record.body['id']} " not in said, body
    else:
        assert body[element] == list(expected), (part.reference, body)


def _told(oracle: Oracle, actor: Actor, extracts: Any, readable: set[str], seen: Counter[str]) -> None:
    if actor.purpose != vocabulary.PATIENT_REQUEST:
        return
    seen["extract"] += len(extracts)
    if oracle.signs:
        seen["signs" if oracle.person else "signs for nobody"] += 1
        seen["P7 of a signer"] += len(readable)
        seen["extract of a signer"] += len(extracts)
        protected = oracle.person and any(
            "security" in oracle.records[name].body.get("meta", {}) for name in oracle.names({oracle.person})
        )
        seen["let by an officer"] += bool(protected)
        own = [each for each in oracle.records if oracle.books.about(each) == {oracle.person}]
        seen["kept from a signer"] += bool(set(own) - readable)
