"""What every store promises of its feed, of derived data that are made anew, and of the generation they are of."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from resources.search.predicate import EVERYTHING, NOTHING, Each, Linked, Related, has
from resources.search.relation import FOREVER, Relation, Row, Values
from resources.store.open import opened
from resources.store.port import Query, Unavailable
from tests.unit.resources.store.writing import draft, get, ids, put

MEMBER = Relation("member", "Group/g", "Patient/p")
LEADER = Relation("member", "Group/g", "Patient/q", "lead")


async def fed(store, limit, *, within=EVERYTHING, after="", instant=None):
    """The feed from a page key on, page by page, each in a view of its own; and its last page key."""
    seen: list[Any] = []
    while True:
        async with store.snapshot(instant) as view:
            page = await view.feed(after, limit, within=within)
        assert len(page.versions) <= limit
        if not page.versions:
            assert page.next == after
            return seen, after
        seen += [one.cited.replace("/_history/", " ") for one in page.versions]
        after = page.next


@pytest.fixture
def life(store, run):
    """Two records of one transaction, of which one is changed and deleted, and one of another type between."""
    first = run(put(store, draft("b", 1, "to Group/g"), draft("a", 1, "kind k"), relations=[MEMBER]))
    run(put(store, draft("g", 1, "kind k", type="Group")))
    run(put(store, draft("a", 2)))
    run(put(store, draft("a", 3, deleted=True)))
    store.first = first
    return store


# The feed

WHOLE = ["Task/b 1", "Task/a 1", "Group/g 1", "Task/a 2", "Task/a 3"]


@pytest.mark.parametrize("limit", [1, 2, 5, 100])
def test_the_feed_gives_every_version_once_in_commit_order(life, run, limit):
    assert run(fed(life, limit))[0] == WHOLE


@pytest.mark.parametrize(
    ("within", "found"),
    [
        (has(".type", "Group"), ["Group/g 1"]),
        (has("kind", "k"), ["Task/a 1", "Group/g 1"]),
        (Linked("to", has("kind", "k")), ["Task/b 1"]),
        (Each(Values("to", "", ""), Related("member", frozenset({"Patient/x"}))), WHOLE[1:]),
        (has(".id", "Task/a"), ["Task/a 1", "Task/a 2", "Task/a 3"]),
        (NOTHING, []),
    ],
    ids=["type", "term", "chain", "rows", "record", "nothing"],
)
def test_the_feed_has_nothing_that_is_not_within(life, run, within, found):
    for limit in (1, 3):
        assert run(fed(life, limit, within=within))[0] == found


def test_the_feed_of_the_past_is_what_was_there(life, run):
    assert run(fed(life, 3, instant=life.first))[0] == WHOLE[:2]


def test_who_goes_on_from_the_last_page_key_misses_nothing_whatever_instants_versions_have(life, run):
    _, reached = run(fed(life, 3))
    assert run(fed(life, 3, after=reached)) == ([], reached)

    async def backdated(transaction):
        await transaction.put(replace(draft("y"), since="2020-01-01T00:00:00.000Z"))
        await transaction.put(replace(draft("x"), since="2019-01-01T00:00:00.000Z"))

    run(life.transact(backdated))
    run(put(life, draft("g", 2, type="Group")))
    assert run(fed(life, 2, after=reached))[0] == ["Task/y 1", "Task/x 1", "Group/g 2"]


def test_the_feed_loses_nothing_of_writers_in_two_processes(store, run, address):
    async def story():
        other = opened(address)
        await other.open()
        writing = [asyncio.create_task(write(one, name)) for one, name in ((store, "a"), (other, "b"), (store, "c"))]
        got, after = [], ""
        while True:
            done = all(one.done() for one in writing)
            more, after = await fed(store, 3, after=after)
            got += more
            if done and not more:
                break
            await asyncio.sleep(0)
        for one in writing:
            one.result()
        await other.close()
        return got

    async def write(writer, name):
        for n in range(8):
            await put(writer, draft(f"{name}{n}"), draft(f"{name}{n}x"))

    got = run(story())
    assert len(got) == len(set(got)) == 48
    assert [each for each in got if "Task/b" in each] == sorted(each for each in got if "Task/b" in each)


def test_who_goes_on_from_the_end_is_told_of_what_is_written_later_and_of_nothing_before(store, run):
    async def end():
        async with store.snapshot() as view:
            return await view.end()

    assert run(end()) == ""
    run(put(store, draft("b"), draft("a")))
    _, last = run(fed(store, 100))
    assert run(end()) == last
    run(put(store, draft("c")))
    assert run(fed(store, 100, after=last))[0] == ["Task/c 1"]


@pytest.mark.parametrize("key", ["x", "{}", "[]", '["Task"]', "[1]", '["a", "b"]', "null"])
def test_a_page_key_of_no_feed_is_refused(life, run, key):
    async def story():
        async with life.snapshot() as view:
            await view.feed(key, 3, within=EVERYTHING)

    with pytest.raises(ValueError, match=r"page key|JSON|expect|unexpected|invalid literal"):
        run(story())


def test_a_transaction_sees_in_the_feed_what_it_has_written(life, run):
    async def work(transaction):
        before = await transaction.feed("", 100, within=EVERYTHING)
        await transaction.put(replace(draft("z"), since=transaction.instant))
        return [one.id for one in (await transaction.feed(before.next, 100, within=EVERYTHING)).versions]

    assert run(life.transact(work)) == ["z"]


# Derived data made anew


def amend(store, reference, terms, rows=()):
    return store.transact(lambda tx: tx.amend(reference, terms, rows))


async def rows(store, group="Group/g"):
    async with store.snapshot() as view:
        return set(await view.rows([("member", group)]))


def test_versions_have_the_terms_they_are_given_and_nothing_else_of_them_changes(life, run):
    before = {number: run(get(life, "a", number)) for number in (1, 2, 3)}
    run(amend(life, "Task/a", {2: [".type Task", "kind l"], 1: [".type Task", "kind m", "a b"]}))
    now = {number: run(get(life, "a", number)) for number in (1, 2, 3)}
    assert now[1] == replace(before[1], terms=(".type Task", "a b", "kind m"))
    assert now[2] == replace(before[2], terms=(".type Task", "kind l"))
    assert now[3] == before[3]
    assert run(fed(life, 9))[0] == WHOLE
    run(amend(life, "Group/g", {1: [".type Group", "kind n"]}))
    assert run(ids(life, has("kind", "n"))) == ["g"]
    assert run(ids(life, has("kind", "l"))) == []  # past
    assert run(ids(life, has("kind", "l"), history=True)) == ["a"]
    assert run(ids(life, has("kind", "k"), history=True)) == []


def test_a_record_has_the_rows_it_is_given_ended_ones_too(life, run):
    ended = Row(LEADER, life.first, "2999-01-01T00:00:00.000Z", "Task/b", 1)
    standing = Row(replace(MEMBER, to="Patient/r"), life.first, FOREVER, "Task/b", 1)
    run(put(life, draft("c"), relations=[LEADER]))
    [of_another] = run(rows(life)) - {Row(MEMBER, life.first, FOREVER, "Task/b", 1)}
    for _ in range(2):
        run(amend(life, "Task/b", {}, [ended, standing]))
        assert run(rows(life)) == {ended, standing, of_another}
    run(amend(life, "Task/b", {}))
    assert run(rows(life)) == {of_another}


def test_rows_given_end_with_the_next_version_that_does_not_say_them(life, run):
    run(amend(life, "Group/g", {}, [Row(MEMBER, life.first, FOREVER, "Group/g", 1)]))
    run(put(life, draft("b", 2)))
    instant = run(put(life, draft("g", 2, type="Group")))
    assert {(row.source, row.ended) for row in run(rows(life)) if row.source == "Group/g"} == {("Group/g", instant)}


def test_a_version_that_is_not_there_or_terms_that_cannot_be_are_refused(life, run):
    for reference, terms in (("Task/a", {4: ["a b"]}), ("Task/none", {1: ["a b"]})):
        with pytest.raises(ValueError):  # noqa: PT011  # each store in its own words
            run(amend(life, reference, terms))
    assert run(ids(life, has("a", "b"), history=True)) == []


# Generations


async def generation(store):
    async with store.snapshot() as view:
        return await view.generation()


def test_a_store_is_of_the_generation_it_is_turned_to(store, run):
    assert run(generation(store)) == ""
    run(put(store, draft("a")))

    async def work(transaction):
        await transaction.turn("two")
        return await transaction.generation()

    assert run(store.transact(work)) == "two"
    assert run(generation(store)) == "two"

    async def undone(transaction):
        await transaction.turn("three")
        raise LookupError

    with pytest.raises(LookupError):
        run(store.transact(undone))
    assert run(generation(store)) == "two"


def test_an_empty_store_takes_the_generation_of_who_opens_it(store, run, address):
    async def story(wanted):
        other = opened(address, generation=wanted)
        await other.open()
        assert await generation(other) == wanted
        await other.close()

    run(story("one"))
    run(story("two"))
    assert run(generation(store)) == "two"


def test_a_store_of_another_generation_does_not_open(store, run, address):
    run(put(store, draft("a")))
    for _ in range(2):
        with pytest.raises(Unavailable, match="run `tsunagu reindex`") as raised:
            run(opened(address, generation="one").open())
        assert not raised.value.__notes__[0].isascii()
    run(store.transact(lambda tx: tx.turn("one")))

    async def story():
        other = opened(address, generation="one")
        await other.open()
        await put(other, draft("a", 2))
        await other.close()

    run(story())
    assert run(ids(store, history=True)) == ["a", "a"]


def test_who_has_it_open_writes_nothing_more_when_it_is_brought_to_another(store, run, address):
    async def story():
        older = opened(address, generation="one")
        await older.open()
        await put(older, draft("a"))
        await store.transact(lambda tx: tx.turn("two"))
        with pytest.raises(Unavailable, match="run `tsunagu reindex`"):
            await put(older, draft("b"))
        async with older.snapshot() as view:
            assert await view.count(Query(EVERYTHING), within=EVERYTHING) == 1
        await older.close()

    run(story())
