"""Where a year is played until it is whole: in a folder aside, which gets its name last.

docs/simulate.md: killed at any moment, the command has left nothing under the name asked for, and is run again.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from api.settings import Settings
from resources.store.fault import unavailable

_MARK = "year-being-played"
"""A file in the folder aside, which tells that it is ours, and is locked by who plays there."""


@contextmanager
def beside(settings: Settings) -> Iterator[Settings]:
    """The settings of a folder aside, which takes the place of the one asked for when all went well.

    Where a store is asked for by an address, or the folder holds something, it is played there itself. Raises
    Unavailable, OSError.
    """
    folder = settings.data
    if settings.store or (folder.exists() and any(folder.iterdir())):
        yield settings
        return
    aside = folder.with_name(f"{folder.name}.playing")
    with _alone(aside):
        yield settings.model_copy(update={"data": aside})
        (aside / _MARK).unlink()
        os.replace(aside, folder)


@contextmanager
def _alone(aside: Path) -> Iterator[None]:
    """The folder aside, empty but for its mark; what a year that was killed has left there goes."""
    if aside.exists() and not (aside / _MARK).exists():
        raise unavailable(
            f"`{aside}` is in the way, and no year is played there: move it away",
            f"`{aside}` が邪魔をしています。一年を演じている途中のものではないので、別の場所に移してください",
        )
    aside.mkdir(parents=True, exist_ok=True)
    with (aside / _MARK).open("w") as mark:
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise unavailable(
                f"a year is being played in `{aside}` now: wait until it is whole, or name another folder",
                f"`{aside}` でいま一年を演じています。終わるのを待つか、別のフォルダーを指定してください",
            ) from None
        for each in aside.iterdir():
            if each.name != _MARK:
                shutil.rmtree(each) if each.is_dir() else each.unlink()
        yield
