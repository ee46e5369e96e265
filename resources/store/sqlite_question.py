"""One question to SQLite, answered: a version, a page, a number.

https://www.sqlite.org/lang_select.html
"""

# ruff: noqa: S608 -- the text is put together from this file's own words; every value is bound

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

import orjson

from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate
from resources.search.relation import Relation, Row
from resources.store import sqlite_order, sqlite_sorted
from resources.store.port import Found, Query
from resources.store.sqlite_file import ask
from resources.store.sqlite_plan import COLUMNS, Plan, recorded
from resources.store.sqlite_predicate import Here, Sql, conjunction, current, holds, json
from resources.store.text import sought, storable


def get(
    connection: sqlite3.Connection, here: Here, type: str, id: str, within: Predicate, number: int | None
) -> Version | None:
    """The version of this key in the view of now or `at`, deleted or not, if it is within."""
    if number is not None and number >= 1 << 63:  # more than an INTEGER holds
        return None
    seen = [current("v", here.at)] if number is None else [Sql("v.number = ?", (number,)), recorded(here.at)]
    here = Here(here.at, here.now)
    if within != EVERYTHING:
        seen.append(holds(within, here))
    whole = conjunction(seen)
    sql = f"SELECT {COLUMNS} FROM version v WHERE v.type = ? AND v.id = ? AND {whole.text}"
    statement = here.whole(Sql(sql, (sought(type), sought(id), *whole.values)))
    return next((_version(row) for row in ask(connection, statement.text, statement.values)), None)


def find(connection: sqlite3.Connection, here: Here, query: Query, within: Predicate) -> Found:
    """A page of the query, in its order."""
    plan = Plan(connection, here, query, within)
    rows = sqlite_sorted.rows(plan, None if query.limit is None else query.limit + 1)
    if query.limit is None or len(rows) <= query.limit:
        return Found([_version(row) for row in rows])
    kept = rows[: query.limit]
    return Found([_version(row) for row in kept], sqlite_order.page_key(kept[-1][8:]) if kept else query.after)


def count(connection: sqlite3.Connection, here: Here, query: Query, within: Predicate, most: int | None) -> int:
    """How many rows the query has without `after` and `limit`, counted to `most` and one more."""
    return Plan(connection, here, query, within).count(most)


def rows(connection: sqlite3.Connection, here: Here, wanted: Iterable[tuple[str, str]]) -> list[Row]:
    """Every row of these relations that begins at these values, as recorded by the view's instant."""
    pairs = sorted({pair for pair in wanted if storable(pair[0]) and storable(pair[1])})
    sql = """SELECT r.name, r."of", r."to", r.tag, r.start, r.until, r.keeper, r.since, r.ended, r.source,
        r.number
        FROM json_each(?) w CROSS JOIN relation r
        ON r.name = json_extract(w.value, '$[0]') AND r."of" = json_extract(w.value, '$[1]') WHERE r.since <= ?"""
    return [Row(Relation(*row[:7]), *row[7:]) for row in ask(connection, sql, (json(pairs), here.at))]


def _version(row: tuple[Any, ...]) -> Version:
    type, id, number, since, deleted, body, terms, first = row[:8]
    return Version(type, id, number, since, bool(deleted), body, tuple(orjson.loads(terms)), first)
