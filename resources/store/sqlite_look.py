"""What a start looks at before it serves: the pages of a small database, and the newest bodies of any.

https://www.sqlite.org/pragma.html#pragma_quick_check; docs/operations.md, "damage"
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from resources.store import sqlite_version
from resources.store.fault import unavailable
from resources.store.port import Corrupt
from resources.store.sqlite_file import DAMAGED, NAME, PATIENCE, ask, connect, speaking

SMALL = 64 * 1024 * 1024
"""Bytes whose pages are looked at in some tenths of a second."""

NEWEST = 1_000
_NEWEST = f"SELECT {sqlite_version.COLUMNS} FROM version v ORDER BY v.seq DESC LIMIT {NEWEST}"  # noqa: S608  # our own


def look(folder: Path) -> None:
    """Raises Corrupt where the database of a folder, as far as this looks, is damaged."""
    path = folder / NAME
    with speaking(path), contextlib.closing(connect(path, patience=PATIENCE)) as connection:
        if path.stat().st_size <= SMALL and ask(connection, "PRAGMA quick_check(1)") != [("ok",)]:
            raise unavailable(f"the database `{path}` {DAMAGED[0]}", f"データベース `{path}` {DAMAGED[1]}", Corrupt)
        _newest(connection)


def _newest(connection: sqlite3.Connection) -> None:
    for row in ask(connection, _NEWEST):
        sqlite_version.read(row)
