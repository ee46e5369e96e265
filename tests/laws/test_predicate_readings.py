"""The law of the readings: a predicate means the same in Python, in SQL and in MongoDB, whatever is written meanwhile.

resources/search/predicate.py
"""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources.record.version import Version
from resources.search.order import ID, Key
from resources.search.predicate import Predicate
from resources.search.relation import FOREVER
from resources.store import sqlite_breadth, sqlite_plan, sqlite_row, sqlite_term
from resources.store.open import opened
from resources.store.port import Query, Store, Transaction
from tests.laws import changing
from tests.laws.changing import Derive, Put
from tests.laws.drawn import LAW, drawn
from tests.laws.reckoned import NOW, Reckoned

MANY = 100
LEAVES = [
    "Is",
    "Has",
    "HasOther",
    "Contains",
    "AllOf",
    "AnyOf",
    "Not",
    "Linked",
    "LinkedFrom",
    "Each",
    "Related",
    "Among",
    "Leads",
]
Seen = Counter[tuple[str, str]]


class Twins:
    """A store and its reckoning, written alike."""

    def __init__(self, store: Store) -> None:
        self.store, self.reckoned, self.instants = store, Reckoned(), [FOREVER]

    async def write(self, steps: list[Put | Derive]) -> None:
        async def work(transaction: Transaction) -> list[Callable[[], None]]:
            done: list[Callable[[], None]] = []
            for step in steps:
                match step:
                    case Put(reference, terms, relations, deleted):
                        version = self._next(reference, terms, deleted, transaction.instant)
                        await transaction.put(version, relations)
                        done.append(partial(self.reckoned.put, version, relations))
                    case Derive(reference, terms):
                        await transaction.derive(reference, terms)
                        done.append(partial(self.reckoned.derive, reference, terms))
            if transaction.instant not in self.instants:
                self.instants.append(transaction.instant)
            return done

        for each in await self.store.transact(work):
            each()

    def _next(self, reference: str, terms: frozenset[str], deleted: bool, instant: str) -> Version:
        type, _, id = reference.partition("/")
        whole = tuple(sorted({f".type {type}", f".id {reference}", *terms}))
        return Version(type, id, self.reckoned.number(reference) + 1, instant, deleted, b"{}", whole)

    async def agree(self, what: Predicate, within: Predicate, seen: Seen) -> None:
        """At every instant there was, and in all of history: found, counted and got as it is reckoned."""
        for at in self.instants:
            async with self.store.snapshot(None if at == FOREVER else at, now=NOW) as view:
                for history in (False, True):
                    expected = self.reckoned.matching(at, what, (ID,), history=history)
                    admitted = [each for each in expected if self.reckoned.holds(at, within, each)]
                    query = Query(what, history=history)
                    assert list((await view.find(query, within=within)).versions) == admitted
                    assert await view.count(query, within=within) == len(admitted)
                    assert await view.count(query, within=within, most=1) == min(2, len(admitted))
                    note(seen, what, len(expected), len(list(self.reckoned.seen(at, history=history))))
                for reference in changing.RECORDS:
                    one = self.reckoned.current(reference, at)
                    there = one if one and self.reckoned.holds(at, what, one) else None
                    assert await view.get(*reference.split("/"), within=what) == there

    async def alike_in_rows(self) -> None:
        """At every instant there was, the rows and tags are those reckoned."""
        for at in self.instants:
            async with self.store.snapshot(None if at == FOREVER else at, now=NOW) as view:
                for name in changing.RELATIONS:
                    of = ["P/1", "G/1", "", "é'", "\ud800"]
                    assert set(await view.rows((name, one) for one in of)) == self.reckoned.related(at, name, of)
                    to = ["P/2", "O/1", "漢\"'", "\ud800"]
                    assert frozenset(await view.tags(name, to)) == self.reckoned.tags(at, name, to)

    async def pages(self, at: str, what: Predicate, order: tuple[Key, ...], limit: int, *, history: bool) -> None:
        """Joined, the pages are the whole."""
        expected = self.reckoned.matching(at, what, order, history=history)
        async with self.store.snapshot(None if at == FOREVER else at, now=NOW) as view:
            after, got, before = "", list[Version](), list[Version]()
            while True:
                query = Query(what, order, after, limit, history)
                found = await view.find(query, within=Query(what).what)
                got += found.versions
                if found.first:
                    back = await view.find(Query(what, order, found.first, limit, history, back=True), within=what)
                    assert list(reversed(back.versions)) == before
                    assert bool(back.next) == (len(got) - len(found.versions) > limit)
                before = list(found.versions)
                assert len(found.versions) == limit or not found.next
                if not (after := found.next):
                    break
            assert got == expected
            whole = await view.find(Query(what, order, history=history), within=what)
            assert list(whole.versions) == expected

    async def pages_between(self, what: Predicate, key: tuple[Key, ...], writes: Any, *, history: bool) -> None:
        """Every row that stood as it is from the first page to the last comes once; no row comes twice."""
        before = self.reckoned.matching(FOREVER, what, key, history=history)
        after, got, turn = "", [], 0
        while True:
            async with self.store.snapshot(now=NOW) as view:
                found = await view.find(Query(what, key, after, 1, history), within=what)
            got += [each.cited for each in found.versions]
            if not (after := found.next):
                break
            if turn < len(writes):
                await self.write(writes[turn])
                turn += 1
        assert len(got) == len(set(got))
        if key == (ID,) and not history:
            records = [cited.partition("/_history")[0] for cited in got]
            assert len(records) == len(set(records))
        stood = {each.cited for each in self.reckoned.matching(FOREVER, what, key, history=history)}
        changed = {step.reference for write in writes[:turn] for step in write}
        assert {each.cited for each in before if each.reference not in changed} & stood <= set(got)


def note(seen: Seen, what: Predicate, found: int, of: int) -> None:
    """That each leaf in it had a part in a condition that found none, some or all."""
    result = "none" if not found else "all" if found == of else "some"
    for leaf in leaves(what):
        seen[leaf, result] += 1


def leaves(node: Any) -> set[str]:
    if isinstance(node, tuple):
        return {leaf for part in node for leaf in leaves(part)}
    if not is_dataclass(node):
        return set()
    return {type(node).__name__, *(leaf for each in fields(node) for leaf in leaves(getattr(node, each.name)))}


def alike(twins: Twins, runner: asyncio.Runner, data: st.DataObject, seen: Seen) -> None:
    """A story of writes and questions."""

    async def story() -> None:
        await twins.store.open()
        try:
            for turn in range(3):
                await twins.write(data.draw(changing.transactions if turn else changing.beginnings))
                await twins.alike_in_rows()
                for _ in range(3):
                    await twins.agree(data.draw(changing.predicates), data.draw(changing.within), seen)
                what, order = data.draw(changing.predicates), data.draw(changing.orders)
                at, history = data.draw(st.sampled_from(twins.instants)), data.draw(st.booleans())
                await twins.pages(at, what, order, data.draw(st.integers(1, 3)), history=history)
                what, order = data.draw(changing.of_one_type), data.draw(changing.dated)
                await twins.pages(FOREVER, what, order, data.draw(st.integers(1, 3)), history=False)
            writes = data.draw(st.lists(changing.transactions, max_size=3))
            key = data.draw(st.just((ID,)) | changing.orders)
            await twins.pages_between(data.draw(changing.own), key, writes, history=data.draw(st.booleans()))
        finally:
            await twins.store.close()

    runner.run(story())


def meaningful(seen: Seen, examples: int) -> None:
    for leaf in LEAVES:
        assert seen[leaf, "some"] > examples / 11, f"{leaf} tells no record from another"
        assert seen[leaf, "none"] > examples / 11, f"{leaf} always finds something"


@drawn(20, MANY)
@pytest.mark.parametrize("many", [1, 2_000], ids=["wide", "narrow"])
def test_sqlite_finds_what_the_predicate_matches(runner: asyncio.Runner, many: int, examples: int) -> None:
    """With the store's own figures, and with such as make few records as good as many, so that every way is gone."""
    seen: Seen = Counter()
    figures: dict[str, Any] = {
        "MANY": many,
        "STEPS": min(many, 1_000),
        "LISTING": min(many, 500),
    }

    @settings(LAW, max_examples=examples)
    @given(data=st.data())
    def law(data: st.DataObject) -> None:
        with tempfile.TemporaryDirectory() as folder:
            alike(Twins(opened(str(Path(folder)))), runner, data, seen)

    few = mock.patch.object(sqlite_term, "FEW", min(many, 8))
    rows = mock.patch.object(sqlite_row, "FEW", min(many, 8))
    ways = mock.patch.multiple(sqlite_breadth, ENOUGH=min(many, 16), AT_FIRST=(min(many, 8), min(many, 40)), FURTHER=1)
    with mock.patch.multiple(sqlite_plan, **figures), few, rows, ways:
        law()
    meaningful(seen, examples)


@drawn(2, 40)
def test_mongo_finds_what_the_predicate_matches(runner: asyncio.Runner, mongodb: str, examples: int) -> None:
    """Few in `make test`, where the stand-in takes seconds for each; many in `make prove`."""

    @settings(LAW, max_examples=examples)
    @given(data=st.data())
    def law(data: st.DataObject) -> None:
        alike(Twins(opened(f"{mongodb}/law{uuid4().hex}")), runner, data, Counter())

    law()
