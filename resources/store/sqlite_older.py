"""A database file of schema 1, as 0.1.0 wrote it: read for writing anew, and changed for the new one in one step.

docs/maintenance.md, "upgrade"; https://www.sqlite.org/wal.html
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import orjson

from resources.record.version import Version
from resources.store import durable
from resources.store.fault import unavailable
from resources.store.port import Unavailable
from resources.store.sqlite_file import APPLICATION, NAME, PATIENCE, SCHEMA, ask, connect, speaking

BESIDE = "upgrading"
"""The folder in which the new file is made, beside the old one."""

FEED = "SELECT type, id, number, since, deleted, body, terms FROM version ORDER BY since, seq"
"""Commit order: 0.1.0 gave its instants in it, but for versions of one record in one commit."""


class OlderFile:
    """The old file, locked against every other process until it is closed; nothing in it is changed."""

    def __init__(self, folder: Path) -> None:
        """Raises Unavailable where there is nothing to upgrade, or somebody still uses it."""
        self._folder, self._path = folder, folder / NAME
        with speaking(self._path):
            self._connection = connect(self._path, patience=PATIENCE / 10)
            try:
                self._lock()
            except BaseException:
                self._connection.close()
                raise

    def count(self) -> int:
        [(number,)] = ask(self._connection, "SELECT count(*) FROM version")
        return int(number)

    def versions(self) -> Iterator[Version]:
        """Every version in commit order; of its terms only the origin is of use."""
        for type, id, number, since, deleted, body, terms in self._connection.execute(FEED):
            yield Version(type, id, number, since, bool(deleted), body, tuple(orjson.loads(terms)))

    def beside(self) -> Path:
        """An empty folder for the new file; what an upgrade that was broken off left there is gone."""
        made = self._folder / BESIDE
        with speaking(made):
            shutil.rmtree(made, ignore_errors=True)
            made.mkdir(mode=0o700)
        return made

    def exchange(self, generation: str) -> Path:
        """Put the new file, which is closed, in the place of the old one; where the old one is kept.

        Whatever happens in between, one of the two is there under the store's name.
        """
        new = self._folder / BESIDE / NAME
        with speaking(new):
            self._finish(new, generation)
            kept = self._kept()
            durable.settle(new, self._path)
            shutil.rmtree(self._folder / BESIDE, ignore_errors=True)
        return kept

    def close(self) -> None:
        self._connection.close()

    def _lock(self) -> None:
        try:
            self._recognise()
            # Nobody else may have the file open for this, and afterwards all of it is in one file.
            self._connection.execute("PRAGMA journal_mode = DELETE")
            self._connection.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as fault:
            if fault.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            text, ja = "is in use: stop the server first", "は使用中です。先にサーバーを止めてください"
            raise _said(self._path, text, ja) from fault

    def _recognise(self) -> None:
        [(application,)] = self._connection.execute("PRAGMA application_id")
        [(schema,)] = self._connection.execute("PRAGMA user_version")
        if application != APPLICATION:
            raise _said(self._path, "belongs to another program", "は別のプログラムのデータベースです")
        if schema >= SCHEMA:
            raise _said(self._path, "needs no upgrade", "はすでに新しい形です")

    def _finish(self, new: Path, generation: str) -> None:
        """What is neither a record nor derived: secrets, and the last instant that a reader has seen."""
        [(instant,)] = ask(self._connection, "SELECT coalesce(max(since), '') FROM version")
        secrets = ask(self._connection, "SELECT kind, key, value, until FROM secret")
        with contextlib.closing(connect(new, patience=PATIENCE)) as made:
            made.execute("BEGIN IMMEDIATE")
            made.executemany("INSERT OR REPLACE INTO secret VALUES (?, ?, ?, ?)", secrets)
            made.execute("UPDATE store SET value = max(value, ?) WHERE name = 'instant'", (instant,))
            made.execute("INSERT OR REPLACE INTO store VALUES ('generation', ?)", (generation,))
            made.execute("COMMIT")
            made.execute("PRAGMA journal_mode = DELETE")

    def _kept(self) -> Path:
        """The old file under a second name of its own."""
        for number in range(1, 100):
            kept = self._folder / f"tsunagu-schema-1{f'-{number}' if number > 1 else ''}.sqlite"
            if not kept.exists():
                return self._second(kept)
            if kept.samefile(self._path):
                return kept
        raise _said(self._path, "has too many copies beside it", "の控えが多すぎます")

    def _second(self, name: Path) -> Path:
        try:
            os.link(self._path, name)
        except OSError:
            # No hard links here: a whole copy, which takes its name when it is complete.
            copy = self._folder / BESIDE / "copy"
            shutil.copyfile(self._path, copy)
            copy.chmod(0o600)
            durable.settle(copy, name)
        return name


def _said(path: Path, text: str, ja: str) -> Unavailable:
    return unavailable(f"the database `{path}` {text}", f"データベース `{path}` {ja}")
