"""The works of this process, one after another, each in a transaction that is tried again where another was in its way.

https://github.com/mongodb/specifications/blob/master/source/transactions-convenient-api/transactions-convenient-api.md
"""

from __future__ import annotations

import asyncio
import contextvars
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import pymongo
from pymongo import AsyncMongoClient, ReadPreference
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from resources.store.fault import unavailable
from resources.store.mongo_fault import passing, undecided

T = TypeVar("T")

SNAPSHOT = ReadConcern("snapshot")
DURABLE = WriteConcern("majority", j=True)
FAREWELL = 1.0  # seconds to abort in; what is not aborted blocks every other writer until the server drops it
PAUSE = 0.02  # seconds, at most, before the next try

_doing: contextvars.ContextVar[asyncio.Task[Any] | None] = contextvars.ContextVar("_doing", default=None)


class Writer:
    """The turn of this process's works. Between processes the clock's document decides: mongo_clock.py."""

    def __init__(self, client: AsyncMongoClient[dict[str, Any]], patience: float) -> None:
        self._client = client
        self._patience = patience
        self._turn = asyncio.Lock()
        self._works: set[asyncio.Task[Any]] = set()

    async def see_through(self, doing: Coroutine[Any, Any, T]) -> T:
        """Do something to its end, though its caller may be cancelled: no transaction is left open on the server."""
        task = asyncio.create_task(doing)
        self._works.add(task)
        task.add_done_callback(self._done)
        return await asyncio.shield(task)

    async def do(self, work: Callable[[AsyncClientSession], Awaitable[T]]) -> T:
        """Do the work and return when it is durable; after the patience it is not tried again.

        Each of its round trips has its own limit (mongo_client.py): a work that gets on may take longer.
        """
        if (around := _doing.get()) is not None and not around.done():
            raise RuntimeError("a work cannot wait for another: they are done one at a time")
        _doing.set(asyncio.current_task())
        async with self._my_turn(), self._client.start_session() as session:
            deadline = time.monotonic() + self._patience
            while True:
                try:
                    return await self._once(session, work)
                except BaseException as fault:
                    await _abandon(session)
                    if not passing(fault) or time.monotonic() > deadline:
                        raise
                await asyncio.sleep(random.uniform(0, PAUSE))  # noqa: S311  # spreads processes, guards nothing

    async def close(self) -> None:
        """Wait for the works that are under way or in line."""
        await asyncio.gather(*self._works, return_exceptions=True)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._works.discard(task)
        if not task.cancelled():
            task.exception()  # its caller may be gone: then nobody else asks for it

    async def _once(self, session: AsyncClientSession, work: Callable[[AsyncClientSession], Awaitable[T]]) -> T:
        await session.start_transaction(SNAPSHOT, DURABLE, ReadPreference.PRIMARY)
        result = await work(session)
        deadline = time.monotonic() + self._patience
        while True:
            try:
                await session.commit_transaction()
            except PyMongoError as fault:
                # The server is asked again what has become of this very commit.
                if not undecided(fault) or time.monotonic() > deadline:
                    raise
            else:
                return result

    @asynccontextmanager
    async def _my_turn(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._patience):
                await self._turn.acquire()
        except TimeoutError as fault:
            text, ja = "the database is too busy to store the change", "データベースが混み合っていて保存できません"
            raise unavailable(text, ja) from fault
        try:
            yield
        finally:
            self._turn.release()


async def _abandon(session: AsyncClientSession) -> None:
    if session.in_transaction:
        with pymongo.timeout(FAREWELL):
            await session.abort_transaction()
