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
            async with turn.taken():
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
        async with turn.taken():
            with pytest.raises(Problem) as refused:
                await turn.begin()
            assert refused.value.kind == "unavailable"
        async with turn.taken():
            pass

    asyncio.run(story())
