"""A file that is made once, by one of several processes that start together, and that its owner alone may read.

https://pubs.opengroup.org/onlinepubs/9799919799/functions/link.html
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path


def made_once(path: Path, content: bytes) -> None:
    """Put the content there, whole or not at all, unless another was first. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    name = _written(path, content)
    try:
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(name)


def replaced(path: Path, content: bytes) -> None:
    """Put the content in the place of what is there, in one step. Raises OSError."""
    name = _written(path, content)
    try:
        os.replace(name, path)
    except OSError:
        os.unlink(name)
        raise


def _written(path: Path, content: bytes) -> str:
    handle, name = tempfile.mkstemp(dir=path.parent)  # mode 0600
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    return name
