"""A broad way into the index is counted once in a while, a narrow one in each view; what is found hangs on neither."""

from __future__ import annotations

import contextlib

import pytest

from resources.search.predicate import EVERYTHING, all_of, has
from resources.search.relation import FOREVER
from resources.store import sqlite_breadth, sqlite_file, sqlite_question
from resources.store.port import Query
from resources.store.sqlite import SqliteStore
from resources.store.sqlite_here import Here
from resources.store.sqlite_known import LASTS, MOST, Known
from resources.store.sqlite_range import IndexRange
from tests.unit.resources.store.writing import draft, put

BROAD, NARROW = (IndexRange(terms=(term,)) for term in ("kind k", "status open"))
MANY, FEW = 2 * sqlite_breadth.ENOUGH, sqlite_breadth.ENOUGH // 2


@pytest.fixture(scope="module")
def connection(tmp_path_factory, module_run):
    folder = tmp_path_factory.mktemp("city")
    module_run(filled(folder))
    with contextlib.closing(sqlite_file.connect(folder / sqlite_file.NAME, patience=0)) as made:
        yield made


async def filled(folder):
    store = SqliteStore(folder)
    await store.open()
    open_ones = ["kind k", "status open"]
    await put(store, *(draft(f"a{n}", 1, *open_ones[: 2 if n < FEW else 1], type="Task") for n in range(MANY)))
    await store.close()


def counted(connection, way, known, at=FOREVER):
    """How broad a way is in a view of its own; and how many statements it took to know."""
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    breadth = sqlite_breadth.of(connection, Here(at, known=known), way, "1", ("Task",), 2_000)
    connection.set_trace_callback(None)
    return breadth, len(asked)


def test_a_broad_way_is_counted_once_for_many_views(connection):
    known = Known()
    assert counted(connection, BROAD, known) == (MANY, 1)
    assert counted(connection, BROAD, known) == (MANY, 0)


def test_a_narrow_way_is_counted_in_each_view(connection):
    known = Known()
    assert [counted(connection, NARROW, known) for _ in range(2)] == [(FEW, 1), (FEW, 1)]


def test_a_number_serves_for_a_while(connection):
    now = 100.0
    known = Known(lambda: now)
    counted(connection, BROAD, known)
    now += LASTS - 1
    assert counted(connection, BROAD, known) == (MANY, 0)
    now += 1
    assert counted(connection, BROAD, known) == (MANY, 1)


def test_the_view_of_an_instant_neither_asks_nor_tells_what_is_known_of_now(connection):
    known = Known()
    counted(connection, BROAD, known, at="2000-01-01T00:00:00.000000Z")
    assert counted(connection, BROAD, known) == (MANY, 1)
    assert counted(connection, BROAD, known, at="2000-01-01T00:00:00.000000Z")[1] == 1


def test_what_is_known_has_a_bound():
    known = Known()
    for n in range(MOST + 1):
        known.keep(n, 1, 1)
    assert known.look(0) == (0, 0)
    assert known.look(MOST) == (1, 1)


@pytest.mark.parametrize("broad", [0, 1, 1_000_000])
@pytest.mark.parametrize("narrow", [0, 1, 1_000_000])
@pytest.mark.parametrize("limit", [3, None])
def test_whatever_is_known_the_same_is_found(connection, broad, narrow, limit):
    known, query = Known(), Query(all_of([has(".type", "Task"), has("kind", "k"), has("status", "open")]), limit=limit)
    known.keep((BROAD, "1", ("Task",)), broad, 1_000_000)
    known.keep((NARROW, "1", ("Task",)), narrow, 1_000_000)
    plain, told = Here(FOREVER), Here(FOREVER, known=known)
    of = [sqlite_question.find(connection, here, query, EVERYTHING) for here in (plain, told)]
    assert of[0] == of[1]
    assert of[0].versions
    assert sqlite_question.count(connection, told, query, EVERYTHING, None) == FEW
