"""Whether the file under the database's name is still the one that was opened: what goes into any other is lost.

https://www.sqlite.org/howtocorrupt.html#_unlinking_or_renaming_a_database_file_while_in_use
"""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from resources.store.fault import unavailable
from resources.store.port import Unavailable
from resources.store.sqlite_file import connect

_Inode = tuple[int, int]


class Inodes:
    """The files, database and log, that one connection writes to."""

    def __init__(self, path: Path, *, patience: float) -> None:
        """Open a connection. Raises sqlite3.Error, OSError."""
        self._path = path
        # Looked at before it is opened: a file that comes between is taken for another one, never for this one.
        opened = {path: _inode(path)}
        self.connection: sqlite3.Connection = connect(path, patience=patience)
        # A first question opens the log; from then on nobody removes that but an operator.
        self.connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        log = Path(f"{path}-wal")
        self._opened = opened | {log: _inode(log)}

    def demand(self) -> None:
        """Raises Unavailable where a file was moved, removed or replaced."""
        for path, inode in self._opened.items():
            try:
                same = _inode(path) == inode
            except OSError:
                same = False
            if not same:
                raise _gone(self._path)


def _inode(path: Path) -> _Inode:
    found = os.stat(path)
    return found.st_dev, found.st_ino


def _gone(path: Path) -> Unavailable:
    return unavailable(
        f"the database `{path}` was moved, removed or replaced while it was open: put it in its place and start again",
        f"データベース `{path}` は、開いている間に移動・削除・置換されました。元の場所に戻し、起動し直してください",
    )
