"""How long one question may take: a moment on the event loop, then aside in a thread, then it is given up.

https://www.sqlite.org/c3ref/progress_handler.html
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TypeVar

from resources.store import worked
from resources.store.fault import unavailable
from resources.store.hold import Hold
from resources.store.port import TooCostly, Unavailable
from resources.store.sqlite_here import Here

T = TypeVar("T")

SECONDS = 5.0  # of the processor, aside
WAITED = 6  # times as long may pass, where the disk, the lock of the interpreter or a core is waited for
MOMENT = 0.008  # seconds on the event loop; everybody waits for them
STEPS = 1_000  # of SQLite's machine between two looks at the clock, some twenty microseconds
ASIDE = 2  # questions at once that are answered in threads; more wait their turn


class Budget:
    """The bound of every question of a store, and the threads for those that take longer than a moment."""

    def __init__(self, seconds: float) -> None:
        """`seconds` of the processor are what one question may take in all."""
        self._seconds, self._moment = seconds, min(MOMENT, seconds)
        self._threads = ThreadPoolExecutor(ASIDE, thread_name_prefix="tsunagu-question")
        self._closed = threading.Event()

    async def spend(
        self,
        turn: asyncio.Lock,
        connection: sqlite3.Connection,
        question: Callable[..., T],
        here: Here,
        *asked: object,
        hold: Hold | None = None,
    ) -> T:
        """The question's answer, on a connection that is used by turns. Raises TooCostly.

        A question that sees by itself that it takes long raises TooCostly where it is asked `hurried`. What it takes in
        a transaction is taken from that one's `hold`.
        """
        if hold is not None:
            hold.demand()
        if turn.locked():
            return await self._in_turn(turn, connection, question, here, hold, *asked)
        try:
            # Nothing is awaited, so nobody comes between: a turn is taken only by what goes on aside.
            return _within(self._moment, self._closed.is_set, connection, question, here, *asked)
        except TooCostly:
            return await self._in_turn(turn, connection, question, here, hold, *asked)

    def close(self) -> None:
        """Give up what is still asked."""
        self._closed.set()
        self._threads.shutdown(cancel_futures=True)

    async def _in_turn(
        self,
        turn: asyncio.Lock,
        connection: sqlite3.Connection,
        question: Callable[..., T],
        here: Here,
        hold: Hold | None,
        *asked: object,
    ) -> T:
        here = replace(here, hurried=False)
        if hold is None:
            async with turn:
                working = partial(_working, self._seconds, lambda: False)
                return await self._aside(working, connection, question, here, *asked)
        left, spent = hold.demand(), 0.0

        def held(given_up: Callable[[], bool]) -> T:
            nonlocal spent
            begun = worked.seconds()
            late = lambda: worked.seconds() > begun + left  # noqa: E731  # asked very often
            try:
                return _working(self._seconds, late, given_up, connection, question, here, *asked)
            finally:
                spent = worked.seconds() - begun

        hold.pause()
        try:
            async with turn:
                return await self._aside(held)
        finally:
            hold.resume()
            hold.spent(spent)

    async def _aside(self, within: Callable[..., T], *asked: object) -> T:
        nobody_waits = threading.Event()

        def given_up() -> bool:
            return nobody_waits.is_set() or self._closed.is_set()

        if self._closed.is_set():
            raise closed()
        running = self._threads.submit(within, given_up, *asked)
        answer = asyncio.wrap_future(running)
        try:
            await asyncio.wait([answer])
        except asyncio.CancelledError:
            nobody_waits.set()
            running.cancel()
            # The connection is not given back while a thread still uses it, however often the caller is cancelled.
            while not answer.done():
                with contextlib.suppress(asyncio.CancelledError):
                    await asyncio.wait([answer])
            if not answer.cancelled():
                answer.exception()  # else asyncio says that nobody asked for it
            raise
        if answer.cancelled() or (self._closed.is_set() and answer.exception()):
            raise closed()
        return answer.result()


def closed() -> Unavailable:
    """What is said of a store that is not open."""
    return unavailable("the database is closed", "データベースは閉じられています")


def _working(
    seconds: float,
    late: Callable[[], bool],
    given_up: Callable[[], bool],
    connection: sqlite3.Connection,
    question: Callable[..., T],
    *asked: object,
) -> T:
    """In a thread of its own, which waits for others as often as it works: that is no work of the question."""
    begun = worked.seconds()
    spent = lambda: given_up() or late() or worked.seconds() > begun + seconds  # noqa: E731  # asked very often
    return _within(seconds * WAITED, spent, connection, question, *asked)


def _within(
    seconds: float,
    given_up: Callable[[], bool],
    connection: sqlite3.Connection,
    question: Callable[..., T],
    *asked: object,
) -> T:
    deadline = time.monotonic() + seconds
    connection.set_progress_handler(lambda: given_up() or time.monotonic() > deadline, STEPS)
    try:
        return question(connection, *asked)
    finally:
        connection.set_progress_handler(None, 0)
