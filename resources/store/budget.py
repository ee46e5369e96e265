"""How long one question may take: a moment on the event loop, then aside in a thread, then it is given up.

https://www.sqlite.org/c3ref/progress_handler.html
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from resources.store.port import TooCostly

T = TypeVar("T")

SECONDS = 5.0
MOMENT = 0.004  # seconds on the event loop; everybody waits for them
STEPS = 1_000  # of SQLite's machine between two looks at the clock, some twenty microseconds
ASIDE = 2  # questions at once that are answered in threads; more wait their turn


class Budget:
    """The bound of every question of a store."""

    def __init__(self, seconds: float, *, aside: bool = True) -> None:
        """`seconds` in all; without `aside` a question stays where it is asked, as inside a transaction."""
        self._seconds = seconds
        self._threads = ThreadPoolExecutor(ASIDE, thread_name_prefix="tsunagu-question") if aside else None

    async def spend(self, connection: sqlite3.Connection, question: Callable[..., T], *asked: object) -> T:
        """The question's answer. Raises TooCostly."""
        if self._threads is None:
            return _within(self._seconds, connection, question, *asked)
        try:
            return _within(min(MOMENT, self._seconds), connection, question, *asked)
        except TooCostly:
            loop = asyncio.get_running_loop()
            answer = loop.run_in_executor(self._threads, _within, self._seconds, connection, question, *asked)
            try:
                return await asyncio.shield(answer)
            except asyncio.CancelledError:
                # The connection is not given back while a thread still uses it.
                connection.interrupt()
                await asyncio.wait([answer])
                raise

    def close(self) -> None:
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)


def _within(seconds: float, connection: sqlite3.Connection, question: Callable[..., T], *asked: object) -> T:
    deadline = time.monotonic() + seconds
    connection.set_progress_handler(lambda: time.monotonic() > deadline, STEPS)
    try:
        return question(connection, *asked)
    finally:
        connection.set_progress_handler(None, 0)
