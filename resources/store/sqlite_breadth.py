"""How broad the ways into the index are: a narrow one is counted once a view, a broad one once in a while.

https://www.sqlite.org/queryplanner-ng.html
"""

# ruff: noqa: S608 -- the text is put together from this file's own words; every value is bound

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

from resources.search.predicate import AllOf, AnyOf, Each, Has, HasOther, Is, Not, Predicate
from resources.search.relation import FOREVER
from resources.store import sqlite_range
from resources.store.sqlite_file import ask
from resources.store.sqlite_here import Here, Listing, Sql
from resources.store.sqlite_range import IndexRange
from resources.store.sqlite_term import named
from resources.store.text import bound, storable

ENOUGH = 128  # a way in that is this narrow needs no comparison
AT_FIRST = (ENOUGH + 1, 2_000, 16_000)  # entries to which each way in is counted, before one is counted much further
FURTHER = 4
SCARCE = 1_000  # entries of a range that are listed rather than looked for in each version


def narrowest(
    connection: sqlite3.Connection,
    here: Here,
    ways: Sequence[IndexRange],
    live: str,
    kinds: Sequence[str],
    most: int,
) -> tuple[IndexRange | None, int]:
    """The narrowest of these ways, and how many entries it has, counted up to `most`.

    All are counted a little before one is counted far: a narrow one may be named last, and a broad one takes long.
    """
    best: IndexRange | None = None
    least = most
    for step in (*(each for each in AT_FIRST if each * FURTHER <= most), most):
        best, least = None, step
        for way in ways:
            breadth = of(connection, here, way, live, kinds, least)
            if best is None or breadth < least:
                best, least = way, breadth
            if breadth <= ENOUGH:
                break
        if least < step:
            break
    return best, least


def of(connection: sqlite3.Connection, here: Here, way: IndexRange, live: str, kinds: Sequence[str], most: int) -> int:
    """How many entries a way has, counted up to `most`. Inside a work it is as it was when it was first counted."""
    key = (way, live, kinds)
    known = here.known if here.at == FOREVER else None
    breadth, counted = here.counted.get(key) or (known.look(key) if known else (0, 0))
    if breadth == counted < most:
        # So many rows are broad enough, whatever they lead to, and much sooner counted.
        breadth = _entries(connection, sqlite_range.rows(way, here.at), most) if way.related else 0
        if breadth < most:
            breadth = _entries(connection, sqlite_range.seqs(way, live, kinds, here.at), most)
        here.counted[key] = (breadth, most)
        if known and breadth > ENOUGH:
            known.keep(key, breadth, most)
    return min(breadth, most)


def _entries(connection: sqlite3.Connection, select: Sql, most: int) -> int:
    sql = f"SELECT count(*) FROM (SELECT 1 FROM ({select.text}) LIMIT ?)"
    [(number,)] = ask(connection, sql, (*select.values, most))
    return int(number)


def listing(connection: sqlite3.Connection, here: Here, type: str, asked: Sequence[Predicate]) -> Listing:
    """The index of the terms of a type, with those ranges that few of the type have of what is asked."""
    spans = {span for what in asked for span in _spans(what)}
    few = {span for span in spans if of(connection, here, _way(span), "1", (type,), SCARCE) < SCARCE}
    return Listing(type, frozenset(few))


def _way(span: tuple[str, str]) -> IndexRange:
    low, high = span
    return IndexRange(ranges=(span,)) if high else IndexRange(terms=(low,))


def _spans(what: Predicate) -> Iterator[tuple[str, str]]:
    """The ranges of own terms that a condition asks for; of one term, it and nothing."""
    match what:
        case Is(term) if storable(term):
            yield term, ""
        case Has(low, high):
            yield bound(low), bound(high)
        case HasOther(name, _):
            yield named(name)
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from _spans(part)
        case Not(part):
            yield from _spans(part)
        case Each(values, part):
            yield from (named(name) for name in (values.name, values.through) if name)
            yield from _spans(part)
