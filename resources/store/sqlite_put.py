"""Writing one version: the row, its terms, the rows of relations that its record contributes.

docs/store.md
"""

# ruff: noqa: S608 -- the text is put together from this file's own words; every value is bound

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import orjson

from resources.record.version import Version
from resources.search.relation import FOREVER, Relation
from resources.store.admission import admit, admit_rows, admit_terms, texts
from resources.store.body import digest
from resources.store.sqlite_file import ask, inserted

CURRENT = "SELECT seq, number, since, first FROM version WHERE type = ? AND id = ? AND until IS NULL"
SAID = 'name, "of", "to", tag, start, until, via, term, low, high, keeper'
"""The columns of a row of `relation` that are the relation."""

SAYING = f"({SAID}) = (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
STANDING = f"SELECT {SAID} FROM relation WHERE source = ? AND ended = ?"
ADD_VERSION = """INSERT INTO version (type, id, number, since, first, deleted, terms, body, digest)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"""
# One statement for all terms: each call from Python would cost as much as the insertion itself. OR FAIL: what fails
# is undone with the whole work, so SQLite need not keep every page for a way back of this one statement.
ADD_TERMS = "INSERT OR FAIL INTO term (seq, term, live, type) SELECT ?, value, ?, ? FROM json_each(?)"
END = f"UPDATE relation SET ended = ? WHERE {SAYING} AND source = ? AND ended = ?"
NEVER = "DELETE FROM relation WHERE source = ? AND since = ? AND ended = since"
"""What began and ended at one instant was never so."""
ADD = "INSERT INTO relation VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def put(connection: sqlite3.Connection, version: Version, relations: Iterable[Relation]) -> None:
    """Add a version and make it the current one. Raises Conflict unless it is number current + 1."""
    rows = ask(connection, CURRENT, (version.type, version.id))
    seq, number, since, first = rows[0] if rows else (None, 0, "", version.since)
    wanted = frozenset(relations)
    admit(version, number=number, since=since)
    admit_rows(version.reference, wanted)
    if seq is not None:
        ask(connection, "UPDATE version SET until = ? WHERE seq = ?", (version.since, seq))
        ask(connection, "UPDATE OR FAIL term SET live = 0 WHERE seq = ?", (seq,))
    terms = orjson.dumps(version.terms)
    row = (
        *(version.type, version.id, version.number, version.since, first, version.deleted),
        *(terms, version.body, digest(version.body)),
    )
    added = inserted(connection, ADD_VERSION, row)
    live, type = not version.deleted, type_number(connection, version.type)
    ask(connection, ADD_TERMS, (added, live, type, terms.decode()))
    if seq is not None or wanted:
        relate(connection, version, version.since, wanted)


def relate(connection: sqlite3.Connection, version: Version, since: str, wanted: frozenset[Relation]) -> None:
    """End the record's rows that are no longer wanted, begin those that are new, leave the others as they are."""
    standing = {Relation(*row) for row in ask(connection, STANDING, (version.reference, FOREVER))}
    for over in standing - wanted:
        ask(connection, END, (since, *texts(over), version.reference, FOREVER))
    if standing - wanted:
        ask(connection, NEVER, (version.reference, since))
    for new in wanted - standing:
        ask(connection, ADD, (*texts(new), since, FOREVER, version.reference, version.number))


def derive(connection: sqlite3.Connection, reference: str, terms: Iterable[str]) -> None:
    """Add terms to every version of a record."""
    type, _, id = reference.partition("/")
    added = frozenset(terms)
    admit_terms(reference, added)
    for seq, own, live in ask(
        connection,
        "SELECT seq, terms, until IS NULL AND deleted = 0 FROM version WHERE type = ? AND id = ?",
        (type, id),
    ):
        had = orjson.loads(own)
        new = sorted(added.difference(had))
        if new:
            whole = orjson.dumps(sorted([*had, *new]))
            ask(connection, "UPDATE version SET terms = ? WHERE seq = ?", (whole, seq))
            ask(connection, ADD_TERMS, (seq, live, type_number(connection, type), orjson.dumps(new).decode()))


def type_number(connection: sqlite3.Connection, name: str) -> int:
    """The number of a type in the index of terms, given at its first record."""
    rows = ask(connection, "SELECT number FROM type WHERE name = ?", (name,))
    if not rows:
        rows = ask(connection, "INSERT INTO type (name) VALUES (?) RETURNING number", (name,))
    return int(rows[0][0])
