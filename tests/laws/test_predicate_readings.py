"""The law of the three readings: a predicate means the same in Python, in SQL and in MongoDB.

resources/search/predicate.py
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from resources.record.version import Version
from resources.search.predicate import EVERYTHING, AllOf, AnyOf, Has, HasOther, Is, Not, Predicate, starts
from resources.store.open import opened
from resources.store.port import Query
from tests.secantus import wire_server

# Few names and values, so that predicates meet records; with the neighbours of the separator and the ends of UTF-8.
NAMES = st.sampled_from([".subject", ".open", "owner", "owner-of", "date"])
VALUES = st.text(alphabet=[" ", "!", "/", "1", "2", "a", "é", "漢", "\ud7ff", "\ue000", "\uffee", "😀"], max_size=3)
TERMS = st.builds(lambda name, value: f"{name} {value}", NAMES, VALUES)
RECORDS = st.lists(st.sets(TERMS, max_size=6).map(lambda terms: tuple(sorted(terms))), min_size=1, max_size=8)


def predicates(terms: st.SearchStrategy[str]) -> st.SearchStrategy[Predicate]:
    leaves = st.one_of(
        st.builds(Is, terms),
        st.builds(Has, terms, terms),
        st.builds(starts, NAMES, VALUES),
        st.builds(HasOther, NAMES, st.frozensets(VALUES | terms.map(lambda term: term.partition(" ")[2]), max_size=3)),
    )
    return st.recursive(
        leaves,
        lambda inner: st.one_of(
            st.builds(Not, inner),
            st.builds(AllOf, st.lists(inner, max_size=3).map(tuple)),
            st.builds(AnyOf, st.lists(inner, max_size=12).map(tuple)),
        ),
        max_leaves=16,
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[tuple[str, ...]], Predicate, Predicate]:
    """Records, a question and a policy that speak of terms the records have."""
    records = draw(RECORDS)
    there = sorted({term for terms in records for term in terms})
    terms = st.sampled_from(there) | TERMS if there else TERMS
    return records, draw(predicates(terms)), draw(st.just(EVERYTHING) | predicates(terms))


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with wire_server(tmp_path_factory.mktemp("wire")) as address:
        yield address


def agree(runner: asyncio.Runner, address: str, world: tuple[list[tuple[str, ...]], Predicate, Predicate]) -> None:
    records, what, within = world
    expected = [f"r{n}" for n, terms in enumerate(records) if what.matches(terms) and within.matches(terms)]
    event("none" if not expected else "all" if len(expected) == len(records) else "some")

    async def ask() -> None:
        store = opened(address)
        await store.open()

        async def work(transaction):
            for n, terms in enumerate(records):
                # An earlier version with other terms must not be found in the place of the current one.
                await transaction.put(
                    Version("Task", f"r{n}", 1, "2026-04-01T00:00:00.000Z", False, b"{}", records[n - 1])
                )
                await transaction.put(Version("Task", f"r{n}", 2, "2026-04-02T00:00:00.000Z", False, b"{}", terms))

        try:
            await store.transact(work)
            async with store.snapshot() as now, store.snapshot("2026-04-02T00:00:00.000Z") as then:
                for view in (now, then):
                    found = await view.find(Query(what), within=within)
                    assert [row.id for row in found] == expected
                    assert await view.count(Query(what), within=within) == len(expected)
                    page = await view.find(Query(what, order="-since", limit=3), within=within)
                    assert [row.id for row in page] == expected[::-1][:3]
                old = await now.find(Query(what, history=True), within=within)
                assert all(what.matches(row.terms) and within.matches(row.terms) for row in old)
                both = [terms for n, one in enumerate(records) for terms in (records[n - 1], one)]
                assert len(old) == sum(what.matches(terms) and within.matches(terms) for terms in both)
                for n, terms in enumerate(records):
                    assert (await now.get("Task", f"r{n}", within=what) is not None) == what.matches(terms)
        finally:
            await store.close()

    runner.run(ask())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(world=worlds())
def test_sqlite_finds_what_the_predicate_matches(runner: asyncio.Runner, world) -> None:
    with tempfile.TemporaryDirectory() as folder:
        agree(runner, str(Path(folder)), world)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(world=worlds())
def test_mongo_finds_what_the_predicate_matches(runner: asyncio.Runner, server: str, world) -> None:
    agree(runner, f"{server}/law{uuid4().hex}", world)
