"""The store in one file of this process's own: SQLite with a write-ahead log.

https://www.sqlite.org/wal.html
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from resources.record import period
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate
from resources.search.relation import FOREVER, Relation, Row, Values
from resources.store import (
    sqlite_amend,
    sqlite_file,
    sqlite_generation,
    sqlite_instant,
    sqlite_put,
    sqlite_question,
    sqlite_tags,
    sqlite_trail_index,
    sqlite_trail_question,
    sqlite_waiting,
)
from resources.store.budget import SECONDS, Budget, closed
from resources.store.hold import ALWAYS, Hold
from resources.store.port import Found, Query, Snapshot, Transaction, Vault
from resources.store.sqlite_here import Here
from resources.store.sqlite_instant import now
from resources.store.sqlite_known import Known
from resources.store.sqlite_readers import Readers
from resources.store.sqlite_trail import SqliteTrail
from resources.store.sqlite_vault import SqliteVault
from resources.store.sqlite_writer import Writer
from resources.store.trail import Event, Trail

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
        self._parts = _Parts(readers, writer, vault, trail, Budget(self._seconds), Known())

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
        return _Opening(parts, Here(at or FOREVER, valid, hurried=True, known=parts.known))

    async def transact(self, work: Callable[[Transaction], Awaitable[T]], *, seconds: float = ALWAYS) -> T:
        """Do the work in one transaction and make it durable before returning; `seconds` are of the processor.

        All works of this process run one after another: a work asks the store and computes, and waits for nothing else.
        """
        parts = self._opened

        async def within(connection: sqlite3.Connection) -> T:
            sqlite_generation.demand(connection, self._generation)
            return await work(_Transaction(connection, parts, Hold(seconds) if seconds < ALWAYS else None))

        return await parts.writer.do(within)

    @property
    def _opened(self) -> _Parts:
        if self._parts is None:
            raise closed()
        return self._parts


@dataclass(frozen=True, slots=True)
class _Parts:
    readers: Readers
    writer: Writer
    vault: SqliteVault
    trail: SqliteTrail
    budget: Budget
    known: Known


class _Opening:
    """A snapshot for as long as the `async with` lasts."""

    __slots__ = ("_here", "_lent", "_parts")

    def __init__(self, parts: _Parts, here: Here) -> None:
        self._parts, self._here, self._lent = parts, here, parts.readers.view()

    async def __aenter__(self) -> Snapshot:
        return _View(self._lent.__enter__(), self._parts.budget, self._here)

    async def __aexit__(self, *raised: object) -> None:
        self._lent.__exit__(*raised)


class _View:
    def __init__(self, connection: sqlite3.Connection, budget: Budget, here: Here) -> None:
        self._connection = connection
        self._budget = budget
        self._here = here
        # A question may go on in a thread: the next one on this connection waits for it.
        self._turn = asyncio.Lock()

    @property
    def at(self) -> str:
        return self._here.at

    @property
    def now(self) -> str:
        return self._here.now

    async def get(self, type: str, id: str, *, within: Predicate, number: int | None = None) -> Version | None:
        return await self._ask(sqlite_question.get, type, id, within, number)

    async def find(self, query: Query, *, within: Predicate) -> Found:
        return await self._ask(sqlite_question.find, query, within)

    async def count(self, query: Query, *, within: Predicate, most: int | None = None) -> int:
        return await self._ask(sqlite_question.count, query, within, most)

    async def rows(self, wanted: Iterable[tuple[str, str]]) -> Sequence[Row]:
        return await self._ask(sqlite_question.rows, frozenset(wanted))

    async def tags(
        self, name: str, to: Iterable[str], *, values: Values | None = None, of: Predicate = EVERYTHING, led: str = ""
    ) -> Mapping[str, str]:
        return await self._ask(sqlite_tags.tags, name, frozenset(to), values, of, led)

    async def feed(self, after: str, limit: int, *, within: Predicate) -> Found:
        return await self._ask(sqlite_amend.feed, after, limit, within)

    async def end(self) -> str:
        return await self._ask(sqlite_amend.end)

    async def generation(self) -> str:
        async with self._turn:
            return sqlite_generation.read(self._connection)

    async def give_way(self) -> None:
        await asyncio.sleep(0)

    async def _ask(self, question: Callable[..., T], *asked: object) -> T:
        """What is `asked` is asked twice where the first moment did not do: nothing in it is used up by asking."""
        return await self._budget.spend(self._turn, self._connection, question, self._here, *asked)


class _Transaction(_View):
    def __init__(self, connection: sqlite3.Connection, parts: _Parts, hold: Hold | None) -> None:
        self.instant = parts.writer.instant
        super().__init__(connection, parts.budget, Here(now=self.instant, hurried=True, known=parts.known))
        self._hold = hold

    async def put(self, version: Version, relations: Iterable[Relation] = ()) -> None:
        """Add a version and make it the current one. Raises Conflict unless it is number current + 1."""
        with self.following():
            async with self._turn:
                sqlite_put.put(self._connection, version, relations)
                sqlite_instant.reached(self._connection, version.since)
            await asyncio.sleep(0)  # who asks something else is answered between two of many

    async def derive(self, reference: str, terms: Iterable[str]) -> None:
        """Add terms that follow from other records to every version of a record; no version comes of it."""
        async with self._turn:
            sqlite_put.derive(self._connection, reference, terms)

    async def amend(self, reference: str, terms: Mapping[int, Sequence[str]], rows: Iterable[Row] | None) -> None:
        """Give versions of a record these terms, and the record these rows."""
        async with self._turn:
            sqlite_amend.amend(self._connection, reference, terms, None if rows is None else frozenset(rows))
        await self.give_way()

    async def turn(self, generation: str) -> None:
        """Say that everything derived is of this generation from now on."""
        async with self._turn:
            sqlite_generation.turn(self._connection, generation)

    async def give_way(self) -> None:
        with self.following():
            await asyncio.sleep(0)

    @contextmanager
    def following(self) -> Iterator[None]:
        """What is done within takes nothing of the hold."""
        hold, self._hold = self._hold, None
        if hold:
            hold.pause()
        try:
            yield
        finally:
            self._hold = hold
            if hold:
                hold.resume()

    async def frames(self, record: str) -> Sequence[Event]:
        """The frames of the events that name a record, each once."""
        async with self._turn:
            await sqlite_trail_index.bring(self._connection)
            return sqlite_trail_question.frames(self._connection, record)

    async def _ask(self, question: Callable[..., T], *asked: object) -> T:
        return await self._budget.spend(self._turn, self._connection, question, self._here, *asked, hold=self._hold)

    def note(self, event: Event) -> None:
        """Put an event on the trail with what this transaction writes."""
        sqlite_waiting.note(event)
