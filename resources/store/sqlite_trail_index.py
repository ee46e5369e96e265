"""The keys by which events are found in SQLite: brought along in batches, and removed with what an archive holds.

docs/trail.md, "on the disk"
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence

import orjson

from resources.store import sqlite_trail_rows
from resources.store.sqlite_file import ask, file_of, spoken

_MOST = 4_096
_AFTER = "SELECT number, place, frame, content FROM trail_event WHERE chain = ? AND number > ? ORDER BY number LIMIT ?"
_UNTIL = "SELECT number, place, frame, content FROM trail_event WHERE chain = ? AND number <= ? ORDER BY number LIMIT ?"

_HELD = "SELECT count(*) FROM json_each(?) CROSS JOIN trail_key ON name = value AND place = ?"


async def bring(connection: sqlite3.Connection) -> None:
    """Give every event its keys; for use in a transaction that writes."""
    behind = "SELECT chain, indexed FROM trail_chain WHERE indexed < number"
    for chain, indexed in ask(connection, behind):
        while rows := ask(connection, _AFTER, (chain, indexed, _MOST)):
            _many(connection, "INSERT OR IGNORE INTO trail_key VALUES (?, ?)", _keys(rows))
            indexed = rows[-1][0]
        ask(connection, "UPDATE trail_chain SET indexed = number WHERE chain = ?", (chain,))


def misfiled(connection: sqlite3.Connection) -> Iterator[str]:
    """The ids of events that lack a key, and an empty one where there are keys of no event."""
    expected = 0
    for chain, name in ask(connection, "SELECT chain, name FROM trail_chain ORDER BY name"):
        last = 0
        while rows := ask(connection, _AFTER, (chain, last, _MOST)):
            for number, place, frame, content in rows:
                keys = _readable(frame, content)
                expected += len(keys)
                if ask(connection, _HELD, (orjson.dumps(list(keys)).decode(), place))[0][0] != len(keys):
                    yield f"{name}-{number}"
            last = rows[-1][0]
    if ask(connection, "SELECT count(*) FROM trail_key")[0][0] > expected:
        yield ""


def forget(connection: sqlite3.Connection, chain: str, until: int, most: int) -> int:
    """Remove the first events of a chain, at most so many, with their keys; how many went."""
    [(key,)] = ask(connection, "SELECT chain FROM trail_chain WHERE name = ?", (chain,))
    rows = ask(connection, _UNTIL, (key, until, most))
    _many(connection, "DELETE FROM trail_key WHERE name = ? AND place = ?", _keys(rows))
    _many(connection, "DELETE FROM trail_event WHERE place = ?", [(place,) for _, place, _, _ in rows])
    return len(rows)


def _keys(rows: Sequence[tuple[int, int, int, bytes]]) -> list[tuple[int, int]]:
    """In the order in which they lie: a page is then touched once."""
    return sorted((key, place) for _, place, frame, content in rows for key in _readable(frame, content))


def _readable(frame: int, content: bytes) -> set[int]:
    try:
        return sqlite_trail_rows.keys(frame, content)
    except ValueError:
        return {frame}  # damaged: `tsunagu audit verify` names it


def _many(connection: sqlite3.Connection, sql: str, rows: Sequence[tuple[int, ...]]) -> None:
    try:
        connection.executemany(sql, rows)
    except sqlite3.Error as fault:
        raise spoken(fault, file_of(connection)) from fault
