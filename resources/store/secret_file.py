"""A file that its owner alone may read: made once by one of several processes that start together, or replaced whole.

https://pubs.opengroup.org/onlinepubs/9799919799/functions/rename.html; https://man7.org/linux/man-pages/man2/flock.2.html
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from resources.store import durable


def made_once(path: Path, content: bytes) -> None:
    """Put the content there, whole or not at all, unless another was first. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(path.parent):
        if not path.exists():
            _put(path, content)


def replaced(path: Path, content: bytes) -> None:
    """Put the content in the place of what is there, in one step. Raises OSError."""
    with _alone(path.parent):
        _put(path, content)


def _put(path: Path, content: bytes) -> None:
    # Of a name that the next one who writes this file takes again: one who is killed leaves no secret for ever.
    partial = path.with_name(f".{path.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content)
        durable.settle(partial, path)
    except OSError as fault:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
        fault.filename, fault.filename2 = str(path), None  # what was asked for, and nobody knows the other
        raise


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """While nobody else writes a file of this kind here; one who is killed keeps nobody waiting."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
