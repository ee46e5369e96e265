"""Where log lines go: to a file or to standard error, one JSON object or sentence a line.

https://docs.python.org/3/library/logging.html
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from logging.handlers import WatchedFileHandler

from api.settings import Settings
from api.telemetry import fault_lines

PAUSE = 0.05
"""Seconds within which a line is on its way."""

_MOST = 1000
_BATCHES = 64
_WHOLE = 4096
"""Bytes that a pipe takes in one piece, so that the lines of several processes do not mix."""

_STANDARD_ERROR = 2
_MODE = os.O_WRONLY | os.O_APPEND | os.O_CREAT
_KEPT = 2048
"""Pieces that are kept where the disk is full; the oldest are lost first."""

_log = logging.getLogger("tsunagu.log")


def configure(settings: Settings) -> None:
    """The sentences of this process, once. Raises OSError where the file cannot be written."""
    handler = WatchedFileHandler(settings.log, encoding="utf-8") if settings.log else logging.StreamHandler()
    handler.setFormatter(fault_lines.Formatter("%(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    logging.getLogger("httpx2").setLevel(logging.WARNING)  # it tells whom we ask, by the whole address


class RequestLog:
    """The lines of the requests: the event loop adds them, a thread writes them, and none is lost at an orderly end.

    Where the disk does not keep up, `add` waits for it. The descriptor stays open to the end of the process: a request
    may end after everything else.
    """

    def __init__(self, descriptor: int, path: str = "") -> None:
        """`path` is the file's, where it is one: it may be moved away and is then made anew."""
        self._descriptor, self._path = descriptor, path
        self._kept: deque[bytes] = deque()
        self._told = False
        self._lines: list[bytes] = []
        self._batches: deque[Future[None]] = deque()
        self._hand = ThreadPoolExecutor(1, "request-log")
        self._closed = False

    @classmethod
    def of(cls, settings: Settings) -> RequestLog:
        """To where the settings say. Raises OSError."""
        if not settings.log:
            return cls(os.dup(_STANDARD_ERROR))
        return cls(os.open(settings.log, _MODE, 0o644), settings.log)

    def add(self, line: bytes) -> None:
        """One line, without its end."""
        if self._closed:
            self._write([line])
            return
        self._lines.append(line)
        if len(self._lines) == 1:
            asyncio.get_running_loop().call_later(PAUSE, self._hand_over)
        elif len(self._lines) >= _MOST:
            self._hand_over()

    def close(self) -> None:
        """Write what is left; what comes later is written at once."""
        self._hand_over()
        self._hand.shutdown()
        self._closed = True

    def _hand_over(self) -> None:
        if not self._lines:
            return
        while self._batches and (self._batches[0].done() or len(self._batches) >= _BATCHES):
            self._batches.popleft().result()
        self._batches.append(self._hand.submit(self._write, self._lines))
        self._lines = []

    def _write(self, lines: list[bytes]) -> None:
        """Write these after those that could not be written before; the thread's own, or what comes at the very end."""
        self._kept += _pieces(lines)
        try:
            self._reopen()
            while self._kept:
                self._kept[0] = self._kept[0][os.write(self._descriptor, self._kept[0]) :]
                if not self._kept[0]:
                    self._kept.popleft()
        except OSError as fault:
            self._lose(fault)
        else:
            self._told = False

    def _lose(self, fault: OSError) -> None:
        """Keep as much as may be for the next try, and say so once."""
        lost = 0
        while len(self._kept) > _KEPT:
            lost += self._kept.popleft().count(b"\n")
        if lost or not self._told:
            _log.error("request lines could not be written: %s; %d are lost", fault.strerror, lost)
        self._told = True

    def _reopen(self) -> None:
        """Where the file was moved away, as those who rotate logs do, go on in a new one of its name."""
        if not self._path:
            return
        here = os.fstat(self._descriptor)
        try:
            there = os.stat(self._path)
        except FileNotFoundError:
            there = None
        if there is None or (there.st_dev, there.st_ino) != (here.st_dev, here.st_ino):
            new = os.open(self._path, _MODE, 0o644)
            os.dup2(new, self._descriptor)
            os.close(new)


def _pieces(lines: list[bytes]) -> Iterator[bytes]:
    """The lines in as few pieces as may be, each of whole lines, and none longer than a pipe takes at once."""
    piece: list[bytes] = []
    size = 0
    for line in lines:
        if piece and size + len(line) + 1 > _WHOLE:
            yield b"\n".join(piece) + b"\n"
            piece, size = [], 0
        piece.append(line)
        size += len(line) + 1
    yield b"\n".join(piece) + b"\n"
