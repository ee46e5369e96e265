"""One question to the trail in SQLite: gathered by its narrowest key, or walked in order within bounds.

docs/trail.md, "asking"
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import orjson

from resources.store import sqlite_trail_names, trail_chain
from resources.store.sqlite_file import ask
from resources.store.sqlite_trail_tables import place
from resources.store.trail import COUNTED, FIELDS, Event, Field, TooBroad, TrailQuery, named

_WALKED = 200_000
"""How many events one page may pass by before the question is refused."""

_FRAMES = "SELECT DISTINCT e.frame FROM trail_key k CROSS JOIN trail_event e ON e.place = k.place WHERE k.name = ?"

Answer = tuple[Sequence[int], int | None, str]


def find(connection: sqlite3.Connection, query: TrailQuery) -> Answer:
    """The places of one page, the total, and where the next page begins."""
    wanted = [_numbers(connection, field, values) for field, values in query.having]
    if not all(wanted):
        return [], 0, ""
    breadths = [_breadth(connection, numbers) for numbers in wanted]
    narrowest = min(breadths, default=COUNTED + 1)
    if narrowest <= COUNTED:
        return _gathered(connection, query, wanted[breadths.index(narrowest)], wanted)
    return _walked(connection, query, wanted)


def frames(connection: sqlite3.Connection, record: str) -> list[Event]:
    """What the events that name a record share with others, each once; all keys were brought along."""
    name = sqlite_trail_names.look(connection, record)
    numbers = [row[0] for row in ask(connection, _FRAMES, (name,))] if name is not None else []
    sql = "SELECT name FROM trail_name WHERE id IN (SELECT value FROM json_each(?))"
    return [_framed(row[0]) for row in ask(connection, sql, (orjson.dumps(numbers).decode(),))]


def _gathered(
    connection: sqlite3.Connection, query: TrailQuery, lead: frozenset[int], wanted: Sequence[frozenset[int]]
) -> Answer:
    """Everything under the narrowest key, tried by the others: exact, and small enough to sort."""
    rest = [numbers for numbers in wanted if numbers is not lead]
    when, values = _when(query, "k.place")
    sql = f"SELECT DISTINCT k.place FROM trail_key k WHERE k.name IN (SELECT value FROM json_each(?)) AND {when}"  # noqa: S608  # fixed words
    sql += "".join(f" AND {_HAS.format('k.place')}" for _ in rest) + " ORDER BY k.place"
    rows = ask(connection, sql, (_json(lead), *values, *map(_json, rest)))
    places = [row[0] for row in rows]
    if query.newest_first:
        places.reverse()
    after = _after(query)
    rest_of = [each for each in places if after is None or (each < after if query.newest_first else each > after)]
    return _paged(rest_of[: query.limit], len(rest_of) > query.limit, len(places))


def _walked(connection: sqlite3.Connection, query: TrailQuery, wanted: Sequence[frozenset[int]]) -> Answer:
    """Nothing narrow: the events in order, as far as a page may go."""
    when, values = _when(query, "place")
    total = f"SELECT count(*) FROM (SELECT 1 FROM trail_event WHERE {when} LIMIT {COUNTED + 1})"  # noqa: S608  # fixed words
    counted = ask(connection, total, values)[0][0]
    after = _after(query)
    sign, order = ("<", "DESC") if query.newest_first else (">", "ASC")
    passed = f"SELECT place FROM trail_event WHERE {when} AND (? IS NULL OR place {sign} ?) ORDER BY place {order}"  # noqa: S608  # fixed words
    sql = f"SELECT place FROM ({passed} LIMIT {_WALKED}) e WHERE 1"  # noqa: S608  # fixed words
    sql += "".join(f" AND {_HAS.format('e.place')}" for _ in wanted) + f" ORDER BY place {order} LIMIT ?"
    rows = ask(connection, sql, (*values, after, after, *map(_json, wanted), query.limit + 1))
    places = [row[0] for row in rows]
    if wanted and len(places) <= query.limit:
        there = ask(connection, f"SELECT count(*) FROM ({passed} LIMIT {_WALKED})", (*values, after, after))  # noqa: S608  # fixed words
        if there[0][0] >= _WALKED:
            raise TooBroad
    exact = None if wanted or counted > COUNTED else counted
    return _paged(places[: query.limit], len(places) > query.limit, exact)


_HAS = "EXISTS (SELECT 1 FROM trail_key h WHERE h.place = {} AND h.name IN (SELECT value FROM json_each(?)))"


def _paged(places: Sequence[int], more: bool, total: int | None) -> Answer:
    last = places[-1] if more and places else None
    return places, total, "" if last is None else str(last)


def _after(query: TrailQuery) -> int | None:
    return int(query.after) if query.after else None


def _when(query: TrailQuery, column: str) -> tuple[str, tuple[int, ...]]:
    if query.when is None:
        return "1", ()
    ranges = " OR ".join(f"({column} >= ? AND {column} < ?)" for _ in query.when) or "0"
    return f"({ranges})", tuple(place(end) for each in query.when for end in each)


def _breadth(connection: sqlite3.Connection, numbers: frozenset[int]) -> int:
    sql = "SELECT count(*) FROM (SELECT 1 FROM trail_key WHERE name IN (SELECT value FROM json_each(?)) LIMIT ?)"
    return int(ask(connection, sql, (_json(numbers), COUNTED + 1))[0][0])


def _numbers(connection: sqlite3.Connection, field: Field, values: frozenset[str]) -> frozenset[int]:
    """The keys under which events with one of these values lie."""
    found: set[int] = set()
    if field in ("entity", "patient"):
        sought = (value for value in values if field == "entity" or value.startswith("Patient/"))
        numbers = (sqlite_trail_names.look(connection, value) for value in sought)
        found |= {number for number in numbers if number is not None}
    if field != "entity":  # what a frame names is who asked and why
        found |= {number for number, text in _frames(connection) if values & _said(text)[field]}
    return frozenset(found)


def _frames(connection: sqlite3.Connection) -> list[Any]:
    return ask(connection, "SELECT id, name FROM trail_name WHERE id < 0")


@lru_cache(maxsize=20_000)
def _said(text: bytes) -> dict[Field, frozenset[str]]:
    """What a frame can be found by."""
    frame = _framed(text)
    return {field: named(frame, field) for field in FIELDS}


def _framed(text: bytes) -> Event:
    return trail_chain.framed(orjson.loads(text))


def _json(numbers: frozenset[int]) -> str:
    return orjson.dumps(sorted(numbers)).decode()
