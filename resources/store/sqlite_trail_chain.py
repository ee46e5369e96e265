"""The chain of one process in SQLite: numbers and hashes are given inside the commit that stores them.

docs/trail.md, "the chain"
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from resources.store import sqlite_trail_rows, trail_chain
from resources.store.fault import unavailable
from resources.store.sqlite_file import ask, file_of, spoken
from resources.store.sqlite_trail_names import Names
from resources.store.sqlite_trail_tables import TIES, instant, place
from resources.store.trail import Event

_INSERT = "INSERT INTO trail_event VALUES (?, ?, ?, ?, ?, ?)"


class Chain:
    """Begun with the first event; whoever calls holds the transaction and says how it ended."""

    def __init__(self) -> None:
        self._name = ""
        self._key = self._number = self._top = 0
        self._hash = b""
        self._sure = False
        self._full: dict[int, int] = {}
        self._names = Names()

    def write(self, connection: sqlite3.Connection, events: Sequence[Event]) -> None:
        """Put events at the end of the chain. Raises Unavailable."""
        if not self._sure:
            self._begin(connection)
        [(top,)] = ask(connection, "SELECT max(place) FROM trail_event")
        self._top = top if top is not None else -(1 << 62)
        try:
            connection.executemany(_INSERT, self._rows(connection, events))
        except sqlite3.Error as fault:
            raise spoken(fault, file_of(connection)) from fault
        except (OverflowError, TypeError, ValueError) as fault:
            raise unavailable("an event has no form for the trail", "監査記録に書けない内容です") from fault
        sql = "UPDATE trail_chain SET number = ?, hash = ? WHERE chain = ?"
        ask(connection, sql, (self._number, self._hash, self._key))

    def _rows(self, connection: sqlite3.Connection, events: Sequence[Event]) -> list[tuple[object, ...]]:
        self._names.learn(connection, (name for event in events for name in sqlite_trail_rows.named(event)))
        taken: dict[int, int] = {}
        rows: list[tuple[object, ...]] = []
        for event in events:
            there = self._place(connection, event.at, taken)
            event = event if instant(there) == event.at else event._replace(at=instant(there))
            self._number += 1
            self._hash = trail_chain.link(self._hash, self._name, self._number, event)
            frame = sqlite_trail_rows.frame(self._names, connection, event)
            content = sqlite_trail_rows.packed(self._names, connection, event)
            rows.append((there, self._key, self._number, frame, content, self._hash))
        return rows

    def committed(self) -> None:
        self._names.committed()

    def undone(self) -> None:
        """Take back what was given since the last commit; where the chain ends is read again before the next event."""
        self._sure = False
        self._names.undone()

    def _begin(self, connection: sqlite3.Connection) -> None:
        """Find where this process's chain ends, or begin one."""
        rows = ask(connection, "SELECT chain, number, hash FROM trail_chain WHERE name = ?", (self._name,))
        if not rows:
            self._name = trail_chain.new_name()
            sql = "INSERT INTO trail_chain (name, number, hash, indexed) VALUES (?, 0, ?, 0) "
            sql += "RETURNING chain, number, hash"
            rows = ask(connection, sql, (self._name, trail_chain.genesis(self._name)))
        [(self._key, self._number, self._hash)] = rows
        self._sure = True

    def _place(self, connection: sqlite3.Connection, at: int, taken: dict[int, int]) -> int:
        """A free place at an instant; where a millisecond is full, in one of the next."""
        first = place(self._full.get(at, at))
        while True:
            free = taken.get(first)
            if free is None:
                free = first if first > self._top else self._free(connection, first)
            if free < first + TIES:
                taken[first] = free + 1
                return free
            first += TIES
            self._full = {at: instant(first)}

    def _free(self, connection: sqlite3.Connection, first: int) -> int:
        sql = "SELECT max(place) FROM trail_event WHERE place >= ? AND place < ?"
        [(last,)] = ask(connection, sql, (first, first + TIES))
        return first if last is None else int(last) + 1
