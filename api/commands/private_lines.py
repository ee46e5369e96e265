"""JSON lines that only their owner may read, under their name once they are whole; nothing is left where they are not.

https://pubs.opengroup.org/onlinepubs/9799919799/functions/rename.html
"""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson


@contextmanager
def naming(file: Path) -> Iterator[None]:
    """Have a fault of writing name this file, where it names none, or one that nobody asked for."""
    try:
        yield
    except OSError as fault:
        fault.filename = str(file)
        raise


class Private:
    """A file of JSON lines that only its owner may read, there under its name once it is whole."""

    def __init__(self, file: Path) -> None:
        self._file, self._partial = file, file.with_name(f".{file.name}.partial")

    def __enter__(self) -> Callable[[dict[str, Any]], object]:
        if self._file.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(self._file))
        handle = os.open(self._partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._out = os.fdopen(handle, "wb")
        return lambda said: self._out.write(orjson.dumps(said, option=orjson.OPT_APPEND_NEWLINE))

    def __exit__(self, *raised: object) -> None:
        try:
            with self._out:
                self._out.flush()
                os.fsync(self._out.fileno())
            if raised[0] is None:
                os.replace(self._partial, self._file)
        finally:
            self._partial.unlink(missing_ok=True)
