"""What every store promises of derived data: every version is reached, given other terms and rows, and of which code.

docs/maintenance.md
"""

from __future__ import annotations

import pytest

from resources.record.version import Version
from resources.search.predicate import EVERYTHING, has
from resources.search.relation import FOREVER, Relation, Row
from resources.store.open import opened
from resources.store.port import Unavailable
from tests.unit.resources.store.writing import draft, get, ids, put


async def fed(store, after="", limit=2):
    """The feed to its end in pages, and the last page key."""
    rows: list[Version] = []
    while True:
        async with store.snapshot() as view:
            page = await view.feed(after, limit, within=EVERYTHING)
        if not page.versions:
            assert page.next == after
            return [(row.id, row.number) for row in rows], after
        rows += page.versions
        after = page.next


def test_the_feed_has_every_version_in_commit_order_and_goes_on_where_it_ended(store, run):
    run(put(store, draft("b")))
    run(put(store, draft("a")))
    run(put(store, draft("b", 2, deleted=True)))
    rows, end = run(fed(store))
    assert rows == [("b", 1), ("a", 1), ("b", 2)]
    run(put(store, draft("a", 2)))
    assert run(fed(store, end))[0] == [("a", 2)]


def test_versions_and_rows_are_amended_and_no_version_comes_of_it(store, run):
    since = run(put(store, draft("a", 1, "owner x"), relations=[Relation("consent", "P/1", "O/1", "old")]))
    run(put(store, draft("a", 2, "owner x")))
    new = Row(Relation("consent", "P/1", "O/2", "new"), since, FOREVER, "Task/a", 1)

    async def work(transaction):
        await transaction.amend("Task/a", {1: [".type Task", "owner z"], 2: [".type Task", "owner y"]}, [new])

    run(store.transact(work))
    assert run(ids(store, has("owner", "y"))) == ["a"]
    assert run(ids(store, has("owner", "z"), history=True)) == ["a"]
    assert run(ids(store, has("owner", "x"), history=True)) == []
    assert run(get(store, "a")).number == 2

    async def rows():
        async with store.snapshot() as view:
            return list(await view.rows([("consent", "P/1")]))

    assert run(rows()) == [new]
    # The rows a record was given end as its own do.
    end = run(put(store, draft("a", 3)))
    assert [row.ended for row in run(rows())] == [end]


def test_a_store_is_opened_and_written_only_by_the_generation_it_is_of(store, address, run):
    async def generation():
        async with store.snapshot() as view:
            return await view.generation()

    assert run(generation()) == ""
    first = opened(address, generation="g1")
    run(first.open())
    assert run(generation()) == "g1"
    run(put(first, draft("a")))
    with pytest.raises(Unavailable, match="tsunagu reindex"):
        run(opened(address, generation="g2").open())

    async def turn(transaction):
        await transaction.turn("g2")

    run(store.transact(turn))
    with pytest.raises(Unavailable, match="another generation"):
        run(put(first, draft("b")))
    run(first.close())
    second = opened(address, generation="g2")
    run(second.open())
    run(put(second, draft("b")))
    run(second.close())
