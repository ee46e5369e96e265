"""Work beside the requests: one process does it, and another takes over where that one ends or is gone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.beside import leading
from resources.store.open import opened
from resources.store.port import Store


class Work:
    """Counts its steps, and says when there was one."""

    def __init__(self, *, fails: int = 0) -> None:
        self.steps, self.asked, self.fails = 0, 0, fails
        self.stepped, self.looked = asyncio.Event(), asyncio.Event()

    async def waiting(self) -> bool:
        self.asked += 1
        self.looked.set()
        return True

    async def step(self) -> bool:
        if self.fails:
            self.fails -= 1
            raise RuntimeError("not now")
        self.steps += 1
        self.stepped.set()
        return False

    async def looked_again(self, times: int) -> None:
        """Until it was asked so many times more whether there is anything to do."""
        wanted = self.asked + times
        while self.asked < wanted:
            self.looked.clear()
            await self.looked.wait()


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 26, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def run(tmp_path: Path, clock: Clock) -> Iterator[tuple[asyncio.Runner, Store]]:
    store = opened(str(tmp_path), clock)
    with asyncio.Runner() as runner:
        runner.run(store.open())
        yield runner, store
        runner.run(store.close())


def test_one_of_two_leads_and_the_other_takes_over_when_it_ends(
    run: tuple[asyncio.Runner, Store], clock: Clock
) -> None:
    runner, store = run

    async def story() -> None:
        first, second = Work(), Work()
        async with leading.leading(store.vault, clock, [first], every=0.001):
            await first.stepped.wait()
            async with leading.leading(store.vault, clock, [second], every=0.001):
                await second.looked_again(3)
                assert second.steps == 0
        async with leading.leading(store.vault, clock, [second], every=0.001):
            await second.stepped.wait()

    runner.run(story())


def test_a_step_that_does_not_end_is_given_up_at_the_end_and_another_leads(
    run: tuple[asyncio.Runner, Store], clock: Clock
) -> None:
    runner, store = run

    class Endless(Work):
        async def step(self) -> bool:
            self.stepped.set()
            await asyncio.Event().wait()
            return False

    async def story() -> None:
        first, second = Endless(), Work()
        async with leading.leading(store.vault, clock, [first], every=0.001, farewell=0.001):
            await first.stepped.wait()
        async with leading.leading(store.vault, clock, [second], every=0.001):
            await second.stepped.wait()

    runner.run(story())


def test_who_was_killed_leads_no_more_after_a_while(run: tuple[asyncio.Runner, Store], clock: Clock) -> None:
    runner, store = run

    async def story() -> None:
        await store.vault.keep("leader", "work", b"gone", until=clock().timestamp() + leading.LASTS)
        work = Work()
        async with leading.leading(store.vault, clock, [work], every=0.001):
            await work.looked_again(3)
            assert work.steps == 0
            clock.now += timedelta(seconds=leading.LASTS + 1)
            await work.stepped.wait()

    runner.run(story())


def test_who_was_killed_while_the_clock_ran_ahead_leads_no_longer_than_others(
    run: tuple[asyncio.Runner, Store], clock: Clock
) -> None:
    runner, store = run

    async def story() -> None:
        clock.now += timedelta(days=400)
        gone, one, other = Work(), Work(), Work()
        going = leading.leading(store.vault, clock, [gone], every=0.001)
        await going.__aenter__()
        await gone.stepped.wait()
        said = await store.vault.look("leader", "work")
        assert said is not None
        await going.__aexit__(None, None, None)
        await store.vault.keep("leader", "work", said, until=clock().timestamp() + leading.LASTS)
        clock.now -= timedelta(days=400)
        async with leading.leading(store.vault, clock, [one], every=0.001):
            await one.stepped.wait()
            async with leading.leading(store.vault, clock, [other], every=0.001):
                await other.looked_again(3)
                assert other.steps == 0

    runner.run(story())


def test_who_leads_goes_on_wherever_the_clock_goes(run: tuple[asyncio.Runner, Store], clock: Clock) -> None:
    runner, store = run

    async def story() -> None:
        work = Work()
        async with leading.leading(store.vault, clock, [work], every=0.001):
            for away in (timedelta(), timedelta(days=400), -timedelta(days=400), -timedelta(days=1)):
                clock.now += away
                work.stepped.clear()
                await work.stepped.wait()

    runner.run(story())


def test_work_that_fails_is_tried_again_and_said_once(
    run: tuple[asyncio.Runner, Store], clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    runner, store = run

    async def story() -> None:
        work = Work(fails=3)
        async with leading.leading(store.vault, clock, [work], every=0.001):
            await work.stepped.wait()

    with caplog.at_level(logging.ERROR):
        runner.run(story())
    assert [record.getMessage() for record in caplog.records] == ["work could not be done: not now"]


def test_where_time_is_driven_what_always_waits_is_not_waited_for(run: tuple[asyncio.Runner, Store]) -> None:
    runner, _ = run
    work = Work()
    runner.run(leading.done([work]))
    assert work.steps == 1
