"""What every store promises of order and pages: joined they are the whole, whatever is written meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import orjson
import pytest

from resources.search.order import ID, Key
from resources.search.predicate import EVERYTHING, AllOf, Has, Predicate, has
from resources.store.port import Query
from tests.unit.resources.store.writing import ORDERS, draft, ids, pages, put


@pytest.fixture
def street(store, run):
    """Tasks with one date, with two, with none; one of them with two versions; a Group between them."""
    run(put(store, draft("b", 1, "date <2", "date <5"), draft("a", 1, "date <3")))
    run(put(store, draft("g", 1, "date <1", type="Group"), draft("a.1", 1, "date <2"), draft("B"), draft("a-1")))
    run(put(store, draft("a", 2, "date <4")))
    return store


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ([Key("id")], ["g", "B", "a", "a-1", "a.1", "b"]),
        ([Key("id", True)], ["b", "a.1", "a-1", "a", "B", "g"]),
        ([Key("since")], ["b", "g", "a.1", "B", "a-1", "a"]),
        ([Key("since", True)], ["a", "a-1", "B", "a.1", "g", "b"]),
        ([Key("date <")], ["g", "a.1", "b", "a", "B", "a-1"]),
        ([Key("date <", True)], ["b", "a", "a.1", "g", "a-1", "B"]),
        ([Key("date <", True), Key("id")], ["b", "a", "a.1", "g", "B", "a-1"]),
        ([Key("date <"), Key("since", True)], ["g", "a.1", "b", "a", "a-1", "B"]),
        ([Key("nothing "), Key("date <")], ["g", "a.1", "b", "a", "B", "a-1"]),
        ([], ["g", "B", "a", "a-1", "a.1", "b"]),
    ],
)
def test_each_order_is_as_documented(street, run, keys, expected):
    assert run(ids(street, EVERYTHING, *keys)) == expected
    assert run(ids(street, has(".type", "Task"), *keys)) == [id for id in expected if id != "g"]
    assert run(ids(street, EVERYTHING, *keys, instant="9999")) == expected


@pytest.mark.parametrize("key", ORDERS)
@pytest.mark.parametrize("history", [False, True])
@pytest.mark.parametrize("what", [EVERYTHING, has(".type", "Task")])
def test_pages_joined_are_the_whole(street, run, key, history, what):
    whole = run(ids(street, what, key, history=history))
    for limit in (1, 2, 3):
        for instant in (None, "9999"):
            rows = run(pages(street, what, key, limit=limit, history=history, instant=instant))
            assert [row.id for row in rows] == whole


@pytest.mark.parametrize("key", ORDERS)
def test_pages_lose_and_repeat_nothing_while_records_are_written(store, run, key):
    async def story():
        await put(store, *(draft(f"a{n}0", 1, "owner x", *([f"date <{n}0"] if n % 3 else [])) for n in range(6)))
        seen, after, step = [], "", 0
        while True:
            async with store.snapshot() as view:
                found = await view.find(Query(has("owner", "x"), (key,), after, 2), within=EVERYTHING)
            seen += [row.id for row in found.versions]
            if not (after := found.next):
                break
            step += 1
            await put(store, draft(f"a{step}5", 1, "owner x", f"date <{step}5"))
            if key.by != "since":  # a record written anew has a new place in the order of writing
                last = found.versions[-1]
                await put(store, draft(last.id, 2, *(term for term in last.terms if not term.startswith("."))))
        assert len(seen) == len(set(seen))
        assert set(seen) >= {f"a{n}0" for n in range(6)}

    run(story())


def test_a_limit_cuts_and_the_count_does_not_care(store, run):
    run(put(store, *(draft(f"a{n}") for n in range(5))))

    async def story():
        async with store.snapshot() as view:
            first = await view.find(Query(EVERYTHING, limit=2), within=EVERYTHING)
            asked = Query(EVERYTHING, (ID,), first.next, 2)
            second = await view.find(asked, within=EVERYTHING)
            assert [row.id for row in second.versions] == ["a2", "a3"]
            assert await view.count(asked, within=EVERYTHING) == 5
            last = await view.find(Query(EVERYTHING, (ID,), second.next, 2), within=EVERYTHING)
            assert ([row.id for row in last.versions], last.next) == (["a4"], "")
            assert (await view.find(Query(EVERYTHING, limit=5), within=EVERYTHING)).next == ""
            assert (await view.find(Query(EVERYTHING, limit=0), within=EVERYTHING)).versions == []

    run(story())


@pytest.mark.parametrize(
    "key", ["x", "{}", "[]", '["Task"]', '["Task", 1]', '["Task", null]', '["Task", "a", "b"]', "[{}, []]"]
)
def test_a_page_key_that_no_answer_gave_is_refused(store, run, key):
    run(put(store, draft("a")))

    async def story():
        async with store.snapshot() as view:
            await view.find(Query(EVERYTHING, (ID,), key), within=EVERYTHING)

    with pytest.raises(ValueError, match=r"page key|JSON|expect|unexpected"):
        run(story())


@pytest.mark.parametrize(
    "key",
    [
        "x",
        "[]",
        "[1]",
        '["Task", "a", "1"]',
        '["Task", "a", true]',
        '["Task", "a", 2]',
        '["Task", "b", 1]',
        f'["Task", "a", {1 << 64}]',
    ],
)
@pytest.mark.parametrize("what", [EVERYTHING, AllOf((has(".type", "Task"), has("owner", "x")))])
def test_a_page_key_of_no_row_is_refused_in_commit_order(store, run, key, what):
    run(put(store, draft("a", 1, "owner x")))

    async def story():
        async with store.snapshot() as view:
            await view.find(Query(what, (Key("since", True),), key), within=EVERYTHING)

    with pytest.raises(ValueError, match=r"page key|JSON|expect|unexpected"):
        run(story())


def test_a_page_key_tells_nothing_of_what_else_was_written(store, run):
    async def story():
        await put(store, draft("hidden"), draft("hidden2"))
        await put(store, draft("hidden3"), draft("a", 1, "owner x"), draft("b", 1, "owner x"))
        async with store.snapshot() as view:
            found = await view.find(Query(has("owner", "x"), (Key("since"),), limit=1), within=EVERYTHING)
            following = Query(has("owner", "x"), (Key("since"),), found.next, 1)
            last = await view.find(following, within=EVERYTHING)
        assert orjson.loads(found.next) == ["Task", "a", 1]
        assert orjson.loads(last.first) == ["Task", "b", 1]

    run(story())


@pytest.mark.parametrize(("most", "counted"), [(0, 1), (3, 4), (4, 5), (5, 5), (100, 5), (None, 5)])
def test_a_count_goes_to_the_most_asked_and_one_more(store, run, most, counted):
    run(put(store, *(draft(f"a{n}") for n in range(5)), draft("g", type="Group")))

    async def story():
        async with store.snapshot() as view:
            return await view.count(Query(has(".type", "Task")), within=EVERYTHING, most=most)

    assert run(story()) == counted


def test_a_page_of_very_many_is_the_same_as_of_few(store, run, address):
    """More than a way by index may have on SQLite; on MongoDB, more than travel at once."""
    count = 420 if address.startswith("mongodb") else 2100
    run(put(store, *(draft(f"a{n:04}", 1, f"owner {n % 2}", "kind k", f"date <{n % 7}") for n in range(count))))
    assert run(ids(store, has("kind", "k"), limit=3)) == ["a0000", "a0001", "a0002"]
    what = AllOf((has(".type", "Task"), has("kind", "k")))
    assert run(ids(store, what, Key("id", True), within=has("kind", "k"), limit=2)) == [
        f"a{count - 1:04}",
        f"a{count - 2:04}",
    ]
    latest = [f"a{n:04}" for n in range(count - 1, -1, -1) if n % 7 == 6]
    assert run(ids(store, what, Key("date <", True), limit=2)) == latest[:2]
    rows = run(pages(store, what, Key("date <", True), limit=150))
    assert [row.id for row in rows][: count // 7] == latest
    assert len({row.id for row in rows}) == len(rows) == count
    assert run(ids(store, has(".type", "Group"), within=has("kind", "k"), limit=2)) == []
    assert len(run(ids(store, what, within=has("owner", "1")))) == count // 2


@pytest.mark.parametrize("down", [False, True])
def test_commit_order_along_terms_is_the_same_for_few_and_for_very_many(store, run, address, down):
    """Whether the page lies at the start of a term, at its end, or the terms lead nowhere."""
    count = 420 if address.startswith("mongodb") else 1400
    for start in range(0, count, 100):
        some = range(start, min(start + 100, count))
        run(put(store, *(draft(f"a{n:04}", 1, f"owner {n % 2}", "kind k", *_dated(n)) for n in some)))
    run(put(store, *(draft(f"a{n:04}", 2, f"owner {n % 2}", "kind k", *_dated(n)) for n in range(7))))
    written = [*range(7, count), *range(7)]
    conditions: dict[str, tuple[Callable[[int], bool], list[Predicate]]] = {
        "all": (lambda n: True, []),
        "few of many": (lambda n: n % 7 == 3, [Has("date <3", "date <4")]),
        "none": (lambda n: False, [has("owner", "0"), has("owner", "1")]),
        "one term": (lambda n: n % 2 == 1, [has("owner", "1")]),
        "the oldest": (lambda n: n % 2 == 1 and n < 20, [has("owner", "1"), has("old", "yes")]),
    }
    for fits, also in conditions.values():
        what = AllOf((has(".type", "Task"), has("kind", "k"), *also))
        expected = [f"a{n:04}" for n in (written[::-1] if down else written) if fits(n)]
        assert run(ids(store, what, Key("since", down), limit=3)) == expected[:3]
        assert [row.id for row in run(pages(store, what, Key("since", down), limit=150))] == expected


def _dated(n):
    return [f"date <{n % 7}", *(["old yes"] if n < 20 else [])]


def test_rows_as_of_an_instant_stand_where_they_stood_whatever_was_written_since(store, run):
    async def story():
        await put(store, draft("a", 1, "owner x"), draft("b", 1, "owner x"))
        instant = await put(store, draft("c", 1, "owner x"), draft("d", 1, "owner y"), draft("e", 1, "owner x"))
        await put(store, draft("b", 2, "owner y"), draft("c", 2, deleted=True), draft("f", 1, "owner x"))
        await put(store, draft("a", 2, "owner x"), draft("d", 2, "owner x"))
        what, seen, after = AllOf((has(".type", "Task"), has("owner", "x"))), list[tuple[str, int]](), ""
        while True:
            async with store.snapshot() as view:
                query = Query(what, (Key("since", True),), after, 1, as_of=instant)
                found = await view.find(query, within=EVERYTHING)
            seen += [(row.id, row.number) for row in found.versions]
            if not (after := found.next):
                return seen

    assert run(story()) == [("e", 1), ("c", 1), ("b", 1), ("a", 1)]


def test_rows_as_of_an_instant_are_those_that_were_current_then(store, run):
    async def story():
        first = await put(store, draft("a", 1, "owner x"), draft("b", 1, "owner x"), draft("c", 1, "owner y"))
        second = await put(store, draft("b", 2, "owner y"), draft("c", 2, deleted=True), draft("d", 1, "owner x"))

        async def found(as_of, what=EVERYTHING):
            async with store.snapshot() as view:
                query = Query(what, (Key("since"),), as_of=as_of)
                rows = (await view.find(query, within=EVERYTHING)).versions
                assert await view.count(query, within=EVERYTHING) == len(rows)
                return [(row.id, row.number) for row in rows]

        assert await found(first) == [("a", 1), ("b", 1), ("c", 1)]
        assert await found(first, has("owner", "x")) == [("a", 1), ("b", 1)]
        assert await found(second) == await found("") == [("a", 1), ("b", 2), ("d", 1)]

    run(story())


def test_a_history_during_a_period_has_what_stood_in_it(store, run):
    async def story():
        first = await put(store, draft("a", 1), draft("b", 1))
        second = await put(store, draft("a", 2), draft("b", 2, deleted=True))
        third = await put(store, draft("a", 3))

        async def stood(start, end):
            async with store.snapshot() as view:
                query = Query(EVERYTHING, (Key("since"),), history=True, during=(start, end))
                rows = (await view.find(query, within=EVERYTHING)).versions
                assert await view.count(query, within=EVERYTHING) == len(rows)
                return sorted((row.id, row.number) for row in rows)

        assert await stood("", first) == []
        assert await stood(first, second) == [("a", 1), ("b", 1)]
        assert await stood(second, third) == [("a", 2), ("b", 2)]
        assert await stood(third, "~") == [("a", 3)]
        assert await stood(first, "~") == [("a", 1), ("a", 2), ("a", 3), ("b", 1), ("b", 2)]

    run(story())


@pytest.mark.parametrize("key", [key for key in ORDERS if key.by != "since"])
def test_each_page_on_and_back_is_what_stands_beside_its_edge_while_records_move_and_go(store, run, key):
    """The edge is where its row stood when it was read, wherever that has gone since."""
    chance, dates, numbers = Random(1), dict[str, int | None](), dict[str, int]()

    def place(id):
        value, way = dates[id] if key.by == "date <" else 0, -1 if key.descending else 1
        return value is None, way * (value or 0), way * int(id[1:])

    def beside(edge, back):
        rows = sorted(place(id) for id in dates)
        return [row for row in rows[::-1] if row < edge] if back else [row for row in rows if not edge or row > edge]

    async def write():
        id = chance.choice([*dates, f"a{len(numbers):02}"])
        gone = id in dates and chance.random() < 0.3
        numbers[id] = numbers.get(id, 0) + 1
        dates[id] = chance.choice([None, *range(6)])
        said = [] if dates[id] is None else [f"date <{dates[id]}"]
        await put(store, draft(id, numbers[id], *([] if gone else said), deleted=gone))
        if gone:
            del dates[id]

    async def story():
        for _ in range(14):
            await write()
        after, back, edge, turned = "", False, None, 0
        for _ in range(30):
            async with store.snapshot() as view:
                found = await view.find(Query(has(".type", "Task"), (key,), after, 3, back=back), within=EVERYTHING)
            there = beside(edge, back)
            assert [place(row.id) for row in found.versions] == there[:3]
            assert bool(found.next) == (len(there) > 3)
            assert bool(found.first) == bool(found.versions and after)
            rows = [place(row.id) for row in found.versions]
            ways = [(found.next, back, rows[-1:]), (found.first, not back, rows[:1])]
            open = [(to, backwards, row[0]) for to, backwards, row in ways if to]
            after, back, edge = chance.choice(open) if open else ("", False, None)
            turned += back
            for _ in range(chance.randrange(3)):
                await write()
        assert turned

    run(story())
