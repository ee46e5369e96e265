"""All that one may see by consent, page by page, whether few consent or many, and whichever way is taken there.

docs/decisions/0001-relations-on-mongodb.md
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from resources.search.order import Key
from resources.search.predicate import Each, Related, all_of, has, some
from resources.search.relation import Relation, Values
from resources.store.port import Query
from tests.unit.resources.store.writing import draft

SUBJECTS = Values(".subject", ".group", "member")
GIVEN = [("Org/a", 50), ("Org/b", 2)]
TASKS = {"sqlite": 280, "mongo": 110}
"""More than one batch of candidates: on the stand-in, which is slow, batches are smaller."""
BACKWARDS = (Key("id", True),)
FAR = "2999-01-01T00:00:00.000Z"  # a view of the past has other indexes
RANKED = (Key("rank "), Key("id", True))


def covered(to):
    """There is somebody it is about, and everyone has a row to this one."""
    return all_of((some(SUBJECTS), Each(SUBJECTS, Related("consent", frozenset({to})))))


@pytest.fixture
def count(address):
    return TASKS["mongo" if address.startswith("mongodb") else "sqlite"]


@pytest.fixture
def many(store, run, count):
    """So many tasks about as many persons: to a every 50th consents, to b every second."""

    async def work(transaction):
        for n in range(count):
            number = f"{n:04}"
            task = draft(number, 1, f".subject Patient/{number}", f"rank {n % 7}")
            await transaction.put(replace(task, since=transaction.instant))
            to = [to for to, each in GIVEN if n % each == 0]
            if to:
                rows = [Relation("consent", f"Patient/{number}", one, "t") for one in to]
                consent = replace(draft(f"c{number}", type="Consent"), since=transaction.instant)
                await transaction.put(consent, rows)

    run(store.transact(work))
    return store


def test_all_i_may_see_is_found_page_by_page_whether_few_or_many(many, run, monkeypatch, count):
    monkeypatch.setattr("resources.store.mongo_search.BATCH", 40)
    for leading, (to, each) in product([2000, 4], [*GIVEN, ("Org/none", 300)]):
        monkeypatch.setattr("resources.store.mongo_lead.LEADING", leading)
        expected = [f"{n:04}" for n in range(count) if n % each == 0 and to != "Org/none"]
        ranked = sorted(reversed(expected), key=lambda id: int(id) % 7)  # noqa: C414  # alike in rank: backwards
        asked = [((), None, expected), (BACKWARDS, None, expected[::-1]), (RANKED, None, ranked), ((), FAR, expected)]
        for order, instant, ids in asked:
            found = run(first_pages(many, Query(has(".type", "Task"), order, limit=4), covered(to), instant))
            assert found == (ids[:8], len(ids), min(len(ids), 4))


async def first_pages(store, query, within, instant):
    """The ids of two pages, the number of all, and counted to 3 and one more."""
    found, after = [], ""
    async with store.snapshot(instant) as view:
        for _ in range(2):
            page = await view.find(replace(query, after=after), within=within)
            found += [row.id for row in page.versions]
            after = page.next
            if not after:
                break
        return found, *[await view.count(query, within=within, most=most) for most in (None, 3)]
