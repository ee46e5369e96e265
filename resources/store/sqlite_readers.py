"""Connections for reading: one for each open snapshot, kept for the next.

https://www.sqlite.org/isolation.html
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from resources.store.budget import closed
from resources.store.sqlite_file import ask, connect, spoken

KEPT = 8  # idle connections, each with up to 8 MB of page cache
PATIENCE = 2.0  # seconds; a reader waits only where another process recovers or deletes the log


class Readers:
    """The connections of one database file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        self._closed = False

    @contextmanager
    def view(self) -> Iterator[sqlite3.Connection]:
        """A connection inside a read transaction: what it sees stays as it was at the first question."""
        with self.connection() as connection:
            ask(connection, "BEGIN")
            try:
                yield connection
            finally:
                if connection.in_transaction:
                    ask(connection, "ROLLBACK")

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """A connection outside any transaction: each question sees the latest commit."""
        if self._closed:
            raise closed()
        try:
            connection = self._idle.pop() if self._idle else connect(self._path, patience=PATIENCE)
        except sqlite3.Error as fault:
            raise spoken(fault, self._path) from fault
        try:
            yield connection
        finally:
            if self._closed or len(self._idle) >= KEPT:
                connection.close()
            else:
                self._idle.append(connection)

    def close(self) -> None:
        """Close the idle connections now and the others when they come back."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()
