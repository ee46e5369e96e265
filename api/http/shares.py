"""How often one asker asks, and how much at once, counted by all processes of a machine together, without the store.

https://www.rfc-editor.org/rfc/rfc6585#section-4; docs/operations.md, "limits"
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import logging
import mmap
import os
import struct
import time
from collections.abc import Iterator

from api.settings import Settings
from resources.record.problem import Problem

_log = logging.getLogger("tsunagu.shares")
_BUCKETS = 4_096
"""Two askers share one once in so many."""

_CELL = struct.Struct("=III")  # the minute, how many in it, how many now
_ROW = _BUCKETS * _CELL.size
_MINUTE = 60


def ready(settings: Settings) -> None:
    """Raises OSError where a process could not write here: asked before the first one is begun."""
    folder = settings.data / "shares"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in ("table", "0.lock"):
        os.close(os.open(folder / name, os.O_RDWR | os.O_CREAT, 0o600))


class Shares:
    """Each process writes a row of its own, and reads those of all: nobody waits for anybody.

    A row is of who holds its lock; that of one who died is taken, and begun anew, by who comes in its place.
    """

    def __init__(self, settings: Settings) -> None:
        """Raises OSError where the folder cannot be written."""
        self._rate, self._at_once, self._rows = settings.rate, settings.at_once, rows(settings)
        folder = settings.data / "shares"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        locks = [os.open(folder / f"{row}.lock", os.O_RDWR | os.O_CREAT, 0o600) for row in range(self._rows)]
        free = [row for row, lock in enumerate(locks) if _held(lock)]
        # Where there are more processes than rows, the last row is shared.
        self._own = free[0] if free else self._rows - 1
        self._lock = locks[self._own]
        handle = os.open(folder / "table", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            self._table = _mapped(handle, self._rows * _ROW)
        finally:
            os.close(handle)
        for row in free:
            self._table[row * _ROW : (row + 1) * _ROW] = bytes(_ROW)
        for lock in locks:
            if lock != self._lock:
                os.close(lock)

    @contextlib.contextmanager
    def turn(self, asker: str) -> Iterator[None]:
        """For as long as a request lasts. Raises Problem `too-often` where the asker has asked too much."""
        place = int.from_bytes(hashlib.blake2b(asker.encode(), digest_size=8).digest()) % _BUCKETS * _CELL.size
        here, minute = self._own * _ROW + place, int(time.monotonic()) // _MINUTE
        begun, now = 0, 0
        for row in range(self._rows):
            which, count, under_way = _CELL.unpack_from(self._table, row * _ROW + place)
            begun += count if which == minute else 0
            now += under_way
        if begun >= self._rate:
            raise _too_often("too many requests in this minute", "この 1 分間の要求が多すぎます", _left())
        if now >= self._at_once:
            raise _too_often("too many requests at once", "同時の要求が多すぎます", 1)
        which, count, under_way = _CELL.unpack_from(self._table, here)
        _CELL.pack_into(self._table, here, minute, count + 1 if which == minute else 1, under_way + 1)
        try:
            yield
        finally:
            which, count, under_way = _CELL.unpack_from(self._table, here)
            _CELL.pack_into(self._table, here, which, count, max(under_way - 1, 0))

    def close(self) -> None:
        """Leave the row to another process."""
        self._table.close()
        os.close(self._lock)


def rows(settings: Settings) -> int:
    """One for each process, and one for each that comes in its place while it still answers."""
    return 2 * settings.processes


def _mapped(handle: int, size: int) -> mmap.mmap:
    """The file in memory, with room on the disk for all of it; where there is none, this process counts for itself."""
    try:
        # Written, not only made longer: who touches memory for which the disk has no room is ended by the system.
        while (have := os.fstat(handle).st_size) < size:
            os.pwrite(handle, bytes(size - have), have)
    except OSError as fault:
        _log.warning("the processes cannot count together who asks how much: %s", fault.strerror)
        return mmap.mmap(-1, size)
    return mmap.mmap(handle, size)


def _held(lock: int) -> bool:
    """Whether nobody had the row, and this process has it now."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _left() -> int:
    return max(1, _MINUTE - int(time.monotonic()) % _MINUTE)


def _too_often(text: str, ja: str, wait: int) -> Problem:
    problem = Problem.of("too-often", text, ja)
    problem.wait = wait
    return problem
