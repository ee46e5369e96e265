"""The names that events speak of, each in the file once, under a number made from it.

docs/trail.md, "on the disk"
"""

from __future__ import annotations

import sqlite3
from hashlib import blake2b

from resources.store.sqlite_file import ask

WIDTH = 4
"""Bytes of a number."""

_MOST = 50_000
_LOOK = "SELECT name FROM trail_name WHERE id = ?"


class Names:
    """The numbers of names; of frames they are below zero. A number is a hash, or the next one where that is taken."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}
        self._frames: dict[tuple[object, ...], int] = {}
        self._fresh: list[str] = []
        self._fresh_frames: list[tuple[object, ...]] = []
        self._texts: dict[int, bytes] = {}

    def short(self, connection: sqlite3.Connection, name: str) -> bytes:
        """The number of a name in four bytes, given where it has none; for use in a transaction that writes."""
        found = self._known.get(name)
        if found is None:
            found = _given(connection, packed(name), 1).to_bytes(WIDTH, "big")
            if len(self._known) >= _MOST:
                self._known = {each: self._known[each] for each in self._fresh}
            self._known[name] = found
            self._fresh.append(name)
        return found

    def frame(self, connection: sqlite3.Connection, frame: tuple[object, ...], text: bytes) -> int:
        """The number of a frame, given where it has none; for use in a transaction that writes."""
        found = self._frames.get(frame)
        if found is None:
            found = _given(connection, text, -1)
            if len(self._frames) >= _MOST:
                self._frames = {each: self._frames[each] for each in self._fresh_frames}
            self._frames[frame] = found
            self._fresh_frames.append(frame)
        return found

    def text(self, connection: sqlite3.Connection, number: int) -> bytes:
        """What lies under a number. Raises LookupError."""
        found = self._texts.get(number)
        if found is None:
            rows = ask(connection, _LOOK, (number,))
            if not rows:
                raise LookupError(number)
            if len(self._texts) >= _MOST:
                self._texts.clear()
            found = self._texts[number] = bytes(rows[0][0])
        return found

    def committed(self) -> None:
        self._fresh.clear()
        self._fresh_frames.clear()

    def undone(self) -> None:
        """The numbers given since the last commit are not in the file."""
        for name in self._fresh:
            self._known.pop(name, None)
        for frame in self._fresh_frames:
            self._frames.pop(frame, None)
        self.committed()


def look(connection: sqlite3.Connection, name: str) -> int | None:
    """The number of a name, None where no event has it."""
    return _look(connection, packed(name), 1)[0]


def packed(name: str) -> bytes:
    """A reference with its UUID in sixteen bytes, where it has one."""
    type, _, id = name.partition("/")
    raw = sixteen(id)
    return type.encode() + b"\0" + raw if raw else name.encode()


def unpacked(raw: bytes) -> str:
    """The reference as it was. Raises ValueError."""
    type, separator, id = raw.partition(b"\0")
    return f"{type.decode()}/{dashed(id)}" if separator else raw.decode()


def sixteen(text: str) -> bytes:
    """The bytes of a UUID as it is usually written, none of any other text."""
    if len(text) != 36:
        return b""
    try:
        raw = bytes.fromhex(text.replace("-", ""))
    except ValueError:
        return b""
    return raw if dashed(raw) == text else b""


def dashed(raw: bytes) -> str:
    """A UUID as it is usually written."""
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _given(connection: sqlite3.Connection, name: bytes, sign: int) -> int:
    found, free = _look(connection, name, sign)
    if found is not None:
        return found
    ask(connection, "INSERT INTO trail_name VALUES (?, ?)", (free, name))
    return free


def _look(connection: sqlite3.Connection, name: bytes, sign: int) -> tuple[int | None, int]:
    """The number of a name, or None and the number it could have."""
    number = int.from_bytes(blake2b(name, digest_size=4).digest(), "big") >> 1 or 1
    while rows := ask(connection, _LOOK, (sign * number,)):
        if rows[0][0] == name:
            return sign * number, sign * number
        number += 1
    return None, sign * number
