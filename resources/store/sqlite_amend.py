"""Giving what stands other derived data, and the feed of all versions by which every one of them is reached.

docs/maintenance.md, "reindex"
"""

# ruff: noqa: S608 -- the text is put together from this file's own words; every value is bound

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence

import orjson

from resources.search.predicate import Predicate
from resources.search.relation import Relation, Row
from resources.store import sqlite_version
from resources.store.admission import texts
from resources.store.port import Found
from resources.store.sqlite_file import ask
from resources.store.sqlite_here import Here, Sql, conjunction
from resources.store.sqlite_plan import recorded
from resources.store.sqlite_predicate import holds
from resources.store.sqlite_put import ADD, ADD_TERMS, SAID, SAYING, type_number
from resources.store.sqlite_version import COLUMNS, WIDTH

ROWS = f"SELECT {SAID}, since, ended, source, number FROM relation WHERE source = ?"
RELATED = f'SELECT {SAID}, since, ended, source, number FROM relation WHERE name = ? AND "of" = ?'
FIRST = """UPDATE version SET first = (SELECT since FROM version WHERE type = ?1 AND id = ?2 AND number = 1)
    WHERE type = ?1 AND id = ?2 AND number IN (SELECT value FROM json_each(?3))"""
DROP = f"DELETE FROM relation WHERE {SAYING} AND source = ? AND since = ?"


def feed(connection: sqlite3.Connection, here: Here, after: str, limit: int, within: Predicate) -> Found:
    """Versions in commit order, strictly after the page key."""
    here = Here(here.at, here.now)
    whole = conjunction([recorded(here.at), holds(within, here)])
    sql = f"SELECT {COLUMNS}, v.seq FROM version v WHERE v.seq > ? AND {whole.text} ORDER BY v.seq LIMIT ?"
    statement = here.whole(Sql(sql, (int(after or 0), *whole.values, limit)))
    rows = ask(connection, statement.text, statement.values)
    return Found([sqlite_version.read(row) for row in rows], str(rows[-1][WIDTH]) if rows else after)


def end(connection: sqlite3.Connection, here: Here) -> str:
    """The page key of the last version, empty where there is none."""
    [(seq,)] = ask(connection, "SELECT max(seq) FROM version", ())
    return str(seq) if seq else ""


def amend(
    connection: sqlite3.Connection, reference: str, terms: Mapping[int, Sequence[str]], rows: frozenset[Row] | None
) -> None:
    """Give versions of a record, by number, these terms, and the record these rows; None leaves those it has."""
    type, _, id = reference.partition("/")
    for number, wanted in terms.items():
        _found_by(connection, (type, id, number), frozenset(wanted), again=rows is not None)
    if rows is None:
        return
    ask(connection, FIRST, (type, id, orjson.dumps(list(terms)).decode()))
    standing = contributed(connection, reference)
    for row in standing - rows:
        ask(connection, DROP, (*texts(row.relation), row.source, row.since))
    for row in rows - standing:
        ask(connection, ADD, (*texts(row.relation), row.since, row.ended, row.source, row.number))


def _found_by(
    connection: sqlite3.Connection, key: tuple[str, str, int], wanted: frozenset[str], *, again: bool
) -> None:
    """Entries that stand stay, since most do where whom a record is about changes; all are made `again` for reindex."""
    sql = "SELECT seq, until IS NULL AND deleted = 0 FROM version WHERE type = ? AND id = ? AND number = ?"
    [(seq, live)] = ask(connection, sql, key)
    ask(connection, "UPDATE version SET terms = ? WHERE seq = ?", (orjson.dumps(sorted(wanted)), seq))
    had = frozenset(one for (one,) in ask(connection, "SELECT term FROM term WHERE seq = ?", (seq,)))
    over, new = (had, wanted) if again else (had - wanted, wanted - had)
    if over:
        sql = "DELETE FROM term WHERE seq = ? AND term IN (SELECT value FROM json_each(?))"
        ask(connection, sql, (seq, orjson.dumps(list(over)).decode()))
    if new:
        ask(connection, ADD_TERMS, (seq, live, type_number(connection, key[0]), orjson.dumps(list(new)).decode()))


def related(connection: sqlite3.Connection, name: str, of: str) -> list[Row]:
    """Every row of a relation that begins at this value, ended ones too."""
    return [Row(Relation(*row[:-4]), *row[-4:]) for row in ask(connection, RELATED, (name, of))]


def contributed(connection: sqlite3.Connection, reference: str) -> frozenset[Row]:
    """Every row that a record has contributed, ended ones too."""
    return frozenset(Row(Relation(*row[:-4]), *row[-4:]) for row in ask(connection, ROWS, (reference,)))
