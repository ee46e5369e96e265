"""A disk that can be made to fail under a running server, where a C compiler is there to make it.

https://man7.org/linux/man-pages/man8/ld.so.8.html (LD_PRELOAD); faulty_disk.c
"""

from __future__ import annotations

import enum
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_SOURCE = Path(__file__).with_suffix(".c")


class Fault(enum.IntEnum):
    """What the database's files meet."""

    WRITES_FAIL = 1
    SYNCS_FAIL = 2
    SYNCS_HANG = 3
    READ_ONLY = 4
    READS_FAIL = 5


class Disk:
    """For every process that was begun in its `environment`."""

    def __init__(self, folder: Path) -> None:
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        if compiler is None:  # the product and its tests need Python and make alone; what is left out is said
            pytest.skip("no C compiler (cc, gcc or clang): a disk that fails was not tried")
        self._said, library = folder / "disk", folder / "disk.so"
        self._said.write_bytes(b"\0")
        subprocess.run([compiler, "-shared", "-fPIC", "-o", library, _SOURCE, "-ldl"], check=True)
        self.environment = {"LD_PRELOAD": str(library), "FAULTY_DISK": str(self._said)}

    @contextmanager
    def meets(self, fault: Fault) -> Iterator[None]:
        """Until this is left, when it is well again."""
        self._say(fault)
        try:
            yield
        finally:
            self._say(0)

    def _say(self, number: int) -> None:
        with open(self._said, "r+b", buffering=0) as said:
            said.write(bytes([number]))
