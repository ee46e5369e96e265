"""One question to SQLite, answered: a version, a page, a number.

https://www.sqlite.org/lang_select.html
"""

# ruff: noqa: S608 -- the text is put together from this file's own words; every value is bound

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate
from resources.search.relation import FOREVER, Relation, Row
from resources.store import page_key, sqlite_order, sqlite_sorted, sqlite_version
from resources.store.port import Found, Query
from resources.store.sqlite_file import ask
from resources.store.sqlite_here import Here, Sql, conjunction, current, json
from resources.store.sqlite_plan import Plan, recorded
from resources.store.sqlite_predicate import holds
from resources.store.sqlite_put import SAID
from resources.store.sqlite_version import COLUMNS, WIDTH
from resources.store.text import sought, storable

_CURRENT = f"SELECT {COLUMNS} FROM version v WHERE v.type = ? AND v.id = ? AND v.until IS NULL"

_PLACE = "SELECT seq FROM version WHERE type = ? AND id = ? AND number = ?"

_ROWS = f"SELECT {SAID}, since, ended, source, number "
_OF_ONE = _ROWS + 'FROM relation r WHERE r.name = ? AND r."of" = ? AND r.since <= ?'
_OF_MANY = (
    _ROWS + "FROM json_each(?) w CROSS JOIN relation r "
    """ON r.name = json_extract(w.value, '$[0]') AND r."of" = json_extract(w.value, '$[1]') WHERE r.since <= ?"""
)


def get(
    connection: sqlite3.Connection, here: Here, type: str, id: str, within: Predicate, number: int | None
) -> Version | None:
    """The version of this key in the view of now or `at`, deleted or not, if it is within."""
    if number is None and here.at == FOREVER and within == EVERYTHING:  # as most are read, so without building it
        return next((sqlite_version.read(row) for row in ask(connection, _CURRENT, (sought(type), sought(id)))), None)
    if number is not None and number >= 1 << 63:  # more than an INTEGER holds
        return None
    seen = [current("v", here.at)] if number is None else [Sql("v.number = ?", (number,)), recorded(here.at)]
    here = Here(here.at, here.now)
    if within != EVERYTHING:
        seen.append(holds(within, here))
    whole = conjunction(seen)
    sql = f"SELECT {COLUMNS} FROM version v WHERE v.type = ? AND v.id = ? AND {whole.text}"
    statement = here.whole(Sql(sql, (sought(type), sought(id), *whole.values)))
    return next((sqlite_version.read(row) for row in ask(connection, statement.text, statement.values)), None)


def find(connection: sqlite3.Connection, here: Here, query: Query, within: Predicate) -> Found:
    """A page of the query, in its order."""
    plan = Plan(connection, here, _placed(connection, query), within)
    rows = sqlite_sorted.rows(plan, None if query.limit is None else query.limit + 1)
    first = _key(query, rows[0]) if rows and query.after else ""
    kept = rows[: query.limit]
    more = len(kept) < len(rows)
    following = (_key(query, kept[-1]) if kept else query.after) if more else ""
    keys = [_key(query, row) for row in kept] if query.as_of else ()
    return Found([sqlite_version.read(row) for row in kept], following, first, keys)


def _key(query: Query, row: tuple[Any, ...]) -> str:
    """The page key of a row of this query."""
    values = row[WIDTH:]
    if not page_key.names_a_row(query):
        return sqlite_order.page_key(values)
    type, id, number = row[:3]
    return page_key.written(values[:-1], (type, id, number))


def _placed(connection: sqlite3.Connection, query: Query) -> Query:
    """The query with a page key that says where in commit order its row is. Raises ValueError."""
    if not (query.after and page_key.names_a_row(query)):
        return query
    before, (type, id, number) = page_key.read(query.after)
    found = ask(connection, _PLACE, (sought(type), sought(id), number)) if number < 1 << 63 else []
    if not found:
        raise page_key.unknown()
    return replace(query, after=sqlite_order.page_key([*before, found[0][0]]))


def count(connection: sqlite3.Connection, here: Here, query: Query, within: Predicate, most: int | None) -> int:
    """How many rows the query has without `after` and `limit`, counted to `most` and one more."""
    return Plan(connection, here, query, within).count(most)


def rows(connection: sqlite3.Connection, here: Here, wanted: Iterable[tuple[str, str]]) -> list[Row]:
    """Every row of these relations that begins at these values, as recorded by the view's instant."""
    pairs = sorted(set(wanted))
    if not storable("".join(name + of for name, of in pairs)):
        pairs = [pair for pair in pairs if storable(pair[0]) and storable(pair[1])]
    if len(pairs) == 1:
        found = ask(connection, _OF_ONE, (*pairs[0], here.at))
    else:
        found = ask(connection, _OF_MANY, (json(pairs), here.at))
    return [Row(Relation(*row[:-4]), *row[-4:]) for row in found]
