"""The store in one file of this process's own: SQLite with a write-ahead log.

https://www.sqlite.org/wal.html
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import TypeVar

import orjson

from resources.record.version import Version
from resources.search.predicate import Predicate
from resources.store import sqlite_file, sqlite_question
from resources.store.admission import admit
from resources.store.fault import unavailable
from resources.store.port import Query, Snapshot, Transaction, Vault
from resources.store.sqlite_file import ask
from resources.store.sqlite_readers import Readers
from resources.store.sqlite_vault import SqliteVault
from resources.store.sqlite_writer import Writer

T = TypeVar("T")


class SqliteStore:
    """A store in `tsunagu.sqlite` of one folder, which several processes of one machine may share.

    Questions are answered on the event loop itself, at once: a thread hop costs more than they do.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._parts: tuple[Readers, Writer, SqliteVault] | None = None

    @property
    def vault(self) -> Vault:
        return self._opened[2]

    async def open(self) -> None:
        """Make the file and the tables where they are missing. Raises Unavailable with one clear sentence."""
        path = await asyncio.to_thread(sqlite_file.prepare, self._folder)
        with sqlite_file.speaking(path):
            readers, writer = Readers(path), Writer(path)
        self._parts = (readers, writer, SqliteVault(readers, writer))

    async def close(self) -> None:
        if self._parts is not None:
            readers, writer, _ = self._parts
            await writer.close()
            readers.close()
            self._parts = None

    def snapshot(self, at: str | None = None) -> AbstractAsyncContextManager[Snapshot]:
        """A view of now, fixed by its first question, or of the instant `at` (written as `Version.since`)."""
        return self._snapshot(at)

    async def transact(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Do the work in one transaction and make it durable before returning.

        All works of this process run one after another: a work asks the store and computes, and waits for nothing else.
        """

        async def within(connection: sqlite3.Connection) -> T:
            return await work(_Transaction(connection))

        return await self._opened[1].do(within)

    @asynccontextmanager
    async def _snapshot(self, at: str | None) -> AsyncIterator[Snapshot]:
        with self._opened[0].view() as connection:
            yield _View(connection, at)

    @property
    def _opened(self) -> tuple[Readers, Writer, SqliteVault]:
        if self._parts is None:
            raise unavailable("the database is closed", "データベースは閉じられています")
        return self._parts


class _View:
    def __init__(self, connection: sqlite3.Connection, at: str | None = None) -> None:
        self._connection = connection
        self._at = at

    async def get(self, type: str, id: str, *, within: Predicate, number: int | None = None) -> Version | None:
        return sqlite_question.get(self._connection, self._at, type, id, within, number)

    async def find(self, query: Query, *, within: Predicate) -> Sequence[Version]:
        return sqlite_question.find(self._connection, self._at, query, within)

    async def count(self, query: Query, *, within: Predicate) -> int:
        return sqlite_question.count(self._connection, self._at, query, within)

    async def epoch(self) -> int:
        """A number that is greater after every transaction that called `advance`."""
        [(number,)] = ask(self._connection, "SELECT number FROM epoch")
        return int(number)


class _Transaction(_View):
    async def put(self, version: Version) -> None:
        """Add a version and make it the current one. Raises Conflict unless it is number current + 1."""
        key = (version.type, version.id)
        sql = "SELECT seq, number, since FROM version WHERE type = ? AND id = ? AND until IS NULL"
        rows = ask(self._connection, sql, key)
        seq, number, since = rows[0] if rows else (None, 0, "")
        admit(version, number=number, since=since)
        if seq is not None:
            ask(self._connection, "UPDATE version SET until = ? WHERE seq = ?", (version.since, seq))
            ask(self._connection, "UPDATE term SET live = 0 WHERE seq = ?", (seq,))
        row = (*key, version.number, version.since, version.deleted, orjson.dumps(version.terms), version.body)
        sql = "INSERT INTO version (type, id, number, since, deleted, terms, body) VALUES (?, ?, ?, ?, ?, ?, ?) "
        [(seq,)] = ask(self._connection, sql + "RETURNING seq", row)
        # One statement for all terms: each call from Python would cost as much as the insertion itself.
        sql = "INSERT INTO term (seq, term, live) SELECT ?, value, ? FROM json_each(?)"
        ask(self._connection, sql, (seq, not version.deleted, row[5].decode()))

    async def advance(self) -> None:
        """Begin a new epoch."""
        ask(self._connection, "UPDATE epoch SET number = number + 1")
