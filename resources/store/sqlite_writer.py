"""Group commit: the works that wait are done in one transaction and answered together, after one fsync.

https://www.sqlite.org/lang_savepoint.html
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import sqlite3
import time
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from resources.store import sqlite_instant, sqlite_waiting
from resources.store.admission import TooSoon
from resources.store.budget import closed
from resources.store.sqlite_file import PATIENCE, ask, spoken
from resources.store.sqlite_inode import Inodes
from resources.store.sqlite_trail_chain import Chain
from resources.store.sqlite_waiting import Waiting
from resources.store.trail import Event

T = TypeVar("T")
MOST = 256  # works in one commit


class Writer:
    """The one connection of this process that writes, and the queue before it."""

    def __init__(
        self, path: Path, clock: Callable[[], datetime] = sqlite_instant.now, patience: float = PATIENCE
    ) -> None:
        """`patience` are the seconds that a work waits until it begins; its commit may take twice as long."""
        self._path, self._clock, self._patience = path, clock, patience
        self.instant = ""
        self._inodes = Inodes(path, patience=patience)
        self._connection = self._inodes.connection
        # From here on the loop waits, not the thread it runs on: `_begin`.
        self._connection.execute("PRAGMA busy_timeout = 0")
        self._queue: asyncio.Queue[Waiting | None] = asyncio.Queue()
        self._postponed: deque[Waiting] = deque()  # what comes before the queue
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="tsunagu-commit")
        self._task = asyncio.create_task(self._serve(), name="tsunagu-writer")
        self._closed = False
        self._chain = Chain()
        self.stored: Callable[[int], None] = lambda events: None
        """Is told how many events each commit has put on the trail."""

    async def do(self, work: Callable[[sqlite3.Connection], Awaitable[T]]) -> T:
        """Do the work and return when it is on the disk.

        Raises what the work raises, with nothing of it stored; Unavailable where it could not begin in time, with
        nothing done, or the commit failed, or is not confirmed in time: then nobody knows how it will end. A caller who
        is cancelled while the work still waits takes it back; one who is cancelled later does not learn how it ended.
        """
        turn = sqlite_waiting.doing.get()
        if turn is not None and not turn.answer.done():
            raise RuntimeError("a work cannot wait for another: the writer does one at a time")
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._queue_up(Waiting(work, answer, contextvars.copy_context()))
        return await answer

    async def append(self, event: Event) -> None:
        """Put an event on the trail and return when it is on the disk. Raises Unavailable."""
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue_up(Waiting(None, answer, events=[event]))
        await answer

    def _queue_up(self, waiting: Waiting) -> None:
        if self._closed or self._task.done():
            raise closed()
        waiting.wait(self._patience)
        self._queue.put_nowait(waiting)

    async def close(self) -> None:
        """Do what waits, then close."""
        if self._closed:
            return
        self._closed = True
        self._queue.put_nowait(None)
        await self._task
        self._disk.shutdown()
        self._connection.close()

    async def _serve(self) -> None:
        while (first := self._postponed.popleft() if self._postponed else await self._queue.get()) is not None:
            group, events, self.instant = [first], list[Event](), ""
            first.begins()
            try:
                await self._begin(group)
                await self._work_through(group)
                if events := [event for waiting in group for event in waiting.told]:
                    self._chain.write(self._connection, events)
                await self._durable(group)
            except Exception as fault:  # whatever it is: the next group may do
                self._undo()
                self._chain.undone()
                for waiting in group:
                    waiting.raised = fault
            else:
                self._chain.committed()
                self.stored(len(events))
            for waiting in group:
                waiting.tell()

    async def _durable(self, group: list[Waiting]) -> None:
        """Commit; where the disk takes long nobody waits for it, and whoever comes meanwhile not longer than others."""
        commit = asyncio.get_running_loop().run_in_executor(self._disk, self._commit)
        await asyncio.wait({commit}, timeout=2 * self._patience)
        if not commit.done():
            for waiting in group:
                waiting.give_up()
        await commit

    def _undo(self) -> None:
        """What SQLite cannot take back now is taken back before anything else is begun."""
        if self._connection.in_transaction:
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")

    def _commit(self) -> None:
        self._inodes.demand()
        ask(self._connection, "COMMIT")

    async def _begin(self, group: list[Waiting]) -> None:
        deadline = time.monotonic() + self._patience
        self._undo()
        while True:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.Error as fault:
                busy = getattr(fault, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
                if not busy or time.monotonic() > deadline:
                    # Those behind have waited as long: they fail now too, not one patience after another.
                    while (following := self._next()) is not None:
                        group.append(following)
                    raise spoken(fault, self._path) from fault
            # Another process writes; readers of this one go on meanwhile.
            await asyncio.sleep(0.002)

    async def _work_through(self, group: list[Waiting]) -> None:
        """Do the group's first work and those that have come meanwhile; each is undone alone if it raises.

        One that writes a record which another of the group has written begins the next group, since both cannot have
        one instant.
        """
        waiting: Waiting | None = group[0]
        postponed: list[Waiting] = []
        try:
            while waiting is not None:
                waiting.begins()
                if waiting.work is not None and not waiting.answer.done():
                    await self._one(waiting, waiting.work, group)
                if isinstance(waiting.raised, TooSoon) and waiting is not group[0]:
                    waiting.raised = None
                    postponed.append(group.pop())
                    if waiting.postponed:  # much in demand: those behind would be tried in vain as well
                        postponed += self._postponed
                        self._postponed.clear()
                    waiting.postponed = True
                waiting = self._next() if len(group) + len(postponed) < MOST else None
                if waiting is not None:
                    group.append(waiting)
        finally:
            self._postponed.extendleft(reversed(postponed))

    def _next(self) -> Waiting | None:
        if self._postponed:
            return self._postponed.popleft()
        following = None if self._queue.empty() else self._queue.get_nowait()
        if following is None and self._closed:
            self._queue.put_nowait(None)
        return following

    async def _one(
        self, waiting: Waiting, asked: Callable[[sqlite3.Connection], Awaitable[Any]], group: list[Waiting]
    ) -> None:
        async def work() -> Any:
            sqlite_waiting.doing.set(waiting)
            return await asked(self._connection)

        # Until a work has succeeded the transaction itself is the way back: a savepoint costs each page twice.
        first = not self.instant
        if first:
            # One commit, one instant: nobody sees a part of a group.
            self.instant = sqlite_instant.following(self._connection, self._clock())
        else:
            ask(self._connection, "SAVEPOINT work")
        waiting.events.clear()  # of a try that was postponed
        task = asyncio.create_task(work(), context=waiting.context)
        await asyncio.wait([task])
        if not task.cancelled() and task.exception() is None:
            waiting.result = task.result()
        else:
            waiting.raised = asyncio.CancelledError() if task.cancelled() else task.exception()
            # Where SQLite has given the whole transaction up (full disk), this raises, and the group fails as one.
            ask(self._connection, "ROLLBACK" if first else "ROLLBACK TO work")
        if not first:
            ask(self._connection, "RELEASE work")
        elif waiting.raised is not None:
            self.instant = ""
            await self._begin(group)
