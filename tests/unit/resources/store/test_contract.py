"""What every store promises, asked of each: resources/store/port.py."""

from __future__ import annotations

import asyncio
import time

import pytest

from resources.record.version import Version
from resources.search.predicate import (
    EVERYTHING,
    NOTHING,
    AllOf,
    AnyOf,
    Has,
    HasOther,
    Is,
    Not,
    has,
    has_any,
    has_one_of,
    only,
    starts,
)
from resources.store.open import opened
from resources.store.port import Conflict, Query


def at(second: int) -> str:
    return f"2026-04-01T09:{second // 60:02}:{second % 60:02}.000Z"


def version(id: str, number: int = 1, *terms: str, type: str = "Task", since: int | None = None, deleted: bool = False):
    body = b"" if deleted else f'{{"resourceType":"{type}","id":"{id}","number":{number}}}'.encode()
    moment = at(number if since is None else since)
    return Version(type, id, number, moment, deleted, body, tuple(sorted({f".type {type}", *terms})))


async def put(store, *versions):
    async def work(transaction):
        for one in versions:
            await transaction.put(one)

    await store.transact(work)


async def get(store, id, number=None, *, within=EVERYTHING, instant=None, type="Task"):
    async with store.snapshot(instant) as view:
        return await view.get(type, id, within=within, number=number)


async def ids(store, what=EVERYTHING, *, instant=None, within=EVERYTHING, **query):
    """The ids found, having seen that the count agrees."""
    asked = Query(what, **query)
    async with store.snapshot(instant) as view:
        rows = await view.find(asked, within=within)
        if asked.after is None and asked.limit is None:
            assert await view.count(asked, within=within) == len(rows)
    return [row.id for row in rows]


def place(row):
    return (row.since, row.type, row.id, row.number)


# Versions


def test_a_version_is_read_as_it_was_put(store, run):
    one = version("a", 1, "name 山田", "note a b  c")
    run(put(store, one))
    assert run(get(store, "a")) == one


def test_an_unknown_record_is_none(store, run):
    assert run(get(store, "a")) is None
    assert run(get(store, "\ud800")) is None


def test_a_record_outside_the_policy_is_none(store, run):
    run(put(store, version("a", 1, "owner x")))
    assert run(get(store, "a", within=has("owner", "y"))) is None
    assert run(get(store, "a", 1, within=NOTHING)) is None


def test_the_next_version_becomes_the_current_one_and_the_old_one_stays(store, run):
    first, second = version("a", 1, "owner x"), version("a", 2, "owner y")
    run(put(store, first))
    run(put(store, second))
    assert run(get(store, "a")) == second
    assert run(get(store, "a", 1)) == first
    assert run(get(store, "a", 3)) is None
    assert run(ids(store, has("owner", "x"))) == []
    assert run(ids(store, has("owner", "y"))) == ["a"]


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_version_that_is_not_the_next_one_is_a_conflict(store, run, number):
    run(put(store, version("a", 1)))
    with pytest.raises(Conflict):
        run(put(store, version("a", number, since=50)))
    assert run(get(store, "a")).number == 1


def test_a_record_begins_with_version_one(store, run):
    with pytest.raises(Conflict):
        run(put(store, version("a", 2)))


def test_a_version_must_be_later_than_the_one_before(store, run):
    run(put(store, version("a", 1, since=10)))
    with pytest.raises(ValueError, match="later"):
        run(put(store, version("a", 2, since=10)))


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (("b 1", "a 1"), "sorted"),
        (("a 1", "a 1"), "twice"),
        (("a \0",), "U"),
        (("a \ud800",), "U"),
        ((".type X",), "type"),
    ],
)
def test_terms_that_would_be_searched_wrongly_are_refused(store, run, terms, said):
    with pytest.raises(ValueError, match=said):
        run(put(store, Version("Task", "a", 1, at(1), False, b"{}", terms)))


@pytest.mark.parametrize(
    ("type", "id"), [("Task", "a b"), ("Task", ""), ("Ta sk", "a"), ("Task", "a\n"), ("Task", "x" * 65)]
)
def test_a_key_that_is_none_is_refused(store, run, type, id):
    with pytest.raises(ValueError, match="not a type and an id"):
        run(put(store, version(id, type=type)))


def test_the_same_id_under_two_types_is_two_records(store, run):
    run(put(store, version("a", 1), version("a", 1, type="Group")))
    assert run(get(store, "a", type="Group")).type == "Group"
    assert run(ids(store)) == ["a", "a"]


# Transactions


def test_a_work_that_raises_leaves_nothing(store, run):
    async def work(transaction):
        await transaction.put(version("a"))
        await transaction.put(version("b"))
        raise KeyError("enough")

    with pytest.raises(KeyError, match="enough"):
        run(store.transact(work))
    assert run(ids(store)) == []
    run(put(store, version("a")))
    assert run(ids(store)) == ["a"]


def test_a_conflict_undoes_what_the_work_had_put_before(store, run):
    run(put(store, version("b")))
    with pytest.raises(Conflict):
        run(put(store, version("a"), version("b")))
    assert run(ids(store)) == ["b"]


def test_a_work_sees_its_own_writes(store, run):
    run(put(store, version("a", 1, "owner x")))

    async def work(transaction):
        await transaction.put(version("a", 2, "owner y"))
        await transaction.put(version("b", 1, "owner y"))
        await transaction.put(version("b", 2, "owner y", since=3))
        asked = Query(has("owner", "y"))
        rows = await transaction.find(asked, within=EVERYTHING)
        current = await transaction.get("Task", "a", within=EVERYTHING)
        return [row.number for row in rows], await transaction.count(asked, within=EVERYTHING), current.number

    assert run(store.transact(work)) == ([2, 2], 2, 2)


def test_a_work_answers_with_what_it_returns(store, run):
    async def work(transaction):
        return "an answer"

    assert run(store.transact(work)) == "an answer"


def test_a_snapshot_does_not_see_later_commits(store, run):
    async def story():
        await put(store, version("a", 1))
        async with store.snapshot() as view:
            before = await view.find(Query(EVERYTHING), within=EVERYTHING)
            await put(store, version("a", 2), version("b", 1))
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
            await transaction.put(version("a"))
            return await ids(store)

        assert await store.transact(work) == []
        assert await ids(store) == ["a"]

    run(story())


def test_many_works_at_once_are_all_there_after_reopening(store, run, address):
    async def story():
        await asyncio.gather(*(put(store, version(f"a{n:02}"), version(f"b{n:02}")) for n in range(30)))

    run(story())
    run(store.close())
    again = opened(address)
    run(again.open())
    assert run(ids(again)) == [f"{letter}{n:02}" for letter in "ab" for n in range(30)]
    run(again.close())


def test_works_that_fail_beside_others_fail_alone(store, run):
    async def story():
        works = [put(store, version(f"a{n}", 2 if n % 3 == 0 else 1)) for n in range(9)]
        outcomes = await asyncio.gather(*works, return_exceptions=True)
        assert [type(outcome) for outcome in outcomes] == [Conflict, type(None), type(None)] * 3
        assert await ids(store) == ["a1", "a2", "a4", "a5", "a7", "a8"]

    run(story())


def test_a_caller_who_gives_up_harms_nobody(store, run):
    async def story():
        calls = [asyncio.create_task(put(store, version(f"a{n}"))) for n in range(12)]
        await asyncio.sleep(0)
        for call in calls[::2]:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        # Who gave up does not know whether it was done; closing waits until it is decided.
        await store.close()
        await store.open()
        found = await ids(store)
        assert set(found) >= {f"a{n}" for n in range(1, 12, 2)}
        await put(store, *(version(f"a{n}", 2 if f"a{n}" in found else 1) for n in range(12)))
        assert len(await ids(store)) == 12

    run(story())


def test_of_two_stores_that_write_the_same_next_version_one_wins(store, run, address):
    async def story():
        other = opened(address)
        await other.open()
        await put(store, version("a", 1))
        for number in range(2, 8):
            race = (put(store, version("a", number, "by 1")), put(other, version("a", number, "by 2")))
            outcomes = await asyncio.gather(*race, return_exceptions=True)
            assert sorted(str(type(outcome).__name__) for outcome in outcomes) == ["Conflict", "NoneType"]
            winner = "by 1" if outcomes[0] is None else "by 2"
            assert winner in (await get(store, "a", number)).terms
            assert await get(store, "a") == await get(other, "a")
        await other.close()

    run(story())


def test_of_two_stores_that_create_the_same_record_one_wins(store, run, address):
    async def story():
        other = opened(address)
        await other.open()
        for n in range(5):
            race = (put(store, version(f"a{n}")), put(other, version(f"a{n}")))
            outcomes = await asyncio.gather(*race, return_exceptions=True)
            assert sorted(str(type(outcome).__name__) for outcome in outcomes) == ["Conflict", "NoneType"]
        await other.close()

    run(story())


# The past


@pytest.fixture
def life(store, run):
    """Task/a: open at 10, closed at 20, deleted at 30, open again at 40. Task/b: open from 15."""
    run(put(store, version("a", 1, "status open", since=10)))
    run(put(store, version("b", 1, "status open", since=15)))
    run(put(store, version("a", 2, "status closed", since=20)))
    run(put(store, version("a", 3, "status closed", since=30, deleted=True)))
    run(put(store, version("a", 4, "status open", since=40)))
    return store


@pytest.mark.parametrize(
    ("second", "number", "found"),
    [
        (9, None, []),
        (10, 1, ["a"]),
        (15, 1, ["a", "b"]),
        (19, 1, ["a", "b"]),
        (20, 2, ["b"]),
        (29, 2, ["b"]),
        (30, 3, ["b"]),
        (39, 3, ["b"]),
        (40, 4, ["a", "b"]),
        (50, 4, ["a", "b"]),
    ],
)
def test_the_past_is_answered_as_it_was(life, run, second, number, found):
    one = run(get(life, "a", instant=at(second)))
    assert (one.number if one else None) == number
    assert run(ids(life, has("status", "open"), instant=at(second))) == found
    alive = {"a"} & set(run(ids(life, instant=at(second))))
    assert bool(alive) == (number in (1, 2, 4))


def test_a_version_of_the_future_is_not_in_the_past(life, run):
    assert run(get(life, "a", 2, instant=at(19))) is None
    assert run(get(life, "a", 1, instant=at(29))).number == 1
    assert run(ids(life, Is("status closed"), history=True, instant=at(25))) == ["a"]


def test_a_deleted_record_is_got_but_not_found(store, run):
    gone = version("a", 2, "status open", deleted=True)
    run(put(store, version("a", 1, "status open"), gone))
    assert run(get(store, "a")) == gone
    assert run(get(store, "a", within=has("status", "closed"))) is None
    assert run(ids(store, has("status", "open"))) == []
    assert run(ids(store)) == []


def test_history_has_every_version_and_the_deleted_ones(life, run):
    assert run(ids(life, history=True)) == ["a", "a", "a", "a", "b"]
    assert run(ids(life, Is("status open"), history=True, order="-since")) == ["a", "b", "a"]
    assert run(ids(life, Is("status closed"), history=True, within=Not(Is("status closed")))) == []


# Order and pages


def test_each_order_is_as_documented_and_reversed_wholly(store, run):
    run(put(store, version("b", 1, since=5), version("a", 1, since=6), version("c", 1, type="Group", since=7)))
    run(put(store, version("a-1", 1, since=6), version("a.1", 1, since=6), version("B", 1, since=6)))
    for order, expected in [
        ("id", ["c", "B", "a", "a-1", "a.1", "b"]),
        ("since", ["b", "B", "a", "a-1", "a.1", "c"]),
    ]:
        assert run(ids(store, order=order)) == expected
        assert run(ids(store, order=f"-{order}")) == expected[::-1]
        assert run(ids(store, has(".type", "Task"), order=order)) == [id for id in expected if id != "c"]


@pytest.mark.parametrize("order", ["id", "-id", "since", "-since"])
@pytest.mark.parametrize("history", [False, True])
def test_pages_joined_are_the_whole(life, run, order, history):
    whole = run(ids(life, order=order, history=history))

    async def pages():
        rows, after = [], None
        while True:
            async with life.snapshot() as view:
                page = await view.find(Query(EVERYTHING, order, after, 1, history), within=EVERYTHING)
            if not page:
                return rows
            rows += [row.id for row in page]
            after = place(page[-1])

    assert run(pages()) == whole


@pytest.mark.parametrize("order", ["id", "-id"])
def test_pages_lose_and_repeat_nothing_while_records_are_written(store, run, order):
    async def story():
        await put(store, *(version(f"a{n}0", 1, "owner x") for n in range(6)))
        seen, after, step = [], None, 0
        while True:
            async with store.snapshot() as view:
                page = await view.find(Query(has("owner", "x"), order, after, 2), within=EVERYTHING)
            if not page:
                break
            seen += [row.id for row in page]
            after = place(page[-1])
            step += 1
            await put(store, version(f"a{step}5", 1, "owner x"))
            await put(store, version(seen[-1], 2, "owner x"))
        assert len(seen) == len(set(seen))
        assert set(seen) >= {f"a{n}0" for n in range(6)}

    run(story())


def test_a_limit_cuts_and_the_count_does_not_care(store, run):
    run(put(store, *(version(f"a{n}") for n in range(5))))

    async def story():
        async with store.snapshot() as view:
            asked = Query(EVERYTHING, "id", (at(1), "Task", "a1", 1), 2)
            assert [row.id for row in await view.find(asked, within=EVERYTHING)] == ["a2", "a3"]
            assert await view.count(asked, within=EVERYTHING) == 5
            assert await view.find(Query(EVERYTHING, limit=0), within=EVERYTHING) == []

    run(story())


def test_a_page_of_very_many_is_the_same_as_of_few(store, run):
    run(put(store, *(version(f"a{n:04}", 1, f"owner {n % 2}", "kind k") for n in range(2100))))
    assert run(ids(store, has("kind", "k"), limit=3)) == ["a0000", "a0001", "a0002"]
    what = AllOf((has(".type", "Task"), has("kind", "k")))
    assert run(ids(store, what, within=has("kind", "k"), order="-id", limit=2)) == ["a2099", "a2098"]
    assert run(ids(store, has(".type", "Group"), within=has("kind", "k"), limit=2)) == []
    assert len(run(ids(store, what, within=has("owner", "1")))) == 1050


# Predicates


@pytest.fixture
def people(store, run):
    run(
        put(
            store,
            version("none"),
            version("one", 1, "party A/1"),
            version("two", 1, "party A/1", "party B/2"),
            version("wide", 1, "party A/1", "party C/9", "party-of x", "name 漢字"),
            version("face", 1, "name 😀😁", "date 2026-04-01"),
            version("edge", 1, "name \uffee", "date 2026-05-31", "party"),
        )
    )
    return store


@pytest.mark.parametrize(
    ("what", "found"),
    [
        (EVERYTHING, {"none", "one", "two", "wide", "face", "edge"}),
        (NOTHING, set()),
        (Not(EVERYTHING), set()),
        (Not(NOTHING), {"none", "one", "two", "wide", "face", "edge"}),
        (Is("party A/1"), {"one", "two", "wide"}),
        (Not(Is("party A/1")), {"none", "face", "edge"}),
        (has_any("party"), {"one", "two", "wide"}),
        (Not(has_any("party")), {"none", "face", "edge"}),
        (HasOther("party", frozenset()), {"one", "two", "wide"}),
        (HasOther("party", frozenset({"A/1"})), {"two", "wide"}),
        (HasOther("party", frozenset({"A/1", "B/2"})), {"wide"}),
        (only("party", ["A/1", "B/2"]), {"none", "one", "two", "face", "edge"}),
        (Not(Not(HasOther("party", frozenset({"A/1"})))), {"two", "wide"}),
        (AllOf((has_any("party"), only("party", ["A/1"]))), {"one"}),
        (AllOf((Is("party A/1"), Is("party B/2"))), {"two"}),
        (AnyOf((Is("party B/2"), Is("party C/9"))), {"two", "wide"}),
        (AnyOf((AllOf((Is("party A/1"), Not(Is("party B/2")))), Is("name 😀😁"))), {"one", "wide", "face"}),
        (AnyOf((Not(Is("party A/1")), Is("party B/2"))), {"none", "two", "face", "edge"}),
        (AllOf((AnyOf((Is("party A/1"), Is("x y"))), Not(AnyOf((Is("party B/2"), Is("party C/9")))))), {"one"}),
        (Is("name 漢字"), {"wide"}),
        (Is("name 😀😁"), {"face"}),
        (starts("name", "漢"), {"wide"}),
        (starts("name", "😀"), {"face"}),
        (Has("name \uffee", "name \uffef"), {"edge"}),
        (Has("name \uffef", "name \U0010ffff"), {"face"}),
        (Has("date 2026-04-01", "date 2026-05-01"), {"face"}),
        (Has("date 2026-04-02", "date 2026-06"), {"edge"}),
        (Has("date 2026-04-02", "date 2026-05"), set()),
        (Has("date 2026-06", "date 2026-01"), set()),
        (Has("party B", "party C"), {"two"}),
        (Is("party \ud800"), set()),
        (Not(Is("party \0")), {"none", "one", "two", "wide", "face", "edge"}),
        (HasOther("party", frozenset({"A/1", "\ud800", "\0"})), {"two", "wide"}),
        (Has("name 漢", "name \ud800"), {"wide"}),
        (Has("party", "party\0"), {"edge"}),
        (Has("party\0", "party A/1\0"), {"one", "two", "wide"}),
        (
            AnyOf((Has("party\0", "party A/1\0"), Has("name \udfff", "name \U0010fffe"))),
            {"one", "two", "wide", "face", "edge"},
        ),
        (Has("name \udfff", "name \U0010fffe"), {"face", "edge"}),
        (starts("name", "\ud7ff"), set()),
    ],
)
def test_a_predicate_finds_what_it_matches(people, run, what, found):
    for history in (False, True):
        assert set(run(ids(people, what, history=history))) == found
    assert set(run(ids(people, what, instant=at(9)))) == found
    assert set(run(ids(people, within=what))) == found
    assert set(run(ids(people, Is("party A/1"), within=what))) == found & {"one", "two", "wide"}


def many(matching, count=1000):
    return [*matching, *(f"Z/{n:05}" for n in range(count))]


@pytest.mark.parametrize(
    ("what", "found"),
    [
        (has_one_of("party", many(["B/2", "C/9"])), {"two", "wide"}),
        (has_one_of("party", many(["B/2"], 10_000)), {"two"}),
        (only("party", many(["A/1", "B/2"], 10_000)), {"none", "one", "two", "face", "edge"}),
        (Not(has_one_of("party", many(["B/2", "C/9"]))), {"none", "one", "face", "edge"}),
        (AnyOf(tuple(AllOf((Is("party A/1"), Is(f"party {p}"))) for p in many(["B/2"]))), {"two"}),
        (AllOf(tuple(Not(Is(f"party {p}")) for p in many(["B/2", "C/9"]))), {"none", "one", "face", "edge"}),
        (AnyOf(tuple(starts("party", p) for p in many(["B/2"]))), {"two"}),
    ],
    ids=["one-of", "one-of-10k", "only-10k", "not-one-of", "any-of-alls", "all-of-nots", "any-of-ranges"],
)
def test_a_predicate_may_be_very_large(people, run, what, found):
    assert set(run(ids(people, what))) == found
    assert set(run(ids(people, has_any(".type"), within=what))) == found


def test_the_policy_narrows_every_question(people, run):
    within = has("party", "B/2")
    assert run(ids(people, within=within)) == ["two"]
    assert run(ids(people, Is("party A/1"), within=within)) == ["two"]
    assert run(ids(people, history=True, within=within)) == ["two"]
    assert run(ids(people, within=NOTHING)) == []


# The vault


def test_a_secret_is_kept_once_and_looked_at_often(store, run):
    assert run(store.vault.keep("code", "k", b"1"))
    assert not run(store.vault.keep("code", "k", b"2"))
    assert run(store.vault.keep("token", "k", b"3"))
    assert [run(store.vault.look("code", "k")) for _ in range(2)] == [b"1", b"1"]
    assert run(store.vault.look("code", "other")) is None


def test_a_secret_is_taken_once_by_many_at_once(store, run):
    async def story():
        await store.vault.keep("code", "k", b"1")
        taken = await asyncio.gather(*(store.vault.take("code", "k") for _ in range(20)))
        assert [one for one in taken if one is not None] == [b"1"]
        assert await store.vault.look("code", "k") is None

    run(story())


def test_a_secret_is_kept_by_one_of_many_at_once(store, run, address):
    async def story():
        other = opened(address)
        await other.open()
        vaults = [store.vault, other.vault] * 10
        kept = await asyncio.gather(*(vault.keep("jti", "k", b"%d" % n) for n, vault in enumerate(vaults)))
        assert sum(kept) == 1
        assert await store.vault.look("jti", "k") == b"%d" % kept.index(True)
        await other.close()

    run(story())


def test_a_secret_is_gone_after_its_time(store, run):
    now = time.time()
    run(store.vault.keep("code", "past", b"1", until=now - 1))
    run(store.vault.keep("code", "future", b"2", until=now + 3600))
    assert run(store.vault.look("code", "past")) is None
    assert run(store.vault.take("code", "past")) is None
    assert run(store.vault.keep("code", "past", b"3", until=now + 3600))
    assert run(store.vault.look("code", "past")) == b"3"
    assert run(store.vault.take("code", "future")) == b"2"


def test_a_secret_is_replaced_with_its_time(store, run):
    now = time.time()
    run(store.vault.replace("client", "k", b"1"))
    run(store.vault.replace("client", "k", b"2", until=now + 3600))
    assert run(store.vault.look("client", "k")) == b"2"
    run(store.vault.replace("client", "k", b"3", until=now - 1))
    assert run(store.vault.look("client", "k")) is None
    assert run(store.vault.keep("client", "k", b"4"))


def test_secrets_are_replaced_by_many_at_once(store, run):
    async def story():
        await asyncio.gather(*(store.vault.replace("client", "k", b"%d" % n) for n in range(10)))
        assert await store.vault.look("client", "k") in [b"%d" % n for n in range(10)]

    run(story())


def test_a_secret_is_there_after_reopening(store, run, address):
    run(store.vault.keep("account", "漢字", bytes(range(256))))
    run(store.close())
    run(store.open())
    assert run(store.vault.look("account", "漢字")) == bytes(range(256))
