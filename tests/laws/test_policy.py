"""The laws of the policy: one meaning in three readings, agreement with a second opinion, nothing opened by closing.

docs/policy.md
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent import facts, ordinance, policy
from consent.actor import Actor
from consent.facts import Facts
from consent.rules import addressed, conference_material, consented, own_duty, statutory_conference
from profiles.spec import Spec
from resources.record.version import Version
from resources.search.predicate import EVERYTHING
from resources.store.open import opened
from resources.store.port import Query, Snapshot, Store
from tests.laws.oracle import Oracle
from tests.laws.worlds import LATER, Record, World, version, versions, worlds

LAW = settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

ENDING = {
    "Consent": {"status": "inactive"},
    "Encounter": {"status": "finished"},
    "CareTeam": {"status": "inactive"},
    "List": {"status": "retired"},
    "ServiceRequest": {"status": "revoked"},
    "Task": {"status": "completed"},
    "PractitionerRole": {"active": False},
}
"""How a record of each type is ended."""


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def law(spec: Spec) -> ordinance.Ordinance:
    return ordinance.of(spec)


def test_a_decision_the_predicate_and_the_store_agree_on_every_record(runner, law) -> None:
    seen: Counter[str] = Counter()

    @LAW
    @given(world=worlds(), action=st.sampled_from(("read", "search", "update", "delete")), shuffle=st.randoms())
    def holds(world: World, action, shuffle) -> None:
        async def look(store: Store) -> None:
            async with store.snapshot() as view:
                everything = await view.find(Query(EVERYTHING), within=EVERYTHING)
                assert len(everything) == len(world.records)
                for actor in world.actors:
                    made = policy.rules(action, await facts.gather(view, actor, law))
                    allowed = {row.reference for row in everything if policy.decide(made, row.terms).allowed}
                    predicate = policy.within(made)
                    assert {row.reference for row in everything if predicate.matches(row.terms)} == allowed
                    found = await view.find(Query(EVERYTHING), within=predicate)
                    assert [row.reference for row in found] == sorted(allowed)
                    assert await view.count(Query(EVERYTHING), within=predicate) == len(allowed)
                    mixed = [*made, *made]
                    shuffle.shuffle(mixed)
                    for row in everything:
                        assert policy.decide(mixed, row.terms).allowed == (row.reference in allowed)
                        assert policy.within(mixed).matches(row.terms) == (row.reference in allowed)
                        within = await view.get(row.type, row.id, within=predicate)
                        assert (within is not None) == (row.reference in allowed)
                    records = {row.reference for row in everything if row.type not in ("Organization",)}
                    seen["nothing" if not allowed & records else "all" if records <= allowed else "some"] += 1

        runner.run(_stored(versions(world.records), look))

    holds()
    assert seen["some"] > 50, seen
    assert seen["all"] < seen["some"] / 10, seen


def test_an_independent_reading_of_the_policy_comes_to_the_same(runner, law) -> None:
    seen: Counter[str] = Counter()
    permits = (own_duty, addressed, consented, statutory_conference)

    @LAW
    @given(world=worlds())
    def holds(world: World) -> None:
        async def look(store: Store) -> None:
            async with store.snapshot() as view:
                for actor in world.actors:
                    known = await facts.gather(view, actor, law)
                    made = policy.rules("read", known, permits, (conference_material,))
                    oracle = Oracle(world, actor)
                    for record, row in zip(world.records, versions(world.records), strict=True):
                        decision = policy.decide(made, row.terms)
                        expected = {"D3"} if oracle.closed(record) else oracle.grounds(record)
                        said = {rule.id for rule in decision.rules}
                        assert said == expected, (actor, record)
                        assert decision.allowed == (bool(expected) and "D3" not in expected)
                        seen.update(expected or {"nothing"})

        runner.run(_stored(versions(world.records), look))

    holds()
    assert min(seen[id] for id in ("P1", "P2", "P3", "P4", "D3", "nothing")) > 50, seen


def test_revoking_and_closing_never_open_anything(runner, law) -> None:
    """But for a consent that withholds: who takes a refusal back may open something by it."""
    seen: Counter[str] = Counter()

    @LAW
    @given(world=worlds(), types=st.permutations(sorted(ENDING)))
    def holds(world: World, types: list[str]) -> None:
        bodies = {each.reference: each.body for each in world.records}

        async def look(store: Store) -> None:
            before = await _readable(store, world.actors, law)
            for type in types:
                over = [ended for each in world.records if (ended := _ended(each, type))]
                bodies.update({each.reference: each.body for each in over})

                async def end(transaction, over=over) -> None:
                    for each in over:
                        await transaction.put(version(each, bodies, 2, LATER))

                await store.transact(end)
                after = await _readable(store, world.actors, law)
                assert all(remains <= was for was, remains in zip(before, after, strict=True)), type
                seen[type] += before != after
                before = after

        runner.run(_stored(versions(world.records), look))

    holds()
    assert all(seen[type] for type in ENDING), seen


def _ended(record: Record, type: str) -> Record | None:
    """A record of this type as it is when it is over; None for what is over already or withholds."""
    body = record.body
    over = ENDING[type]
    if body["resourceType"] != type or body | over == body:
        return None
    if type == "Consent" and (body["provision"]["type"] == "deny" or "provision" in body["provision"]):
        return None
    return Record(body | over, record.custodian, record.author)


async def _readable(store: Store, actors: Sequence[Actor], law: ordinance.Ordinance) -> list[set[str]]:
    async with store.snapshot() as view:
        known = [await facts.gather(view, actor, law) for actor in actors]
        return [{row.reference for row in await _found(view, each)} for each in known]


async def _found(view: Snapshot, known: Facts) -> Sequence[Version]:
    return await view.find(Query(EVERYTHING), within=policy.within(policy.rules("read", known)))


async def _stored(rows: Sequence[Version], look: Callable[[Store], Awaitable[None]]) -> None:
    """A real store that holds these versions, for as long as it is looked at."""
    with tempfile.TemporaryDirectory() as folder:
        store = opened(str(Path(folder)))
        await store.open()

        async def put(transaction) -> None:
            for row in rows:
                await transaction.put(row)

        try:
            await store.transact(put)
            await look(store)
        finally:
            await store.close()
