"""What every store promises of transactions: all of it or nothing, one after the other, and seen when it is done."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from resources.search.predicate import EVERYTHING, has
from resources.search.relation import Relation
from resources.store.open import opened
from resources.store.port import Conflict, Query
from tests.unit.resources.store.writing import draft, get, ids, put


def test_a_work_that_raises_leaves_nothing(store, run):
    async def work(transaction):
        await transaction.put(replace(draft("a"), since=transaction.instant))
        await transaction.put(replace(draft("b"), since=transaction.instant))
        raise KeyError("enough")

    with pytest.raises(KeyError, match="enough"):
        run(store.transact(work))
    assert run(ids(store)) == []
    run(put(store, draft("a")))
    assert run(ids(store)) == ["a"]


def test_a_conflict_undoes_what_the_work_had_put_before(store, run):
    run(put(store, draft("b")))
    with pytest.raises(Conflict):
        run(put(store, draft("a"), draft("b")))
    assert run(ids(store)) == ["b"]


def test_a_work_sees_its_own_writes(store, run):
    run(put(store, draft("a", 1, "owner x")))

    async def work(transaction):
        row = Relation("member", "G/1", "P/1", "t")
        await transaction.put(replace(draft("a", 2, "owner y"), since=transaction.instant), [row])
        await transaction.put(replace(draft("b", 1, "owner y"), since=transaction.instant))
        await transaction.derive("Task/b", ["kind k"])
        asked = Query(has("owner", "y"))
        found = await transaction.find(asked, within=EVERYTHING)
        derived = await transaction.find(Query(has("kind", "k")), within=EVERYTHING)
        current = await transaction.get("Task", "a", within=EVERYTHING)
        assert [each.relation for each in await transaction.rows([("member", "G/1")])] == [row]
        assert await transaction.tags("member", ["P/1"]) == {"t": "Task/a"}
        assert [each.id for each in derived.versions] == ["b"]
        return [row.number for row in found.versions], await transaction.count(asked, within=EVERYTHING), current.number

    assert run(store.transact(work)) == ([2, 1], 2, 2)


def test_a_work_answers_with_what_it_returns(store, run):
    async def work(transaction):
        return "an answer"

    assert run(store.transact(work)) == "an answer"


def test_a_snapshot_does_not_see_later_commits(store, run):
    async def story():
        await put(store, draft("a", 1))
        async with store.snapshot() as view:
            before = await view.find(Query(EVERYTHING), within=EVERYTHING)
            await put(store, draft("a", 2), draft("b", 1))
            after = await view.find(Query(EVERYTHING), within=EVERYTHING)
            assert before == after
            assert await view.count(Query(EVERYTHING), within=EVERYTHING) == 1
            assert (await view.get("Task", "a", within=EVERYTHING)).number == 1
            assert await view.get("Task", "b", within=EVERYTHING) is None
        assert await ids(store) == ["a", "b"]

    run(story())


def test_what_is_not_committed_is_not_seen(store, run):
    async def story():
        async def work(transaction):
            await transaction.put(replace(draft("a"), since=transaction.instant))
            return await ids(store)

        assert await store.transact(work) == []
        assert await ids(store) == ["a"]

    run(story())


def test_many_works_at_once_are_all_there_after_reopening(store, run, address):
    async def story():
        await asyncio.gather(*(put(store, draft(f"a{n:02}"), draft(f"b{n:02}")) for n in range(30)))

    run(story())
    run(store.close())
    again = opened(address)
    run(again.open())
    assert run(ids(again)) == [f"{letter}{n:02}" for letter in "ab" for n in range(30)]
    run(again.close())


def test_works_that_fail_beside_others_fail_alone(store, run):
    async def story():
        works = [put(store, draft(f"a{n}", 2 if n % 3 == 0 else 1)) for n in range(9)]
        outcomes = await asyncio.gather(*works, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [Conflict, str, str] * 3
        assert await ids(store) == ["a1", "a2", "a4", "a5", "a7", "a8"]

    run(story())


def test_what_the_first_of_many_had_put_is_undone_and_those_beside_it_are_there(store, run):
    async def failing(transaction):
        await transaction.put(replace(draft("a"), since=transaction.instant))
        raise KeyError("enough")

    async def story():
        works = [store.transact(failing), put(store, draft("b")), store.transact(failing), put(store, draft("c"))]
        outcomes = await asyncio.gather(*works, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [KeyError, str, KeyError, str]
        assert await ids(store) == ["b", "c"]

    run(story())


def test_a_caller_who_gives_up_harms_nobody(store, run):
    async def story():
        calls = [asyncio.create_task(put(store, draft(f"a{n}"))) for n in range(12)]
        await asyncio.sleep(0)
        for call in calls[::2]:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        # Who gave up does not know whether it was done; closing waits until it is decided.
        await store.close()
        await store.open()
        found = await ids(store)
        assert set(found) >= {f"a{n}" for n in range(1, 12, 2)}
        await put(store, *(draft(f"a{n}", 2 if f"a{n}" in found else 1) for n in range(12)))
        assert len(await ids(store)) == 12

    run(story())


def test_of_two_stores_that_write_the_same_next_version_one_wins(store, run, address):
    async def story():
        other = opened(address)
        await other.open()
        await put(store, draft("a", 1))
        for number in range(2, 8):
            race = (put(store, draft("a", number, "by 1")), put(other, draft("a", number, "by 2")))
            outcomes = await asyncio.gather(*race, return_exceptions=True)
            assert sorted(str(type(outcome).__name__) for outcome in outcomes) == ["Conflict", "str"]
            winner = "by 1" if isinstance(outcomes[0], str) else "by 2"
            assert (found := await get(store, "a", number))
            assert winner in found.terms
            assert await get(store, "a") == await get(other, "a")
        await other.close()

    run(story())


def test_of_two_stores_that_create_the_same_record_one_wins(store, run, address):
    async def story():
        other = opened(address)
        await other.open()
        for n in range(5):
            race = (put(store, draft(f"a{n}")), put(other, draft(f"a{n}")))
            outcomes = await asyncio.gather(*race, return_exceptions=True)
            assert sorted(str(type(outcome).__name__) for outcome in outcomes) == ["Conflict", "str"]
        await other.close()

    run(story())


def test_works_of_two_processes_run_as_if_one_after_another(store, run, address):
    """Each writes only if the other has not, into different records: one of them finds that the other has."""

    async def story():
        other = opened(address)
        await other.open()
        for n in range(8):

            def unless(there, mine, n=n):
                async def work(transaction):
                    found = await transaction.get("Task", f"{there}{n}", within=EVERYTHING)
                    await asyncio.sleep(0)
                    if found is None:
                        await transaction.put(replace(draft(f"{mine}{n}"), since=transaction.instant))
                    return found is None

                return work

            wrote = await asyncio.gather(store.transact(unless("b", "a")), other.transact(unless("a", "b")))
            assert sorted(wrote) == [False, True]
        await other.close()

    run(story())


def test_a_work_that_relied_on_what_is_withdrawn_meanwhile_is_done_again(store, run, address):
    """The withdrawal is acknowledged first: whoever is told later that it relied on the consent was never told so."""

    async def story():
        other = opened(address)
        await other.open()
        await put(store, draft("consent", 1, "status active"))
        withdrawn = asyncio.Event()
        relied = []

        async def rely(transaction):
            consent = await transaction.get("Task", "consent", within=EVERYTHING)
            relied.append("status active" in consent.terms)
            await asyncio.sleep(0)
            if relied[-1]:
                await transaction.put(replace(draft("reliant"), since=transaction.instant))

        async def withdraw():
            await put(other, draft("consent", 2, "status inactive"))
            withdrawn.set()
            return "reliant" in await ids(other)

        _, before = await asyncio.gather(store.transact(rely), withdraw())
        # Where the withdrawal was first, the work saw it; where it was not, what was written was there when it came.
        assert ("reliant" in await ids(store)) == relied[-1]
        assert relied[-1] <= before
        await other.close()

    run(story())
