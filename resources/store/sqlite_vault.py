"""Secrets in SQLite: a row each, gone for every reader from the second they end.

https://datatracker.ietf.org/doc/html/rfc6749#section-10.5 (a code is used once)
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Any

from resources.store.passed import Passed
from resources.store.sqlite_file import ask
from resources.store.sqlite_readers import Readers
from resources.store.sqlite_writer import Writer

LOOK = "SELECT value FROM secret WHERE kind = ? AND key = ? AND (until IS NULL OR until > ?)"
LOOK_AT = "SELECT kind, key, value FROM secret WHERE kind = ? AND key = ? AND (until IS NULL OR until > ?)"
HAS = "SELECT 1 FROM secret WHERE kind = ? AND (until IS NULL OR until > ?) LIMIT 1"
LEAVE = "INSERT INTO secret (kind, key, value) VALUES (?, ?, ?)"
FETCH = """DELETE FROM secret WHERE (kind, key) = (SELECT kind, key FROM secret WHERE kind = ? LIMIT 1)
    RETURNING value"""
TAKE = "DELETE FROM secret WHERE kind = ? AND key = ? AND (until IS NULL OR until > ?) RETURNING value"

EXCHANGE = """UPDATE secret SET value = ? WHERE kind = ? AND key = ? AND value = ? AND (until IS NULL OR until > ?)
    RETURNING 1"""

TALLY = """INSERT INTO secret (kind, key, value, until) VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET
        value = CASE WHEN until <= ? THEN excluded.value ELSE CAST(CAST(value AS INTEGER) + 1 AS BLOB) END,
        until = CASE WHEN until <= ? THEN excluded.until ELSE until END
    RETURNING value"""

OVER = "DELETE FROM secret WHERE until > ? AND until <= ? AND kind = ?"
LATELY = 600.0  # seconds: the next counter of a kind comes sooner, or there are few


class SqliteVault:
    """The secrets of one database file; writes are committed with the records' writes, in one group."""

    def __init__(self, readers: Readers, writer: Writer, clock: Callable[[], datetime]) -> None:
        self._readers = readers
        self._writer = writer
        self._clock = clock
        self._passed = Passed(clock)

    async def keep(self, kind: str, key: str, value: bytes, *, until: float | None = None) -> bool:
        """Keep a new secret. False, and nothing kept, where a living one has this kind and key already."""
        sql = """INSERT INTO secret (kind, key, value, until) VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET value = excluded.value, until = excluded.until WHERE until <= ? RETURNING 1"""
        return bool(await self._write(sql, lambda now: (kind, key, value, until, now)))

    async def look(self, kind: str, key: str) -> bytes | None:
        with self._readers.connection() as connection:
            rows = ask(connection, LOOK, (kind, key, self._clock().timestamp()))
        return rows[0][0] if rows else None

    async def has(self, kind: str) -> bool:
        """Whether there is any secret of a kind."""
        with self._readers.connection() as connection:
            return bool(ask(connection, HAS, (kind, self._clock().timestamp())))

    async def look_at(self, *wanted: tuple[str, str]) -> list[bytes | None]:
        """Several at once, in one question: what each is, in the order they are asked for."""
        now = self._clock().timestamp()
        values = [value for kind, key in wanted for value in (kind, key, now)]
        with self._readers.connection() as connection:
            rows = ask(connection, " UNION ALL ".join([LOOK_AT] * len(wanted)), values)
        found = {(kind, key): value for kind, key, value in rows}
        return [found.get(each) for each in wanted]

    async def take(self, kind: str, key: str) -> bytes | None:
        """Read and remove in one step: of two at once, one gets it."""
        rows = await self._write(TAKE, lambda now: (kind, key, now))
        return rows[0][0] if rows else None

    async def replace(self, kind: str, key: str, value: bytes, *, until: float | None = None) -> None:
        """Keep a secret whether or not there was one."""
        await self._write("INSERT OR REPLACE INTO secret VALUES (?, ?, ?, ?)", lambda _: (kind, key, value, until))

    async def exchange(self, kind: str, key: str, before: bytes, after: bytes) -> bool:
        """Put another value in place of this one, in one step; False, and nothing changed, where it is another now."""
        return bool(await self._write(EXCHANGE, lambda now: (after, kind, key, before, now)))

    async def tally(self, kind: str, key: str, *, until: float) -> int:
        """Count one more, in one step, and say how many that makes; a counter lives to the `until` of its first."""
        rows = await self._write(TALLY, lambda now: (kind, key, b"1", until, now, now), counters=kind)
        return int(rows[0][0])

    async def _write(self, sql: str, values: Callable[[float], tuple[object, ...]], *, counters: str = "") -> list[Any]:
        async def work(connection: sqlite3.Connection) -> list[Any]:
            now = self._clock().timestamp()
            rows = ask(connection, sql, values(now))
            ask(connection, "DELETE FROM secret WHERE until <= ?", (self._passed.surely(now),))
            if counters and rows[0][0] == b"1":
                # They are many, and nothing is revived by one that is gone.
                ask(connection, OVER, (now - LATELY, now, counters))
            return rows

        return await self._writer.do(work)
