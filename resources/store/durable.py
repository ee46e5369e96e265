"""A file under its name for good: on the disk before it has the name, and the name on the disk with it.

https://pubs.opengroup.org/onlinepubs/9799919799/functions/fsync.html
"""

from __future__ import annotations

import os
from pathlib import Path


def settle(partial: Path, file: Path) -> None:
    """Put what was written under another name in a file's place. Raises OSError."""
    keep(partial)
    os.replace(partial, file)
    keep(file.parent)


def keep(path: Path) -> None:
    """Have a file, or the names in a folder, on the disk. Raises OSError."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
