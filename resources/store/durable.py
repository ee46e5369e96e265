"""A file under its name for good: on the disk before it has the name, and the name on the disk with it.

https://pubs.opengroup.org/onlinepubs/9799919799/functions/fsync.html
"""

from __future__ import annotations

import os
from pathlib import Path


def settle(partial: Path, file: Path) -> None:
    """Put what was written under another name in a file's place. Raises OSError."""
    _sync(partial)
    os.replace(partial, file)
    _sync(file.parent)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
