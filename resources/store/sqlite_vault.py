"""Secrets in SQLite: a row each, gone for every reader from the second they end.

https://datatracker.ietf.org/doc/html/rfc6749#section-10.5 (a code is used once)
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from typing import Any

from resources.store.sqlite_file import ask
from resources.store.sqlite_readers import Readers
from resources.store.sqlite_writer import Writer

LOOK = "SELECT value FROM secret WHERE kind = ? AND key = ? AND (until IS NULL OR until > ?)"
TAKE = "DELETE FROM secret WHERE kind = ? AND key = ? AND (until IS NULL OR until > ?) RETURNING value"


class SqliteVault:
    """The secrets of one database file; writes are committed with the records' writes, in one group."""

    def __init__(self, readers: Readers, writer: Writer) -> None:
        self._readers = readers
        self._writer = writer

    async def keep(self, kind: str, key: str, value: bytes, *, until: float | None = None) -> bool:
        """Keep a new secret. False, and nothing kept, where a living one has this kind and key already."""
        sql = """INSERT INTO secret (kind, key, value, until) VALUES (?, ?, ?, ?)
            ON CONFLICT DO UPDATE SET value = excluded.value, until = excluded.until WHERE until <= ? RETURNING 1"""
        return bool(await self._write(sql, lambda now: (kind, key, value, until, now)))

    async def look(self, kind: str, key: str) -> bytes | None:
        with self._readers.connection() as connection:
            rows = ask(connection, LOOK, (kind, key, time.time()))
        return rows[0][0] if rows else None

    async def take(self, kind: str, key: str) -> bytes | None:
        """Read and remove in one step: of two at once, one gets it."""
        rows = await self._write(TAKE, lambda now: (kind, key, now))
        return rows[0][0] if rows else None

    async def replace(self, kind: str, key: str, value: bytes, *, until: float | None = None) -> None:
        """Keep a secret whether or not there was one."""
        await self._write("INSERT OR REPLACE INTO secret VALUES (?, ?, ?, ?)", lambda _: (kind, key, value, until))

    async def _write(self, sql: str, values: Callable[[float], tuple[object, ...]]) -> list[Any]:
        async def work(connection: sqlite3.Connection) -> list[Any]:
            now = time.time()
            rows = ask(connection, sql, values(now))
            ask(connection, "DELETE FROM secret WHERE until <= ?", (now,))
            return rows

        return await self._writer.do(work)
