"""What only the SQLite store promises of instants: whatever its clock does, and one for all works of a commit."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from resources.search.order import SINCE
from resources.search.predicate import EVERYTHING
from resources.store.port import Query
from resources.store.sqlite import SqliteStore
from tests.unit.resources.store.writing import draft, pages, put

NOON = datetime(2026, 4, 1, 3, tzinfo=UTC)


def written(folder, run, *times):
    """The instants of transactions, each done when the clock shows one of these times."""
    clock = iter((times[0], *times))  # the vault looks at it once when it is opened

    async def story():
        store = SqliteStore(folder, clock=lambda: next(clock))
        await store.open()
        instants = [await put(store, draft(f"{id(clock)}-{n}")) for n in range(len(times))]
        await store.close()
        return instants

    return run(story())


def test_a_clock_that_stands_still_or_goes_back_does_not_stop_the_order(tmp_path, run):
    hour = timedelta(hours=1)
    assert written(tmp_path, run, NOON, NOON, NOON - hour, NOON + timedelta(milliseconds=2, microseconds=999)) == [
        "2026-04-01T03:00:00.000Z",
        "2026-04-01T03:00:00.001Z",
        "2026-04-01T03:00:00.002Z",
        "2026-04-01T03:00:00.003Z",
    ]
    assert written(tmp_path, run, NOON - hour, NOON + hour) == ["2026-04-01T03:00:00.004Z", "2026-04-01T04:00:00.000Z"]


def test_an_instant_is_in_utc_whatever_the_clock_shows(tmp_path, run):
    tokyo = NOON.astimezone().replace(microsecond=123_999)
    assert written(tmp_path, run, tokyo) == ["2026-04-01T03:00:00.123Z"]


def test_a_transaction_that_is_undone_takes_no_instant(tmp_path, run):
    async def story():
        store = SqliteStore(tmp_path, clock=lambda: NOON)
        await store.open()

        async def work(transaction):
            raise LookupError(transaction.instant)

        undone = [await asyncio.gather(store.transact(work), return_exceptions=True) for _ in range(3)]
        assert {str(fault) for [fault] in undone} == {"2026-04-01T03:00:00.000Z"}
        assert await put(store, draft("a")) == "2026-04-01T03:00:00.000Z"
        await store.close()

    run(story())


def test_works_of_one_commit_share_one_instant_and_a_record_written_twice_takes_two(tmp_path, run):
    async def story():
        store = SqliteStore(tmp_path, clock=lambda: NOON)
        await store.open()
        works = [put(store, draft(id)) for id in ("a", "b", "a", "c", "a")]
        outcomes = await asyncio.gather(*works, return_exceptions=True)
        instants = [str(one)[-5:-1] if isinstance(one, str) else type(one).__name__ for one in outcomes]
        # Version 1 of `a` again: in the next commit it is seen that there is one.
        assert instants == [".000", ".000", "Conflict", ".000", "Conflict"]
        second, third = await asyncio.gather(put(store, draft("a", 2)), put(store, draft("a", 3)))
        assert second < third
        rows = await pages(store, EVERYTHING, SINCE, limit=1, history=True)
        assert [row.cited for row in rows] == [f"Task/{key}" for key in SHARED]
        await store.close()

    run(story())


SHARED = ["a/_history/1", "b/_history/1", "c/_history/1", "a/_history/2", "a/_history/3"]


def test_a_record_much_in_demand_holds_up_nobody(tmp_path, run):
    """Each of many who raise one number does so once, and the others' works are done between."""
    tried = []

    async def story():
        store = SqliteStore(tmp_path)
        await store.open()
        await put(store, draft("n"))

        async def raise_by_one(name):
            async def work(transaction):
                tried.append(name)
                one = await transaction.get("Task", "n", within=EVERYTHING)
                following = draft("n", one.number + 1, f"by {name}")
                await transaction.put(
                    type(one)("Task", "n", following.number, transaction.instant, False, b"", following.terms)
                )

            await store.transact(work)

        await asyncio.gather(*(raise_by_one(n) for n in range(40)), *(put(store, draft(f"a{n}")) for n in range(40)))
        async with store.snapshot() as view:
            found = await view.find(Query(EVERYTHING, history=True), within=EVERYTHING)
        await store.close()
        return [row for row in found.versions if row.id == "n"]

    lives = run(story())
    assert [row.number for row in lives] == list(range(1, 42))
    assert [int(row.terms[-1].removeprefix("by ")) for row in lives[1:]] == list(range(40))
    assert len(tried) < 40 * 4
