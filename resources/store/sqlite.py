"""The store in one file of this process's own: SQLite with a write-ahead log.

https://www.sqlite.org/wal.html
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from resources.record import period
from resources.search.relation import FOREVER
from resources.store import sqlite_file, sqlite_generation
from resources.store.budget import SECONDS, Budget, closed
from resources.store.hold import ALWAYS, Hold
from resources.store.port import Snapshot, Transaction, Vault
from resources.store.sqlite_here import Here
from resources.store.sqlite_instant import now
from resources.store.sqlite_known import Known
from resources.store.sqlite_readers import Readers
from resources.store.sqlite_trail import SqliteTrail
from resources.store.sqlite_vault import SqliteVault
from resources.store.sqlite_view import InSqlite, Opening, Parts
from resources.store.sqlite_writer import Writer
from resources.store.trail import Trail

T = TypeVar("T")


class SqliteStore:
    """A store in `tsunagu.sqlite` of one folder, which several processes of one machine may share.

    Questions are answered on the event loop itself, at once, since a thread hop costs more than they do; one that takes
    longer than a moment is asked again in a thread, and given up when its budget is spent.
    """

    def __init__(
        self, folder: Path, seconds: float = SECONDS, clock: Callable[[], datetime] = now, generation: str = ""
    ) -> None:
        """`seconds` is the longest that one question may take.

        `clock` gives the instants of transactions and the time of the vault. With a `generation` the store opens, and
        is written, only as long as its derived data are of that generation.
        """
        self._folder, self._seconds, self._clock, self._generation = folder, seconds, clock, generation
        self._parts: _Parts | None = None

    @property
    def vault(self) -> Vault:
        return self._opened.vault

    @property
    def trail(self) -> Trail:
        return self._opened.trail

    async def open(self) -> None:
        """Make the file and the tables where they are missing. Raises Unavailable with one clear sentence."""
        path = await asyncio.to_thread(sqlite_file.prepare, self._folder)
        with sqlite_file.speaking(path):
            sqlite_generation.settle(path, self._generation)
            readers, writer = Readers(path), Writer(path, self._clock)
        vault, trail = SqliteVault(readers, writer, self._clock), SqliteTrail(readers, writer)
        self._parts = _Parts(readers, writer, Budget(self._seconds), Known(), vault, trail)

    async def close(self) -> None:
        if self._parts is not None:
            await self._parts.trail.close()
            await self._parts.writer.close()
            self._parts.budget.close()
            self._parts.readers.close()
            self._parts = None

    def snapshot(self, at: str | None = None, *, now: str = "") -> AbstractAsyncContextManager[Snapshot]:
        """A view of now, fixed by its first question, or of the instant `at`; rows are valid at `now`, else then."""
        parts, valid = self._opened, now or at or period.instant(self._clock())
        return Opening(parts, Here(at or FOREVER, valid, hurried=True, known=parts.known))

    async def transact(self, work: Callable[[Transaction], Awaitable[T]], *, seconds: float = ALWAYS) -> T:
        """Do the work in one transaction and make it durable before returning; `seconds` are of the processor.

        All works of this process run one after another: a work asks the store and computes, and waits for nothing else.
        """
        parts = self._opened

        async def within(connection: sqlite3.Connection) -> T:
            sqlite_generation.demand(connection, self._generation)
            return await work(InSqlite(connection, parts, Hold(seconds) if seconds < ALWAYS else None))

        return await parts.writer.do(within)

    @property
    def _opened(self) -> _Parts:
        if self._parts is None:
            raise closed()
        return self._parts


@dataclass(frozen=True, slots=True)
class _Parts(Parts):
    vault: SqliteVault
    trail: SqliteTrail
