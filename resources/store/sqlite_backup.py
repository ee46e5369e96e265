"""A whole copy of the database file, taken while others read and write it, and the file made ready to be replaced.

https://www.sqlite.org/backup.html
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

from resources.store import durable
from resources.store.fault import unavailable
from resources.store.sqlite_file import APPLICATION, NAME, PATIENCE, connect, speaking

STEP = 2_000
"""Pages copied between two looks at how far it is."""


def copy(folder: Path, to: Path, told: Callable[[int, int], None]) -> None:
    """Copy the database of a folder, as it is at one moment, into another folder, readable by its owner alone.

    `told` hears how many pages of how many are copied. Raises Unavailable.
    """
    source, target = folder / NAME, to / NAME
    with speaking(target):
        os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with speaking(source), contextlib.closing(connect(source, patience=PATIENCE)) as here:
        # One view for all of it: else a write that comes between would begin it anew, without end on a busy server.
        here.execute("BEGIN")
        here.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        with speaking(target), contextlib.closing(sqlite3.connect(target, isolation_level=None)) as there:
            here.backup(there, pages=STEP, progress=lambda _, left, total: told(total - left, total))
            there.execute("PRAGMA journal_mode = DELETE").fetchall()
        here.execute("ROLLBACK")
    with speaking(target):
        durable.keep(target)


def free(folder: Path) -> bool:
    """Whether a database of ours is in the folder; nobody uses it, and all of it is in one file.

    Raises Unavailable where somebody does, or it is of another program.
    """
    path = folder / NAME
    if not path.exists():
        return False
    with speaking(path), contextlib.closing(connect(path, patience=PATIENCE / 10)) as connection:
        [(application,)] = connection.execute("PRAGMA application_id")
        if application != APPLICATION:
            text, ja = "belongs to another program", "は別のプログラムのデータベースです"
            raise unavailable(f"the database `{path}` {text}", f"データベース `{path}` {ja}")
        try:
            connection.execute("PRAGMA journal_mode = DELETE").fetchall()
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("ROLLBACK")
        except sqlite3.OperationalError as fault:
            if fault.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            text, ja = "is in use: stop the server first", "は使用中です。先にサーバーを止めてください"
            raise unavailable(f"the database `{path}` {text}", f"データベース `{path}` {ja}") from fault
    return True
