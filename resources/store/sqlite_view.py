"""A snapshot of SQLite, on a connection of its own, and a transaction, which sees its own writes.

https://www.sqlite.org/isolation.html
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate
from resources.search.relation import Relation, Row, Values
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
    sqlite_vault,
    sqlite_waiting,
)
from resources.store.admission import admit_rows
from resources.store.budget import Budget
from resources.store.hold import Hold
from resources.store.port import Found, Query, Snapshot
from resources.store.sqlite_here import Here
from resources.store.sqlite_known import Known
from resources.store.sqlite_readers import Readers
from resources.store.sqlite_writer import Writer
from resources.store.trail import Event

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Parts:
    """What a store asks with, and writes with."""

    readers: Readers
    writer: Writer
    budget: Budget
    known: Known


class Opening:
    """A snapshot for as long as the `async with` lasts."""

    __slots__ = ("_here", "_lent", "_parts")

    def __init__(self, parts: Parts, here: Here) -> None:
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


class InSqlite(_View):
    def __init__(self, connection: sqlite3.Connection, parts: Parts, hold: Hold | None) -> None:
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

    async def relate(self, version: Version, relations: Iterable[Relation]) -> None:
        """Give a record these rows from now on, of a version that stands."""
        wanted = frozenset(relations)
        admit_rows(version.reference, wanted)
        async with self._turn:
            sqlite_put.relate(self._connection, version, self.instant, wanted)
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

    async def leave(self, kind: str, key: str, value: bytes) -> None:
        """Keep a new secret with what this transaction writes."""
        async with self._turn:
            sqlite_file.ask(self._connection, sqlite_vault.LEAVE, (kind, key, value))

    async def fetch(self, kind: str) -> bytes | None:
        """Take away some secret of a kind, where there is one."""
        async with self._turn:
            rows = sqlite_file.ask(self._connection, sqlite_vault.FETCH, (kind,))
        return rows[0][0] if rows else None

    def note(self, event: Event) -> None:
        """Put an event on the trail with what this transaction writes."""
        sqlite_waiting.note(event)
