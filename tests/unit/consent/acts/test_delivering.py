"""What is told of a consent to very many is left with the write and told right after it: to each once, and to all."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from api.beside.secluded import Secluded
from consent.acts import delivering
from consent.gate import Gate
from consent.writing.apart import LETTERS
from resources.record.problem import Problem
from tests.laws.worlds import ref
from tests.unit.consent.acts.counted import Counted
from tests.unit.consent.acts.test_handed_on_apart import Cut
from tests.unit.consent.acts.test_transferring import wrong
from tests.unit.consent.explaining.test_simulating import simulated
from tests.unit.consent.people import NOW
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import INSTALLER, Town, actor, concern, paper, patient
from tests.unit.consent.writing.test_superseding import IRCP, consent

P, Q = actor("p"), actor("q")
MANY = 3 * LETTERS - 1
AGENCIES = [f"Organization/a{number}" for number in range(MANY)]
NAMED = ["Organization/other", *AGENCIES]
PERMIT = consent("c", provision={"type": "permit", "actor": [{"role": IRCP, "reference": ref(one)} for one in NAMED]})
ENDED = PERMIT | {"status": "inactive"} | again()

BOTH_STORES = pytest.mark.parametrize("many", ["town", "town_on_mongodb"], indirect=True)


def very_many(town: Town) -> None:
    """Of a person, whose concern is recorded, there is a paper on which very many agencies are named."""
    names = [name.partition("/")[2] for name in AGENCIES]
    town.write(INSTALLER, *({"resourceType": "Organization", "id": one, "name": one} for one in names))
    town.write(P, patient("1"), concern("d", "1"), paper(PERMIT))


@pytest.fixture
def many(request: pytest.FixtureRequest, town_with: Callable[..., Town]) -> Town:
    return town_with(very_many, getattr(request, "param", "town"))


@pytest.fixture
def open_to_many(many: Town) -> Town:
    many.write(P, PERMIT)
    assert many.reads(Q, "Condition/d")
    return many


def told(town: Town, kind: str) -> Counter[str]:
    """How often whom it was told."""
    bodies = [orjson.loads(each.body) for each in town.stored("Communication")]
    return Counter(body["recipient"][0]["reference"] for body in bodies if kind in str(body["category"]))


def are_left(town: Town) -> bool:
    return town.run(delivering.are_left(town.gate.engine))


def beside(town: Town) -> None:
    """What a server does beside the requests."""
    work = Secluded(town.gate, lambda: NOW)
    assert town.run(work.waiting())
    town.run(work.step())
    assert not town.run(Secluded(town.gate, lambda: NOW).waiting())


def on(town: Town, store: Any) -> Town:
    return replace(town, gate=Gate(replace(town.gate.engine, store=store)))


@BOTH_STORES
def test_each_is_told_once_and_no_transaction_writes_more_than_some(many: Town) -> None:
    for written, kind in ((PERMIT, "consent-begun"), (ENDED, "consent-ended")):
        store = Counted(many)
        on(many, store).write(P, written)
        assert told(many, kind) == Counter(NAMED)
        assert store.turns > MANY // LETTERS
        assert store.most <= LETTERS + 2
        assert not are_left(many)
    assert wrong(many) == []


def test_few_are_told_with_the_write_itself(many: Town) -> None:
    few = PERMIT["provision"] | {"actor": PERMIT["provision"]["actor"][:LETTERS]}
    store = Counted(many)
    on(many, store).write(P, PERMIT | {"provision": few})
    assert told(many, "consent-begun") == Counter(NAMED[:LETTERS])
    assert store.turns == 1


@pytest.mark.parametrize("after", [1, 2, 3])
def test_what_has_ended_opens_nothing_though_who_ended_it_was_killed_and_all_are_told(
    open_to_many: Town, after: int
) -> None:
    with pytest.raises(KeyboardInterrupt):
        on(open_to_many, Cut(open_to_many, after)).write(P, ENDED)
    assert not open_to_many.reads(Q, "Condition/d")
    assert open_to_many.search(Q, "Condition") == []
    assert told(open_to_many, "consent-ended").total() == (after - 1) * LETTERS
    assert are_left(open_to_many)
    beside(open_to_many)
    assert told(open_to_many, "consent-ended") == Counter(NAMED)
    assert wrong(open_to_many) == []


def test_where_two_come_to_them_at_once_each_is_told_once(open_to_many: Town) -> None:
    with pytest.raises(KeyboardInterrupt):
        on(open_to_many, Cut(open_to_many, 1)).write(P, ENDED)

    async def both() -> None:
        await asyncio.gather(*(delivering.delivered(open_to_many.gate.engine, NOW) for _ in range(2)))

    open_to_many.run(both())
    assert told(open_to_many, "consent-ended") == Counter(NAMED)


def test_of_what_is_refused_or_only_simulated_nobody_is_told(open_to_many: Town) -> None:
    with pytest.raises(Problem):
        open_to_many.write(Q, ENDED)
    with pytest.raises(Problem):
        open_to_many.write(P, ENDED, concern("e", "9"))
    assert simulated(open_to_many, P, ENDED)
    assert not are_left(open_to_many)
    assert told(open_to_many, "consent-ended") == Counter()
    assert open_to_many.reads(Q, "Condition/d")


def test_what_is_told_after_a_write_is_on_the_trail(open_to_many: Town) -> None:
    before = len(open_to_many.trail())
    open_to_many.write(P, ENDED)
    events = open_to_many.trail()[before:]
    letters = {each.reference for each in open_to_many.stored("Communication") if b"consent-ended" in each.body}
    named = [
        entity["what"]["reference"].partition("/_history")[0]
        for event in events
        for entity in event["entity"]
        if "what" in entity
    ]
    assert letters <= {*named}
