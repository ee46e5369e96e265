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
from resources.search.predicate import EVERYTHING, Predicate, all_of
from resources.search.relation import FOREVER, Relation, Row
from resources.store import sqlite_order, sqlite_sorted
from resources.store.port import Found, Query
from resources.store.sqlite_file import ask
from resources.store.sqlite_plan import COLUMNS, Plan, recorded
from resources.store.sqlite_predicate import Here, Sql, conjunction, current, holds, json
from resources.store.text import storable


def get(
    connection: sqlite3.Connection, at: str, type: str, id: str, within: Predicate, number: int | None
) -> Version | None:
    """The version of this key in the view of now or `at`, deleted or not, if it is within."""
    if not (storable(type) and storable(id)):
        return None
    seen = [current("v", at)] if number is None else [Sql("v.number = ?", (number,)), recorded(at)]
    if within != EVERYTHING:
        seen.append(holds(within, Here(at)))
    whole = conjunction(seen)
    sql = f"SELECT {COLUMNS} FROM version v WHERE v.type = ? AND v.id = ? AND {whole.text}"
    return next((_version(row) for row in ask(connection, sql, (type, id, *whole.values))), None)


def find(connection: sqlite3.Connection, at: str, query: Query, within: Predicate) -> Found:
    """A page of the query, in its order."""
    plan = Plan(connection, at, query, all_of((query.what, within)))
    rows = sqlite_sorted.rows(plan, None if query.limit is None else query.limit + 1)
    if query.limit is None or len(rows) <= query.limit:
        return Found([_version(row) for row in rows])
    kept = rows[: query.limit]
    return Found([_version(row) for row in kept], sqlite_order.page_key(kept[-1][8:]) if kept else query.after)


def count(connection: sqlite3.Connection, at: str, query: Query, within: Predicate, most: int | None) -> int:
    """How many rows the query has without `after` and `limit`, counted to `most` and one more."""
    return Plan(connection, at, query, all_of((query.what, within))).count(most)


def rows(connection: sqlite3.Connection, at: str, name: str, of: Iterable[str]) -> list[Row]:
    """Every row of a relation that begins at one of these, as recorded by the view's instant."""
    known = sorted({one for one in of if storable(one)})
    sql = """SELECT name, "of", "to", tag, start, until, since, ended, source, number FROM relation
        WHERE name = ? AND "of" IN (SELECT value FROM json_each(?)) AND since <= ? ORDER BY "of", "to", tag, since"""
    return [Row(Relation(*row[:6]), *row[6:]) for row in ask(connection, sql, (name, json(known), at))]


def tags(connection: sqlite3.Connection, at: str, name: str, to: Iterable[str]) -> frozenset[str]:
    """The tags of all open rows of a relation that lead to one of these: from tag to next tag, not from row to row."""
    known = json(sorted({one for one in to if storable(one)}))
    if at != FOREVER:
        sql = """SELECT DISTINCT tag FROM relation WHERE name = ? AND "to" IN (SELECT value FROM json_each(?))
            AND since <= ? AND ended > ?"""
        return frozenset(tag for (tag,) in ask(connection, sql, (name, known, at, at)))
    least = "SELECT min(r.tag) FROM relation r WHERE r.name = ? AND r.ended = '~'"
    sql = f"""WITH RECURSIVE step("to", tag) AS (
            SELECT value, ({least} AND r."to" = value) FROM json_each(?)
            UNION ALL SELECT "to", ({least} AND r."to" = step."to" AND r.tag > step.tag) FROM step
            WHERE tag IS NOT NULL)
        SELECT DISTINCT tag FROM step WHERE tag IS NOT NULL"""
    return frozenset(tag for (tag,) in ask(connection, sql, (name, known, name)))


def _version(row: tuple[Any, ...]) -> Version:
    type, id, number, since, deleted, body, terms, first = row[:8]
    return Version(type, id, number, since, bool(deleted), body, tuple(orjson.loads(terms)), first)
