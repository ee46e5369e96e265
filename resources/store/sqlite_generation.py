"""Of what code the derived data are, said in the store itself, and asked by whoever opens it or writes.

docs/maintenance.md, "generations"
"""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

from resources.store.fault import unavailable
from resources.store.port import Unavailable
from resources.store.sqlite_file import PATIENCE, ask, connect

ANOTHER = (
    "was derived by another generation of tsunagu: run `tsunagu reindex`",
    "の派生データは別の世代の tsunagu が作ったものです。`tsunagu reindex` を実行してください",
)


def read(connection: sqlite3.Connection) -> str:
    """The generation of the derived data; empty where nobody has said."""
    rows = ask(connection, "SELECT value FROM store WHERE name = 'generation'")
    return str(rows[0][0]) if rows else ""


def turn(connection: sqlite3.Connection, generation: str) -> None:
    """Say that everything derived is of this generation from now on."""
    ask(connection, "INSERT OR REPLACE INTO store VALUES ('generation', ?)", (generation,))


def settle(path: Path, wanted: str) -> None:
    """Give an empty store this generation. Raises Unavailable where the store is of another."""
    if not wanted:
        return
    with contextlib.closing(connect(path, patience=PATIENCE)) as connection:
        if read(connection) == wanted:
            return
        ask(connection, "BEGIN IMMEDIATE")
        if not ask(connection, "SELECT 1 FROM version LIMIT 1"):
            turn(connection, wanted)
        ask(connection, "COMMIT")
        if read(connection) != wanted:
            raise _another(str(path))


def demand(connection: sqlite3.Connection, wanted: str) -> None:
    """Raises Unavailable where the store has been brought to another generation since it was opened."""
    if wanted and read(connection) != wanted:
        raise _another("")


def _another(path: str) -> Unavailable:
    text, ja = ANOTHER
    which = f" `{path}`" if path else ""
    return unavailable(f"the database{which} {text}", f"データベース{which} {ja}")
