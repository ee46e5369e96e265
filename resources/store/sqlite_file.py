"""The database file: where it lies, what is in it, and how a connection to it is made.

https://www.sqlite.org/wal.html
"""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from resources.store.fault import unavailable
from resources.store.port import Corrupt, TooCostly, Unavailable
from resources.store.sqlite_tables import INDEXES, TABLES
from resources.store.sqlite_trail_tables import TABLES as TRAIL

NAME = "tsunagu.sqlite"
APPLICATION = 0x54534E47  # "TSNG", at byte 68 of the file
SCHEMA = 2
OLDER = (
    "was made by an older version of tsunagu: run `tsunagu upgrade`",
    "は古い版の tsunagu が作ったものです。`tsunagu upgrade` を実行してください",
)
DAMAGED = (
    "is damaged or not a database: restore the last backup",
    "は壊れているか、データベースではありません。最後のバックアップから復元してください",
)
FULL = ("cannot be written: the disk is full", "に書き込めません。ディスクに空きがありません")
LOCKED = ("is locked by another process", "は別のプロセスがロックしています")
TOO_LARGE = ("parser stack overflow", "Expression tree is too large", "too many ")
NEEDED = 64 * 1024  # bytes without which not even the log can be opened
PAGE = 32 * 1024 * 1024  # bytes of the records of one page
PATIENCE = 10.0  # seconds another process may keep the file locked


def prepare(folder: Path) -> Path:
    """The path of the folder's database, made where there was none. Raises Unavailable."""
    path = folder / NAME
    with speaking(path):
        folder.mkdir(parents=True, exist_ok=True)
        # Only the owner may read it; SQLite gives its -wal and -shm files the rights of this one.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        deadline = time.monotonic() + PATIENCE
        while not _made(path):
            if time.monotonic() > deadline:
                raise _named(path, *LOCKED)
            time.sleep(0.01)
    return path


def connect(path: Path, *, patience: float) -> sqlite3.Connection:
    """A connection that may pass between threads, one at a time; `patience` in seconds is spent blocking."""
    connection = sqlite3.connect(path, timeout=patience, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA cache_size = -8000")
    connection.execute("PRAGMA wal_autocheckpoint = 8000")  # 32 MB: 1,000 pages cost a quarter of the commits a second
    return connection


def ask(connection: sqlite3.Connection, sql: str, values: Sequence[object] = ()) -> list[Any]:
    """All rows of one statement. Raises Unavailable, and TooCostly where a budget ended it, or it is beyond SQLite."""
    try:
        return connection.execute(sql, values).fetchall()
    except sqlite3.Error as fault:
        raise _meant(connection, fault) from fault


def ask_for_page(connection: sqlite3.Connection, sql: str, values: Sequence[object], body: int) -> list[Any]:
    """All rows of a page, whose bodies are in this column. Raises as `ask`, and TooCostly where they are too large."""
    rows, size = [], 0
    try:
        for row in connection.execute(sql, values):
            size += len(row[body])
            if size > PAGE:
                raise TooCostly(f"the records of one page are more than {PAGE} bytes")
            rows.append(row)
    except sqlite3.Error as fault:
        raise _meant(connection, fault) from fault
    return rows


def inserted(connection: sqlite3.Connection, sql: str, values: Sequence[object]) -> int:
    """The key of the one row that a statement adds: RETURNING costs SQLite a way back of its own. Raises as `ask`."""
    try:
        return connection.execute(sql, values).lastrowid or 0
    except sqlite3.Error as fault:
        raise _meant(connection, fault) from fault


def file_of(connection: sqlite3.Connection) -> Path | None:
    """The file of a connection, as long as that can be asked."""
    try:
        file = next((row[2] for row in connection.execute("PRAGMA database_list") if row[1] == "main"), "")
    except sqlite3.Error:
        return None
    return Path(file) if file else None


@contextlib.contextmanager
def speaking(path: Path) -> Iterator[None]:
    """Turn what SQLite and the operating system say about this file into Unavailable."""
    try:
        yield
    except OSError as fault:
        if fault.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _named(path, *FULL) from fault
        raise _named(path, "cannot be opened for writing", "を書き込み用に開けません") from fault
    except sqlite3.Error as fault:
        raise spoken(fault, path) from fault


def spoken(fault: sqlite3.Error, path: Path | None = None) -> Unavailable:
    """What SQLite's error means for an operator."""
    match getattr(fault, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_FULL:
            return _named(path, *FULL)
        case sqlite3.SQLITE_IOERR if path is not None and _full(path):  # the log's shared memory has no other word
            return _named(path, *FULL)
        case sqlite3.SQLITE_NOTADB | sqlite3.SQLITE_CORRUPT:
            return _named(path, *DAMAGED, Corrupt)
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM:
            return _named(path, "cannot be opened for writing", "を書き込み用に開けません")
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return _named(path, *LOCKED)
        case _:
            return _named(path, f"cannot be used: {fault}", f"を使えません: {fault}")


def _full(path: Path) -> bool:
    try:
        left = os.statvfs(path.parent)
    except OSError:
        return False
    return left.f_bavail * left.f_frsize < NEEDED


def _made(path: Path) -> bool:
    """Whether the tables and the log are there now; SQLite does not wait for the lock that the log needs."""
    try:
        with contextlib.closing(connect(path, patience=0)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            _check(connection, path)
            connection.execute("COMMIT")
            connection.execute("PRAGMA journal_mode = WAL")
    except sqlite3.OperationalError as fault:
        if fault.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


def _check(connection: sqlite3.Connection, path: Path) -> None:
    [(application,)] = connection.execute("PRAGMA application_id")
    [(schema,)] = connection.execute("PRAGMA user_version")
    [(tables,)] = connection.execute("SELECT count(*) FROM sqlite_schema")
    if not tables:
        for statement in TABLES.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION}")
        connection.execute(f"PRAGMA user_version = {SCHEMA}")
    elif application != APPLICATION:
        raise _named(path, "belongs to another program", "は別のプログラムのデータベースです")
    elif schema > SCHEMA:
        raise _named(path, "was made by a newer version of tsunagu", "は新しい版の tsunagu が作ったものです")
    elif schema < SCHEMA:
        raise _named(path, *OLDER)
    for statement in [*INDEXES.split(";"), *TRAIL.split(";")]:
        connection.execute(statement)


def _meant(connection: sqlite3.Connection, fault: sqlite3.Error) -> Unavailable | TooCostly:
    if getattr(fault, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_INTERRUPT:
        return TooCostly("the question took longer than a question may")
    if str(fault).startswith(TOO_LARGE):
        return TooCostly("the question has too many parts, or too deep ones")
    return spoken(fault, file_of(connection))


def _named(path: Path | None, text: str, ja: str, kind: type[Unavailable] = Unavailable) -> Unavailable:
    return unavailable(
        f"the database `{path}` {text}" if path else f"the database {text}",
        f"データベース `{path}` {ja}" if path else f"データベース{ja}",
        kind,
    )
