"""The database file laid open for checking, by a connection that cannot write.

https://www.sqlite.org/uri.html (mode=ro); docs/maintenance.md, "check"
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any

import orjson

from resources.record.version import Version
from resources.search.relation import Row
from resources.store import sqlite_amend, sqlite_generation
from resources.store.body import digest
from resources.store.fault import unavailable
from resources.store.ledger import Lying, Place, Span, Tally, parted
from resources.store.port import Corrupt
from resources.store.sqlite_file import APPLICATION, NAME, OLDER, SCHEMA, ask, speaking

VERSIONS = "SELECT type, id, number, since, deleted, body, terms, first FROM version v"
BATCH = 200  # versions held at a time

LYING = """SELECT seq, type, id, number, since, deleted, body, terms, first, until, digest,
    (SELECT number FROM type t WHERE t.name = v.type) FROM version v WHERE seq BETWEEN ? AND ?
    ORDER BY seq LIMIT ?"""
INDEXED = """SELECT seq, json_group_array(term), min(live), max(live), min(type), max(type) FROM term
    WHERE seq BETWEEN ? AND ? GROUP BY seq"""
TALLY = "SELECT seq, type, id, number, body, digest, terms FROM version WHERE seq BETWEEN ? AND ?"
STRAYS = """SELECT DISTINCT seq FROM term t WHERE seq BETWEEN ? AND ?
    AND NOT EXISTS (SELECT 1 FROM version v WHERE v.seq = t.seq)"""
OUTSIDE = """SELECT min(seq), coalesce(sum(seq < 1), 0), max(seq), coalesce(sum(seq > ?), 0) FROM (
    SELECT seq FROM term WHERE seq < 1 UNION SELECT seq FROM version WHERE seq < 1
    UNION SELECT seq FROM term WHERE seq > ?)"""
SOURCELESS = """SELECT DISTINCT source FROM relation r WHERE NOT EXISTS (SELECT 1 FROM version v WHERE
    v.type = substr(source, 1, instr(source, '/') - 1) AND v.id = substr(source, instr(source, '/') + 1))"""
ABSENT = """SELECT json_extract(value, '$[0]') FROM json_each(?) WHERE NOT EXISTS (SELECT 1 FROM version WHERE
    type = json_extract(value, '$[1]') AND id = json_extract(value, '$[2]') AND number = json_extract(value, '$[3]'))"""
LEADING = """SELECT DISTINCT v.id FROM term t JOIN version v ON v.seq = t.seq
    WHERE t.type = (SELECT number FROM type WHERE name = ?) AND t.live IN (0, 1) AND t.term = ?"""
FOUND = """SELECT v.id FROM term t JOIN version v ON v.seq = t.seq
    WHERE t.type = (SELECT number FROM type WHERE name = ?) AND t.live = 1 AND t.term = ?"""


class SqliteLedger:
    """The store in `tsunagu.sqlite` of a folder. Raises Unavailable where there is none of this schema."""

    lasting = True

    def __init__(self, folder: Path) -> None:
        path = folder / NAME
        with speaking(path):
            self._connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None)
            self._connection.execute("PRAGMA cache_size = -32000")
            self._connection.execute("BEGIN")
            [(application,)] = self._connection.execute("PRAGMA application_id")
            [(schema,)] = self._connection.execute("PRAGMA user_version")
        if application != APPLICATION or schema > SCHEMA:
            raise unavailable(
                f"the database `{path}` is none of ours", f"`{path}` は tsunagu のデータベースではありません"
            )
        if schema < SCHEMA:
            raise unavailable(f"the database `{path}` {OLDER[0]}", f"データベース `{path}` {OLDER[1]}")

    def reading(self) -> AbstractContextManager[None]:
        return nullcontext()

    def generation(self) -> str:
        return sqlite_generation.read(self._connection)

    def spans(self, size: int) -> list[Span]:
        """All places there are, in pieces of this size; and where there are none, but something lies all the same."""
        [(last,)] = self._ask("SELECT coalesce(max(seq), 0) FROM version")
        [outside] = self._ask(OUTSIDE, (last, last))
        below, under, above, over = outside
        return [
            *([Span(below, 0, under)] if under else []),
            *self._pieces(size, last),
            *([Span(last + 1, above, over)] if over else []),
        ]

    def _pieces(self, size: int, last: int) -> Iterator[Span]:
        """From the first place to the last; where as much as a piece is empty, it is one with the version behind it."""
        place, piece = 1, size
        while place <= last:
            try:
                [(there,)] = self._ask("SELECT min(seq) FROM version WHERE seq >= ?", (place,))
                piece = size
            except Corrupt:  # who looks at these places will say so; wider and wider, since there may be endless many
                there, piece = place, piece * 2
            end = max(there, min(place + piece - 1, last))
            yield Span(place, end, end - place + 1)
            place = end + 1

    def lying(self, span: Span) -> Iterator[Lying]:
        first = span.first
        while rows := self._ask(LYING, (first, span.last, BATCH)):
            indexed = {row[0]: row[1:] for row in self._ask(INDEXED, (rows[0][0], rows[-1][0]))}
            for row in rows:
                yield _lying(row, indexed.get(row[0]))
            if rows[-1][0] == span.last:
                return  # behind the last place of all there is no number
            first = rows[-1][0] + 1

    def strays(self, span: Span) -> list[Place]:
        return [seq for (seq,) in self._ask(STRAYS, (span.first, span.last))]

    def before(self, place: Place) -> Version | None:
        return next(iter(self._versions("WHERE seq < ? ORDER BY seq DESC LIMIT 1", place)), None)

    def since(self, type: str, id: str, number: int) -> str:
        rows = self._ask("SELECT since FROM version WHERE type = ? AND id = ? AND number = ?", (type, id, number))
        return str(rows[0][0]) if rows else ""

    def absent(self, cited: Sequence[str]) -> list[str]:
        named = orjson.dumps([[at, *parted(name)] for at, name in enumerate(cited)]).decode()
        return [cited[at] for (at,) in self._ask(ABSENT, (named,))]

    def history(self, type: str, id: str) -> list[Version]:
        return self._versions("WHERE type = ? AND id = ? ORDER BY number", type, id)

    def current(self, reference: str) -> Version | None:
        type, _, id = reference.partition("/")
        return next(iter(self._versions("WHERE type = ? AND id = ? AND until IS NULL", type, id)), None)

    def body(self, reference: str) -> bytes:
        type, _, id = reference.partition("/")
        rows = self._ask("SELECT body FROM version WHERE type = ? AND id = ? AND number = 1", (type, id))
        return bytes(rows[0][0]) if rows else b""

    def rows(self, reference: str) -> frozenset[Row]:
        return sqlite_amend.contributed(self._connection, reference)

    def leading(self, type: str, entry: str) -> frozenset[str]:
        return frozenset(f"{type}/{id}" for (id,) in self._ask(LEADING, (type, entry)))

    def found(self, type: str, entry: str) -> frozenset[str]:
        return frozenset(f"{type}/{id}" for (id,) in self._ask(FOUND, (type, entry)))

    def related(self, name: str, of: str) -> list[Row]:
        return sqlite_amend.related(self._connection, name, of)

    def written(self, first: str, last: str) -> list[Version]:
        return self._versions("WHERE since BETWEEN ? AND ? ORDER BY seq", first, last)

    def sourceless(self) -> list[str]:
        return [source for (source,) in self._ask(SOURCELESS)]

    def tally(self, span: Span) -> Tally:
        ends, damaged, terms, count = (span.first, span.last), list[str](), 0, 0
        for _, type, id, number, body, written, own in self._ask(TALLY, ends):
            count += 1
            # A term holds no bare `","` inside: in JSON its quotation marks are escaped.
            terms += own.count(b'","') + (len(own) > 2)
            if digest(body) != written:
                damaged.append(f"{type}/{id}/_history/{number}")
        [(indexed,)] = self._ask("SELECT count(*) FROM term WHERE seq BETWEEN ? AND ?", ends)
        return Tally(count, span.size - count, damaged, indexed - terms)

    def broken(self) -> list[str]:
        """What SQLite finds wrong between tables and their indexes, fifty things at most; a search goes by an index."""
        return [said for (said,) in self._ask("PRAGMA integrity_check(50)") if said != "ok"]

    def close(self) -> None:
        self._connection.close()

    def _ask(self, sql: str, values: tuple[object, ...] = ()) -> list[Any]:
        return ask(self._connection, sql, values)

    def _versions(self, where: str, *values: object) -> list[Version]:
        rows = self._ask(f"{VERSIONS} {where}", values)
        return [_version(row) for row in rows]


def _lying(row: tuple[Any, ...], indexed: tuple[Any, ...] | None) -> Lying:
    seq, type, id, number, since, deleted, body, terms, first, until, written, kind = row
    own = _terms(terms)
    have, low, high, least, most = indexed or ("[]", None, None, kind, kind)
    live = int(until is None and not deleted)
    return Lying(
        place=seq,
        version=Version(type, id, number, since, bool(deleted), body, own, first),
        until=until,
        indexed=own if have.encode() == terms else tuple(orjson.loads(have)),
        live=not indexed or low == high == live,
        typed=least == most == kind,
        sound=digest(body) == written,
    )


def _version(row: tuple[Any, ...]) -> Version:
    type, id, number, since, deleted, body, terms, first = row
    return Version(type, id, number, since, bool(deleted), body, _terms(terms), first)


def _terms(written: bytes) -> tuple[str, ...]:
    try:
        return tuple(orjson.loads(written))
    except (ValueError, TypeError):
        return ()
