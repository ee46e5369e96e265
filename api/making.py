"""A new store and its keys are made by `tsunagu init` or with the demo, and by nobody who only wants to serve one.

docs/operations.md, "the first start"
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from api import simulation
from api.cursor import Cursors
from api.oauth import keys
from api.settings import Settings
from consent import derivation
from profiles import load
from resources.store import open as stores
from resources.store import trail_custody
from resources.store.fault import unavailable
from resources.store.port import Unavailable


async def make(settings: Settings) -> bool:
    """Make the store and its keys where they are not there; False where they are. Raises Unavailable, OSError.

    Killed at any moment it goes on where it was. Where records are but no keys, they were lost, and none are made.
    """
    folder = settings.data / "keys"
    store = stores.opened(settings.store_address, generation=derivation.generation(load.load()))
    await store.open()
    try:
        await simulation.settle(store, settings)
        missing = lacking(folder)
        if not missing:
            return False
        if not await simulation.empty(store):
            raise _lost(missing)
        keys.load(folder)
        Cursors.load(folder)
        await trail_custody.taken(store.trail, folder)
        return True
    finally:
        await store.close()


def demand(settings: Settings) -> None:
    """Raises Unavailable, ValueError or PermissionError where a key is not there, or cannot be used."""
    folder = settings.data / "keys"
    if missing := lacking(folder):
        raise _lost(missing)
    keys.load(folder)
    Cursors.load(folder)


def lacking(folder: Path) -> list[Path]:
    """The files of keys that are not there."""
    return [file for file in (folder / keys.FILE, folder / Cursors.FILE) if not file.exists()]


def _lost(files: Iterable[Path]) -> Unavailable:
    named = ", ".join(f"`{file}`" for file in files)
    return unavailable(
        f"{named} missing: restore from the backup, run `tsunagu init` for a new store, "
        "or `tsunagu keys rotate --lost` for new keys, which ends all tokens",
        f"{named} がありません。バックアップから復元するか、新しい記録庫なら `tsunagu init`、"
        "鍵を作り直すなら `tsunagu keys rotate --lost`（トークンはすべて無効）を実行してください",
    )
