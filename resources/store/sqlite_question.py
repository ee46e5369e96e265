"""One question to SQLite: the plan, the statement, the rows.

https://www.sqlite.org/optoverview.html (CROSS JOIN and INDEXED BY fix the plan)
"""

# ruff: noqa: S608 -- the text is put together from this file's own words; every value is bound

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

import orjson

from resources.record.version import Version
from resources.search.predicate import AllOf, Is, Predicate, all_of
from resources.store.port import Query
from resources.store.sqlite_file import ask
from resources.store.sqlite_predicate import IndexRange, Sql, holds, leads, led, led_once
from resources.store.text import storable

MANY = 2000  # from as many versions on, the ordered index is tried first
STEPS = 2000  # versions of the ordered index that are tried
MOST = 100_000  # counting an index entry costs a fiftieth of trying a version
ASKED = 4  # ways into the index whose breadth is measured
ENOUGH = 16  # a way in that is this narrow needs no comparison

COLUMNS = "v.type, v.id, v.number, v.since, v.deleted, v.body, v.terms"
LIVE = "1"
CURRENT = "version_current"


def get(
    connection: sqlite3.Connection, at: str | None, type: str, id: str, within: Predicate, number: int | None
) -> Version | None:
    """The version of this key in the view of now or `at`, deleted or not, if it is within."""
    if not (storable(type) and storable(id)):
        return None
    seen = _current(at) if number is None else _and([Sql("v.number = ?", (number,)), _view(at, history=True)])
    sql = f"SELECT {COLUMNS} FROM version v WHERE v.type = ? AND v.id = ? AND {seen.text}"
    for row in ask(connection, sql, (type, id, *seen.values)):
        version = _version(row)
        if within.matches(version.terms):
            return version
    return None


def find(connection: sqlite3.Connection, at: str | None, query: Query, within: Predicate) -> Sequence[Version]:
    """The rows of the query, in its order."""
    what = all_of((query.what, within))
    live = _live(at, query)
    lead, breadth = _lead(connection, what, live, MANY)
    walk = Sql(f"version v INDEXED BY {_walked(at, query)}")
    if lead is None:
        return _page(connection, at, query, what, walk, _type(what))
    if query.limit is not None and breadth >= MANY:
        # Most likely the page lies at the start of the ordered index; if it does not, look no further there.
        end = _end(connection, at, query, what)
        rows = _page(connection, at, query, what, walk, _type(what), end or Sql("1"))
        if end is None or len(rows) == query.limit:
            return rows
        lead = _lead(connection, what, live, MOST)[0] or lead
    start = led_once(lead, live)
    source = Sql(f"({start.text}) s CROSS JOIN version v ON v.seq = s.seq", start.values)
    return _page(connection, at, query, what, source)


def _end(connection: sqlite3.Connection, at: str | None, query: Query, what: Predicate) -> Sql | None:
    """Up to where STEPS of the ordered index lead; None where they lead to its end."""
    walked = _walked(at, query)
    conditions = [_after(query, query.after), _type(what)]
    if walked == CURRENT:
        conditions.append(_current(at))
    condition = _and(conditions)
    sql = f"SELECT v.since, v.type, v.id, v.number FROM version v INDEXED BY {walked} WHERE {condition.text}"
    rows = ask(connection, f"{sql} ORDER BY {_order(query)} LIMIT 1 OFFSET {STEPS}", condition.values)
    if not rows:
        return None
    beyond = _after(query, rows[0])
    return Sql(f"NOT {beyond.text}", beyond.values)


def _page(
    connection: sqlite3.Connection, at: str | None, query: Query, what: Predicate, source: Sql, *more: Sql
) -> Sequence[Version]:
    condition = _and([_view(at, query.history), _after(query, query.after), *more, holds(what)])
    order = _order(query)
    limit = Sql("") if query.limit is None else Sql(" LIMIT ?", (query.limit,))
    # The page is cut before bodies are read: a sort carries whole rows.
    page = f"SELECT v.seq FROM {source.text} WHERE {condition.text} ORDER BY {order}{limit.text}"
    sql = f"SELECT {COLUMNS} FROM ({page}) p CROSS JOIN version v ON v.seq = p.seq ORDER BY {order}"
    return [_version(row) for row in ask(connection, sql, source.values + condition.values + limit.values)]


def count(connection: sqlite3.Connection, at: str | None, query: Query, within: Predicate) -> int:
    """How many rows the query has without `after` and `limit`."""
    what = all_of((query.what, within))
    live = _live(at, query)
    lead, _ = _lead(connection, what, live, MOST)
    conditions = [holds(what)]
    if lead is None:
        source = Sql(f"version v INDEXED BY {_walked(at, query)}")
        conditions += [_view(at, query.history), _type(what)]
    else:
        start = led_once(lead, live)
        source = Sql(f"({start.text}) v", start.values)
        # What is live is in view; for the rest, the version's times say so.
        if live != LIVE:
            source = Sql(f"({start.text}) s CROSS JOIN version v ON v.seq = s.seq", start.values)
            conditions.append(_view(at, query.history))
    condition = _and(conditions)
    sql = f"SELECT count(*) FROM {source.text} WHERE {condition.text}"
    [(number,)] = ask(connection, sql, source.values + condition.values)
    return int(number)


def _lead(connection: sqlite3.Connection, what: Predicate, live: str, most: int) -> tuple[IndexRange | None, int]:
    """The narrowest way in, and how many terms it has, counted up to `most`; None where only a scan answers."""
    best: IndexRange | None = None
    least = most
    for lead in leads(what)[:ASKED]:
        start = led(lead, live)
        [(breadth,)] = ask(connection, f"SELECT count(*) FROM ({start.text} LIMIT ?)", (*start.values, least))
        if best is None or breadth < least:
            best, least = lead, breadth
        if breadth <= ENOUGH:
            break
    return best, least


def _live(at: str | None, query: Query) -> str:
    return LIVE if at is None and not query.history else "0, 1"


def _view(at: str | None, history: bool) -> Sql:
    if history:
        return Sql("1") if at is None else Sql("v.since <= ?", (at,))
    return _and([_current(at), Sql("v.deleted = 0")])


def _current(at: str | None) -> Sql:
    if at is None:
        return Sql("v.until IS NULL")
    return Sql("v.since <= ? AND (v.until IS NULL OR v.until > ?)", (at, at))


def _after(query: Query, place: tuple[str, str, str, int] | None) -> Sql:
    if place is None:
        return Sql("1")
    since, type, id, number = place
    sign = "<" if query.order.startswith("-") else ">"
    if query.order.endswith("since"):
        return Sql(f"(v.since, v.type, v.id, v.number) {sign} (?, ?, ?, ?)", (since, type, id, number))
    if query.history:
        return Sql(f"(v.type, v.id, v.number) {sign} (?, ?, ?)", (type, id, number))
    # A record has one row here: written anew between two pages, it does not come again.
    return Sql(f"(v.type, v.id) {sign} (?, ?)", (type, id))


def _order(query: Query) -> str:
    columns = ["v.type", "v.id", "v.number"]
    if query.order.endswith("since"):
        columns.insert(0, "v.since")
    elif not query.history:
        columns.pop()
    direction = " DESC" if query.order.startswith("-") else ""
    return ", ".join(column + direction for column in columns)


def _walked(at: str | None, query: Query) -> str:
    if query.order.endswith("since"):
        return "version_moment"
    return CURRENT if at is None and not query.history else "version_number"


def _type(what: Predicate) -> Sql:
    for part in what.parts if isinstance(what, AllOf) else (what,):
        if isinstance(part, Is) and part.term.startswith(".type ") and storable(part.term):
            return Sql("v.type = ?", (part.term.removeprefix(".type "),))
    return Sql("1")


def _and(conditions: Sequence[Sql]) -> Sql:
    return Sql(
        " AND ".join(f"({condition.text})" for condition in conditions),
        tuple(value for condition in conditions for value in condition.values),
    )


def _version(row: tuple[Any, ...]) -> Version:
    type, id, number, since, deleted, body, terms = row
    return Version(type, id, number, since, bool(deleted), body, tuple(orjson.loads(terms)))
