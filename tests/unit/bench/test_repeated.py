"""A household of a large city that is told by another's is what the product would have derived of it."""

from __future__ import annotations

import orjson

from bench import fill, repeated
from bench.city import City
from bench.repeated import Repeated

WHOLE = Repeated(repeated.LEAST * 3)
ONE = (repeated.FIRST + 2 * repeated.STRETCH) // fill.BATCH
"""The first batch of the second time that the stretch comes round."""


def test_what_is_told_is_what_is_derived() -> None:
    since, told = fill.rows(WHOLE, ONE)

    assert since == fill.instant(ONE)
    derived = orjson.loads(fill.derived(WHOLE, ONE))
    assert [_sorted(row) for row in orjson.loads(told)] == [_sorted(row) for row in derived]


def test_no_name_comes_twice() -> None:
    ids = {f"{type} {id}" for job in (ONE, WHOLE.like(ONE * fill.BATCH) // fill.BATCH) for type, id in _ids(job)}

    assert len(ids) == 2 * len(_ids(ONE))


def test_until_the_end_of_the_stretch_it_is_the_city() -> None:
    last = repeated.FIRST + repeated.STRETCH - 1

    assert WHOLE.household(last) == City(WHOLE.records).household(last)
    assert WHOLE.like(last) == last
    assert WHOLE.keeper(last + 1) == WHOLE.keeper(WHOLE.like(last + 1))


def _ids(job: int) -> list[tuple[str, str]]:
    households = range(job * fill.BATCH, (job + 1) * fill.BATCH)
    return [(each["resourceType"], each["id"]) for n in households for each in WHOLE.household(n)]


def _sorted(row: fill.Row) -> tuple[str, str, str, list[str], list[list[str]]]:
    type, id, body, terms, relations = row
    return type, id, body, sorted(terms), sorted(relations)
