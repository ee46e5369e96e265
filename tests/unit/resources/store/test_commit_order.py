"""What every store promises of `since`: it is the order of commits, so that who reads on from a page loses nothing."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from itertools import count, pairwise

import pytest

from resources.search.order import SINCE
from resources.search.predicate import EVERYTHING, has
from resources.search.relation import Relation
from resources.store.open import opened
from resources.store.port import Query
from tests.unit.resources.store.writing import draft, get, pages, put


def test_each_transaction_is_later_than_the_one_before(store, run):
    instants = [run(put(store, draft("a", number))) for number in range(1, 30)]
    assert all(earlier < later for earlier, later in pairwise(instants))
    assert all(datetime.fromisoformat(one).tzinfo is UTC and len(one) == 24 for one in instants)


def test_an_instant_is_the_time_of_the_clock(store, run):
    before = datetime.now(UTC).isoformat(timespec="milliseconds")[:23]
    instant = run(put(store, draft("a")))
    assert before <= instant[:23] <= datetime.now(UTC).isoformat(timespec="milliseconds")[:23]


def test_all_that_a_transaction_writes_has_its_instant(store, run):
    instant = run(put(store, draft("a"), draft("b"), relations=[Relation("member", "Group/g", "Patient/p")]))
    assert {run(get(store, id)).since for id in "ab"} == {instant}

    async def story():
        async with store.snapshot() as view:
            return [row.since for row in await view.rows([("member", "Group/g")])]

    assert run(story()) == [instant]


def test_an_instant_is_later_than_everything_a_reader_has_seen(store, run, address):
    """Of two processes, whose clocks may differ, as of two writers of one."""

    async def story():
        other = opened(address)
        await other.open()
        for n in range(12):
            writer, reader = (store, other) if n % 2 else (other, store)
            instant = await put(writer, draft(f"a{n:02}"))
            async with reader.snapshot() as view:
                found = await view.find(Query(EVERYTHING, (SINCE,)), within=EVERYTHING)
            assert found.versions[-1].since == instant
            assert await put(reader, draft(f"b{n:02}")) > instant
        await other.close()

    run(story())


def test_writers_of_one_record_at_once_each_have_an_instant(store, run):
    """Two that wait together share a transaction where they can: here they cannot."""

    async def raise_by_one(_):
        async def work(transaction):
            one = await transaction.get("Task", "a", within=EVERYTHING)
            following = draft("a", one.number + 1)
            await transaction.put(
                type(one)("Task", "a", following.number, transaction.instant, False, b"{}", following.terms)
            )

        await store.transact(work)

    async def story():
        await put(store, draft("a"))
        await asyncio.gather(*(raise_by_one(n) for n in range(12)), *(put(store, draft(f"b{n}")) for n in range(12)))

    run(story())
    lives = run(pages(store, has(".id", "Task/a"), SINCE, limit=5, history=True))
    assert [one.number for one in lives] == list(range(1, 14))
    assert len({one.since for one in lives}) == 13


@pytest.mark.parametrize("history", [False, True])
def test_who_reads_on_from_a_page_loses_nothing_and_gets_nothing_twice(store, run, address, history):
    """Writers write in two processes while one reads on and on from the last page it got."""

    async def story():
        other = opened(address)
        await other.open()
        writing = [asyncio.create_task(write(one, name)) for one, name in ((store, "a"), (store, "b"), (other, "c"))]
        got, after = [], ""
        while True:
            done = all(one.done() for one in writing)
            async with store.snapshot() as view:
                found = await view.find(Query(EVERYTHING, (SINCE,), after, 3, history), within=EVERYTHING)
            got += [one.cited for one in found.versions]
            if found.next:
                after = found.next
            elif done:
                break
            else:
                # All was read that there was: the next page begins where a fuller one would have ended.
                del got[len(got) - len(found.versions) :]
                await asyncio.sleep(0)
        for one in writing:
            one.result()
        await other.close()
        return got

    async def write(writer, name):
        for n in range(15):
            await put(writer, draft(f"{name}{n:02}"), draft(f"{name}{n:02}x"))

    got = run(story())
    assert len(got) == len(set(got)) == 90
    assert [each for each in got if each.startswith("Task/b")] == sorted(each for each in got if "Task/b" in each)


def test_what_a_past_view_has_does_not_change_whatever_is_written_later(store, run):
    async def story():
        seen = {}
        for n in count():
            instant = await put(store, draft(f"a{n}"), draft(f"b{n}"))
            seen[instant] = n
            if n == 8:
                break
        for instant, n in seen.items():
            async with store.snapshot(instant) as view:
                assert await view.count(Query(EVERYTHING), within=EVERYTHING) == 2 * (n + 1)

    run(story())
