"""Connections for reading: one for each open snapshot, kept for the next.

https://www.sqlite.org/isolation.html
"""

from __future__ import annotations

import sqlite3
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

    def view(self) -> Lent:
        """A connection inside a read transaction: what it sees stays as it was at the first question."""
        return Lent(self, fixed=True)

    def connection(self) -> Lent:
        """A connection outside any transaction: each question sees the latest commit."""
        return Lent(self, fixed=False)

    def take(self) -> sqlite3.Connection:
        """An idle connection, or a new one. Raises Unavailable."""
        if self._closed:
            raise closed()
        try:
            return self._idle.pop() if self._idle else connect(self._path, patience=PATIENCE)
        except sqlite3.Error as fault:
            raise spoken(fault, self._path) from fault

    def give_back(self, connection: sqlite3.Connection) -> None:
        """Keep a connection for the next who asks, but one whose view could not be ended."""
        if self._closed or len(self._idle) >= KEPT or connection.in_transaction:
            connection.close()
        else:
            self._idle.append(connection)

    def close(self) -> None:
        """Close the idle connections now and the others when they come back."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()


class Lent:
    """A connection for as long as the `with` lasts. Written out, since every read passes here."""

    __slots__ = ("_connection", "_fixed", "_readers")

    def __init__(self, readers: Readers, *, fixed: bool) -> None:
        self._readers, self._fixed = readers, fixed

    def __enter__(self) -> sqlite3.Connection:
        self._connection = self._readers.take()
        if self._fixed:
            try:
                ask(self._connection, "BEGIN")
            except BaseException:
                self._readers.give_back(self._connection)
                raise
        return self._connection

    def __exit__(self, *_: object) -> None:
        try:
            if self._fixed and self._connection.in_transaction:
                ask(self._connection, "ROLLBACK")
        finally:
            self._readers.give_back(self._connection)
