"""What takes long is done one after another, and who waits too long for that is told to come again."""

from __future__ import annotations

import asyncio

import pytest

from api.turn import Turn
from resources.record.problem import Problem


def test_one_has_the_turn_at_a_time_and_the_next_has_it_after() -> None:
    async def story() -> None:
        turn, at_once, most = Turn(), 0, 0

        async def work() -> None:
            nonlocal at_once, most
            async with turn.taken("a"):
                at_once += 1
                most = max(most, at_once)
                await asyncio.sleep(0)
                at_once -= 1

        await asyncio.gather(*(work() for _ in range(5)))
        assert most == 1

    asyncio.run(story())


def test_who_waits_too_long_is_told_to_come_again_and_keeps_nobody_from_their_turn() -> None:
    async def story() -> None:
        turn = Turn(0.01)
        async with turn.taken("a"):
            with pytest.raises(Problem) as refused:
                await turn.begin("b")
            assert refused.value.kind == "unavailable"
        async with turn.taken("a"):
            pass

    asyncio.run(story())


def test_who_asks_for_much_at_once_waits_for_oneself_and_nobody_else_for_that() -> None:
    async def story() -> None:
        turn, done = Turn(), list[str]()

        async def work(asker: str) -> None:
            async with turn.taken(asker):
                done.append(asker)
                await asyncio.sleep(0)

        await asyncio.gather(*(work(asker) for asker in ["much"] * 20 + ["one", "another"] + ["much"] * 20))
        assert {"one", "another"} <= set(done[:4])
        assert len(done) == 42

    asyncio.run(story())


@pytest.mark.parametrize("asker", ["who has it", "another"])
def test_who_goes_away_while_they_wait_leaves_the_turn_to_the_next(asker: str) -> None:
    async def story() -> None:
        turn = Turn()
        async with turn.taken("who has it"):
            gone = asyncio.create_task(turn.begin(asker))
            await asyncio.sleep(0)
            gone.cancel()
            await asyncio.gather(gone, return_exceptions=True)
        for each in ("who has it", "another"):
            async with turn.taken(each):
                pass

    asyncio.run(story())
