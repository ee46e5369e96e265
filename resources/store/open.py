"""Which store an address names.

https://www.mongodb.com/docs/manual/reference/connection-string/
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

from resources.store.fault import unavailable
from resources.store.mongo import MongoStore
from resources.store.port import Store
from resources.store.sqlite import SqliteStore
from resources.store.sqlite_instant import now


def opened(address: str, clock: Callable[[], datetime] = now) -> Store:
    """The store of `sqlite:///folder`, of a folder's path, or of `mongodb://host/database`; still to be opened.

    `clock` gives the instants of its transactions and the time of its vault.
    Raises Unavailable where the address names none.
    """
    scheme, separator, rest = address.partition("://")
    if not separator and address:
        return SqliteStore(Path(address), clock=clock)
    if scheme == "sqlite" and rest.startswith("/"):
        return SqliteStore(Path(unquote(rest)), clock=clock)
    database = unquote(rest.partition("?")[0].partition("/")[2])
    if scheme in ("mongodb", "mongodb+srv") and database:
        return MongoStore(address, database, clock=clock)
    raise unavailable(
        f"`{_without_password(address)}` is no store: write `sqlite:///folder` or `mongodb://host/database`",
        f"`{_without_password(address)}` はストアの場所ではありません。"
        "`sqlite:///folder` または `mongodb://host/database` と書いてください",
    )


def _without_password(address: str) -> str:
    before, at, host = address.rpartition("@")
    return f"{before.partition('://')[0]}://…@{host}" if at else address
