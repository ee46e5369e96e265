"""What only the SQLite store promises of long questions: given up in time, asked aside, and in nobody's way."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from resources.search.predicate import EVERYTHING, Is, LinkedFrom, Not, has
from resources.search.relation import Relation
from resources.store import budget
from resources.store.port import Query, TooCostly, Unavailable
from resources.store.sqlite import SqliteStore
from tests.unit.resources.store.writing import draft, get, ids, put

LONG = Query(Not(Is("owner x")))  # tries every record: more of SQLite's steps than the time is looked at between


async def filled(folder, seconds):
    store = SqliteStore(folder, seconds=seconds)
    await store.open()
    await put(store, *(draft(f"a{n:03}", 1, f"owner {n}") for n in range(400)))
    return store


async def count(store, query=LONG):
    async with store.snapshot() as view:
        return await view.count(query, within=EVERYTHING)


def test_a_question_over_its_budget_is_given_up_and_the_store_goes_on(tmp_path, run):
    async def story():
        store = await filled(tmp_path, 0)
        async with store.snapshot() as view:
            for _ in range(2):
                with pytest.raises(TooCostly):
                    await view.find(LONG, within=EVERYTHING)
                with pytest.raises(TooCostly):
                    await view.count(LONG, within=EVERYTHING)
                found = await view.find(Query(has("owner", "7")), within=EVERYTHING)
                assert [row.id for row in found.versions] == ["a007"]
        await put(store, draft("b", 1, "owner y"))
        assert await ids(store, has("owner", "y")) == ["b"]
        await store.close()

    run(story())


def test_a_work_asks_no_more_than_it_may_while_others_wait(tmp_path, run):
    async def greedy(transaction):
        await transaction.put(replace(draft("b", 1, "owner x"), since=transaction.instant))
        return [await transaction.count(Query(has("owner", "x")), within=EVERYTHING) for _ in range(3)]

    async def story():
        store = await filled(tmp_path, 5)
        with pytest.raises(TooCostly):
            await store.transact(greedy, seconds=0.0)
        assert await ids(store, has("owner", "x")) == [], "and is undone"
        assert await store.transact(greedy, seconds=30.0) == [1, 1, 1]
        await store.close()

    run(story())


def test_what_a_work_asks_aside_counts_as_its_own(tmp_path, run):
    async def story():
        store = await filled(tmp_path, 5)
        many = Query(Not(Is("owner y")), limit=None)
        asked = []

        async def greedy(transaction):
            while True:
                asked.append(len((await transaction.find(many, within=EVERYTHING)).versions))

        with pytest.raises(TooCostly):
            await store.transact(greedy, seconds=0.1)
        assert set(asked) == {400}
        await store.close()

    run(story())


def test_every_question_has_a_budget(tmp_path, run):
    async def story():
        store = await filled(tmp_path, 0)
        led = LinkedFrom("Task", "owner", Is("x y"))
        await put(store, draft("x", 1), *(draft(f"b{n:03}", 1, "owner Task/x") for n in range(300)))
        with pytest.raises(TooCostly):
            await get(store, "x", within=led)
        async with store.snapshot() as view:
            with pytest.raises(TooCostly):
                await view.rows([("member", f"Group/{n}") for n in range(2_000)])
            with pytest.raises(TooCostly):
                await view.tags("member", [f"Group/{n}" for n in range(2_000)])
        await store.close()

    run(story())


def test_a_work_whose_question_is_given_up_may_go_on(tmp_path, run):
    async def story():
        store = await filled(tmp_path, 0)

        async def work(transaction):
            await transaction.put(replace(draft("b", 1, "owner y"), since=transaction.instant))
            with pytest.raises(TooCostly):
                await transaction.count(LONG, within=EVERYTHING)
            await transaction.put(replace(draft("c", 1, "owner y"), since=transaction.instant))

        await store.transact(work)
        assert await ids(store, has("owner", "y")) == ["b", "c"]

        async def failing(transaction):
            await transaction.put(replace(draft("d", 1, "owner y"), since=transaction.instant))
            await transaction.count(LONG, within=EVERYTHING)

        with pytest.raises(TooCostly):
            await store.transact(failing)
        assert await ids(store, has("owner", "y")) == ["b", "c"]
        await store.close()

    run(story())


class Gate:
    """The clock of the budget: in a thread it stands when the question has begun, until `go`."""

    def __init__(self):
        self.begun, self.go = threading.Event(), threading.Event()
        self.asked = threading.local()
        self.looks = 0

    def monotonic(self):
        if threading.current_thread() is not threading.main_thread():
            self.looks += 1
            if getattr(self.asked, "before", False):
                self.begun.set()
                assert self.go.wait(60)
            self.asked.before = True
        return time.monotonic()


@pytest.fixture
def gate(monkeypatch):
    """Whatever takes more than a thousand steps goes aside."""
    gate = Gate()
    monkeypatch.setattr(budget, "time", gate)
    monkeypatch.setattr(budget, "MOMENT", 0)
    return gate


def test_a_quick_question_is_answered_while_a_long_one_runs(tmp_path, run, gate):
    async def story():
        store = await filled(tmp_path, 60)
        long = asyncio.create_task(count(store))
        await asyncio.to_thread(gate.begun.wait)
        assert (found := await get(store, "a001"))
        assert found.number == 1
        assert await ids(store, has("owner", "7")) == ["a007"]
        await put(store, draft("b"))
        assert not long.done()
        gate.go.set()
        assert await long == 400  # as it was when it was asked
        await store.close()

    run(story())


def test_a_reader_is_answered_while_a_work_asks_a_long_question(tmp_path, run, gate):
    async def story():
        store = await filled(tmp_path, 60)
        work = asyncio.create_task(store.transact(lambda transaction: transaction.count(LONG, within=EVERYTHING)))
        await asyncio.to_thread(gate.begun.wait)
        assert (found := await get(store, "a001"))
        assert found.number == 1
        assert not work.done()
        gate.go.set()
        assert await work == 400
        await store.close()

    run(story())


def test_what_others_take_of_the_processor_is_no_work_of_a_question(tmp_path, run, monkeypatch):
    """Where a dozen processes share a core, far more time passes than a question has worked; not without any end."""
    seconds = 5.0

    class Busy:
        """The clock: at each look but the first of a question others have had the machine for so long."""

        def __init__(self, long):
            self.now, self.long = 0.0, long

        def monotonic(self):
            self.now += self.long
            return self.now

    async def story():
        store = await filled(tmp_path, seconds)
        monkeypatch.setattr(budget, "time", Busy(seconds / 4))
        assert await count(store) == 400
        monkeypatch.setattr(budget, "time", Busy(seconds * 10))
        with pytest.raises(TooCostly):
            await count(store)
        await store.close()

    run(story())


def test_questions_of_one_view_asked_at_once_wait_for_one_another(tmp_path, run, gate):
    async def story():
        store = await filled(tmp_path, 60)
        async with store.snapshot() as view:
            long = asyncio.create_task(view.count(LONG, within=EVERYTHING))
            await asyncio.to_thread(gate.begun.wait)
            quick = asyncio.create_task(view.get("Task", "a001", within=EVERYTHING))
            other = asyncio.create_task(view.count(LONG, within=EVERYTHING))
            await asyncio.sleep(0)
            assert not quick.done()
            gate.go.set()
            assert (await long, (await quick).id, await other) == (400, "a001", 400)
        await store.close()

    run(story())


@pytest.mark.parametrize("times", [1, 3])
def test_a_question_nobody_waits_for_any_more_ends(tmp_path, run, gate, times):
    async def story():
        store = await filled(tmp_path, 60)
        long = asyncio.create_task(count(store))
        await asyncio.to_thread(gate.begun.wait)
        for _ in range(times):
            long.cancel()
            await asyncio.sleep(0)
        assert not long.done()  # its connection is in use
        looks = gate.looks
        gate.go.set()
        with pytest.raises(asyncio.CancelledError):
            await long
        assert gate.looks == looks
        assert await count(store) == 400
        await store.close()

    run(story())


def test_a_question_that_waits_for_its_turn_aside_can_be_taken_back(tmp_path, run, gate):
    async def story():
        store = await filled(tmp_path, 60)
        running = [asyncio.create_task(count(store)) for _ in range(budget.ASIDE)]
        await asyncio.to_thread(gate.begun.wait)
        waiting = asyncio.create_task(count(store))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        gate.go.set()
        assert [await one for one in running] == [400] * budget.ASIDE
        await store.close()

    run(story())


def test_a_store_that_is_closed_gives_up_what_is_asked_and_may_be_opened_again(tmp_path, run, gate, monkeypatch):
    class Threads(ThreadPoolExecutor):
        def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
            gate.go.set()
            super().shutdown(wait, cancel_futures=cancel_futures)

    monkeypatch.setattr(budget, "ThreadPoolExecutor", Threads)

    async def story():
        store = await filled(tmp_path, 60)
        asked = [asyncio.create_task(count(store)) for _ in range(budget.ASIDE + 1)]
        await asyncio.to_thread(gate.begun.wait)
        await store.close()
        outcomes = await asyncio.gather(*asked, return_exceptions=True)
        assert all(isinstance(outcome, Unavailable) for outcome in outcomes)
        await store.open()
        assert await count(store) == 400
        await store.close()

    run(story())


def test_what_is_asked_is_asked_whole_when_the_question_goes_aside(tmp_path, run, monkeypatch):
    """Also where it is said by a generator, which can be gone through once."""
    monkeypatch.setattr(budget, "MOMENT", 0)
    names = [f"g{n}" for n in range(400)]
    said = frozenset(Relation("member", name, "Patient/x", f"tag-{name}") for name in names)

    async def story():
        store = await filled(tmp_path, 1)
        await put(store, draft("z"), relations=said)
        async with store.snapshot() as view:
            assert len(await view.rows(("member", name) for name in names)) == 400
            assert len(await view.tags("member", (name for name in ("Patient/x", "Patient/y")))) == 400
        await store.close()

    run(story())
