"""Which store an address names.

https://www.mongodb.com/docs/manual/reference/connection-string/
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

from resources.store import sqlite_backup, sqlite_look
from resources.store.budget import SECONDS
from resources.store.fault import unavailable
from resources.store.ledger import Ledger
from resources.store.port import Store, Unavailable
from resources.store.sqlite import SqliteStore
from resources.store.sqlite_file import NAME
from resources.store.sqlite_instant import now
from resources.store.sqlite_ledger import SqliteLedger
from resources.store.sqlite_older import OlderFile
from resources.store.trail import Event


def opened(
    address: str, clock: Callable[[], datetime] = now, *, generation: str = "", seconds: float = SECONDS
) -> Store:
    """The store of `sqlite:///folder`, of a folder's path, or of `mongodb://host/database`; still to be opened.

    `clock` gives the instants of its transactions and the time of its vault, `seconds` is the longest one question may
    take. With a `generation` it opens only where
    its derived data are of that generation: docs/maintenance.md.
    Raises Unavailable where the address names none.
    """
    if folder := embedded(address):
        return SqliteStore(folder, seconds, clock, generation)
    if database := _database(address):
        # Its driver takes as long to load as the rest of the store, and one file needs none of it.
        from resources.store.mongo import MongoStore

        return MongoStore(address, database, seconds, clock, generation)
    raise unavailable(
        f"`{_without_password(address)}` is no store: write `sqlite:///folder` or `mongodb://host/database`",
        f"`{_without_password(address)}` はストアの場所ではありません。"
        "`sqlite:///folder` または `mongodb://host/database` と書いてください",
    )


def look(address: str) -> None:
    """Look over the store of this address before it is served. Raises Corrupt; a server looks after its own pages."""
    if folder := embedded(address):
        sqlite_look.look(folder)


def copied_as_file(address: str) -> None:
    """Raises Unavailable where the store of this address is kept, and copied, by a server of its own."""
    if embedded(address) is None:
        raise unavailable(
            "the store is on MongoDB, which has its own backup: copy `keys/`, then run `mongodump --oplog`, and "
            "`mongorestore --oplogReplay` to bring it back (docs/operations.md, Backup)",
            "ストアは MongoDB にあります。`keys/` を写してから `mongodump --oplog` で写し、"
            "`mongorestore --oplogReplay` で戻してください（docs/operations.md の Backup）",
        )


def copy(address: str, to: Path, told: Callable[[int, int], None]) -> None:
    """Copy a store in one file into a folder, while others use it. Raises Unavailable."""
    sqlite_backup.copy(_file(address), to, told)


def free(address: str) -> bool:
    """Whether there is a store in one file at this address. Raises Unavailable where somebody uses it."""
    folder = embedded(address)
    if folder is None:
        raise _no_file()
    return sqlite_backup.free(folder)


def ledger(address: str) -> Ledger:
    """The store of this address laid open for checking. Raises Unavailable where there is none."""
    if embedded(address) is None and (database := _database(address)):
        from resources.store.mongo_ledger import MongoLedger

        standing(address)
        return MongoLedger(address, database)
    return SqliteLedger(_file(address))


def older(address: str) -> OlderFile:
    """The store of an older schema at this address, locked. Raises Unavailable where there is none."""
    return OlderFile(_file(address))


async def reshape(address: str, type: str, event: Callable[[bytes], Event]) -> None:
    """Bring a database on MongoDB of an older schema to this one, where it stands. Raises Unavailable.

    What were records of this type there become events of the trail. May be broken off, and begun again.
    """
    from resources.store.mongo import MongoStore

    store = opened(address)
    assert isinstance(store, MongoStore)
    await store.upgrade()
    await store.open()
    try:
        while await store.retire(type, event):
            pass
    finally:
        await store.close()


def standing(address: str) -> None:
    """Raises Unavailable where there is no store at the address, or an empty file: none is made so."""
    folder = embedded(address)
    if folder is None and (database := _database(address)):
        from resources.store import mongo_standing

        if not mongo_standing.stands(address, database):
            raise unavailable(
                f"there is no store in the database `{database}`: look at `TSUNAGU_STORE`; run `tsunagu init` for a "
                "new one, or bring a backup back",
                f"データベース `{database}` に記録庫がありません。`TSUNAGU_STORE` を確かめてください。新規は "
                "`tsunagu init` を実行し、バックアップがあれば戻してください",
            )
    if folder is not None and not ((folder / NAME).is_file() and (folder / NAME).stat().st_size):
        path = folder / NAME
        raise unavailable(
            f"there is no database `{path}`: run `tsunagu init` for a new one, or `tsunagu restore` for a backup",
            f"データベース `{path}` がありません。新規は `tsunagu init`、復元は `tsunagu restore` を実行してください",
        )


def embedded(address: str) -> Path | None:
    """The folder of a store in one file; None for an address of any other kind."""
    scheme, separator, rest = address.partition("://")
    if not separator and address:
        return Path(address)
    return Path(unquote(rest)) if scheme == "sqlite" and rest.startswith("/") else None


def _database(address: str) -> str:
    """The database that an address of MongoDB names; empty for every other address."""
    scheme, _, rest = address.partition("://")
    return unquote(rest.partition("?")[0].partition("/")[2]) if scheme in ("mongodb", "mongodb+srv") else ""


def _file(address: str) -> Path:
    folder = embedded(address)
    if folder is None:
        raise _no_file()
    standing(address)
    return folder


def _no_file() -> Unavailable:
    return unavailable(
        "this command works on a store in one file, and the one that is set is none",
        "このコマンドは 1 ファイルのストアのためのものです。設定されたストアは違います",
    )


def _without_password(address: str) -> str:
    before, at, host = address.rpartition("@")
    return f"{before.partition('://')[0]}://…@{host}" if at else address
