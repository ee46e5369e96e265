"""Whoever reads many records at once lets others be answered in between."""

from __future__ import annotations

import asyncio

import pytest

from consent.reading.reading import Reading
from consent.reading.some import AT_ONCE
from resources.search import request
from resources.search.predicate import EVERYTHING, has
from resources.store.port import Query
from tests.laws.worlds import index
from tests.unit.consent.town import Town, actor, concern, patient

P = actor("p")

MANY = 2 * AT_ONCE + 2


@pytest.fixture
def many(town: Town) -> Town:
    town.write(P, patient("1"), *(concern(f"c{n}", "1") for n in range(MANY)))
    return town


def _turns_of_others(town: Town, judged: bool) -> int:
    """How often others have had a turn."""
    turns = 0

    async def meanwhile() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def both() -> None:
        wanted = request.parse(index(), "Condition", [("_count", f"{MANY}")])
        async with town.store.snapshot() as view:
            reading = await Reading.begin(town.gate.engine, view, P)
            there = await view.find(Query(has(".type", "Condition")), within=EVERYTHING)
            others = asyncio.create_task(meanwhile())
            await asyncio.sleep(0)
            if judged:
                assert all(await reading.sees(there.versions))
            else:
                assert len((await reading.search(wanted)).versions) == MANY
            others.cancel()

    town.run(both())
    return turns


@pytest.mark.parametrize(("judged", "least"), [(False, 6), (True, 4)])
def test_others_have_a_turn_after_each_of_some_records(many: Town, judged: bool, least: int) -> None:
    """Where facts about them are gathered, where they are decided on, and where they are shown."""
    assert _turns_of_others(many, judged) > least
