"""The trail in SQLite: appended in the group commit of the records, found by keys that are brought along in batches.

docs/trail.md, "on the disk"
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncGenerator, AsyncIterator, Iterable

from resources.store import sqlite_trail_index, sqlite_trail_question, sqlite_trail_rows
from resources.store.port import Unavailable
from resources.store.sqlite_file import ask
from resources.store.sqlite_readers import Readers
from resources.store.sqlite_trail_names import Names
from resources.store.sqlite_trail_tables import instant
from resources.store.sqlite_writer import Writer
from resources.store.trail import Entry, Event, Found, Head, Root, TrailQuery, Unreadable
from resources.store.trail_tally import Tally

_BATCH = 1_024
"""Events after which their keys are brought along: in the order of the keys, so that few pages are touched."""
_STEPS = 2_000
_ROW = "SELECT e.number, e.place, e.frame, e.content, e.hash FROM trail_event e JOIN trail_chain c USING (chain) "
_STRAYS = """SELECT coalesce(c.name, e.chain), e.number FROM trail_event e LEFT JOIN trail_chain c USING (chain)
    WHERE c.chain IS NULL OR e.number < 1"""

_log = logging.getLogger("tsunagu.trail")


class SqliteTrail(Tally):
    """The trail of one database file."""

    def __init__(self, readers: Readers, writer: Writer) -> None:
        super().__init__()
        self._readers, self._writer = readers, writer
        self._names = Names()
        self._behind = 0
        self._indexing: asyncio.Task[None] | None = None
        writer.stored = self._stored

    async def append(self, event: Event) -> None:
        await self._writer.append(event)

    async def get(self, chain: str, number: int) -> Entry | None:
        with self._readers.connection() as connection:
            rows = ask(connection, _ROW + "WHERE c.name = ? AND e.number = ?", (chain, number))
            return next(iter(self._entries(connection, chain, rows)), None)

    async def find(self, query: TrailQuery) -> Found:
        await self._writer.do(sqlite_trail_index.bring)
        with self._readers.view() as connection:
            places, total, following = sqlite_trail_question.find(connection, query)
            entries = [entry for place in places for entry in self._at(connection, place)]
        return Found(entries, total, following, str(places[0]) if query.after and places else "")

    async def heads(self) -> list[Head]:
        with self._readers.connection() as connection:
            return [Head(*row) for row in ask(connection, "SELECT name, number, hash FROM trail_chain ORDER BY name")]

    async def walk(self, chain: str, after: int = 0) -> AsyncGenerator[Entry]:
        while True:
            with self._readers.connection() as connection:
                sql = _ROW + "WHERE c.name = ? AND e.number > ? ORDER BY e.number LIMIT ?"
                entries = list(self._entries(connection, chain, ask(connection, sql, (chain, after, _STEPS))))
            for entry in entries:
                yield entry
            if len(entries) < _STEPS:
                return
            after = entries[-1].number

    async def strays(self) -> AsyncIterator[str]:
        with self._readers.connection() as connection:
            strays = ask(connection, _STRAYS)
        for chain, number in strays:
            yield f"{chain}-{number}"

    async def misfiled(self) -> AsyncIterator[str]:
        await self._writer.do(sqlite_trail_index.bring)
        with self._readers.view() as connection:
            for id in sqlite_trail_index.misfiled(connection):
                yield id

    async def roots(self) -> list[Root]:
        with self._readers.connection() as connection:
            return [Root(*row) for row in ask(connection, "SELECT number, statement FROM trail_root ORDER BY number")]

    async def last_root(self) -> Root | None:
        with self._readers.connection() as connection:
            rows = ask(connection, "SELECT number, statement FROM trail_root ORDER BY number DESC LIMIT 1")
        return Root(*rows[0]) if rows else None

    async def add_root(self, root: Root) -> bool:
        async def work(connection: sqlite3.Connection) -> bool:
            return bool(ask(connection, "INSERT OR IGNORE INTO trail_root VALUES (?, ?) RETURNING 1", root))

        return await self._writer.do(work)

    async def forget(self, chain: str, until: int) -> int:
        async def work(connection: sqlite3.Connection) -> int:
            await sqlite_trail_index.bring(connection)
            return sqlite_trail_index.forget(connection, chain, until, _STEPS)

        return await self._writer.do(work)

    async def close(self) -> None:
        if self._indexing is not None:
            await self._indexing

    def _stored(self, events: int) -> None:
        self.count(events)
        self._behind += events
        if self._behind >= _BATCH and self._indexing is None:
            self._behind = 0
            self._indexing = asyncio.create_task(self._index(), name="tsunagu-trail-keys")

    async def _index(self) -> None:
        try:
            await self._writer.do(sqlite_trail_index.bring)
        except Unavailable as fault:
            _log.error("the keys of the trail could not be brought along: %s", fault)
        finally:
            self._indexing = None

    def _at(self, connection: sqlite3.Connection, place: int) -> Iterable[Entry]:
        [(chain,)] = ask(
            connection, "SELECT name FROM trail_chain JOIN trail_event USING (chain) WHERE place = ?", (place,)
        )
        return self._entries(connection, chain, ask(connection, _ROW + "WHERE e.place = ?", (place,)))

    def _entries(
        self, connection: sqlite3.Connection, chain: str, rows: Iterable[tuple[int, int, int, bytes, bytes]]
    ) -> Iterable[Entry]:
        for number, place, frame, content, hash in rows:
            try:
                event = sqlite_trail_rows.restored(self._names, connection, instant(place), frame, content)
            except (LookupError, ValueError, TypeError) as fault:
                raise Unreadable(chain, number) from fault
            yield Entry(chain, number, event, hash)
