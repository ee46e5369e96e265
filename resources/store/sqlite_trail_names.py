"""The names that events speak of, each in the file once, under a number made from it.

docs/trail.md, "on the disk"
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from hashlib import blake2b

import orjson

from resources.store.sqlite_file import ask, file_of, spoken

WIDTH = 4
"""Bytes of a number."""

_MOST = 50_000
_LOOK = "SELECT name FROM trail_name WHERE id = ?"
_LOOK_MANY = "SELECT id, name FROM trail_name WHERE id IN (SELECT value FROM json_each(?))"
_INSERT = "INSERT INTO trail_name VALUES (?, ?)"


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
        return self._keep(name, _given(connection, packed(name), 1)) if found is None else found

    def learn(self, connection: sqlite3.Connection, names: Iterable[str]) -> None:
        """Give many names their numbers at once: one question, and one insertion, for all that are not known yet."""
        unknown = {name: raw for name in names if name not in self._known for raw in (packed(name),)}
        if len(unknown) < 2:
            return
        numbers = {name: _number(raw) for name, raw in unknown.items()}
        rows = ask(connection, _LOOK_MANY, (orjson.dumps(list(numbers.values())).decode(),))
        there: dict[int, bytes] = dict(rows)
        fresh: dict[int, bytes] = {}
        for name, number in numbers.items():
            raw = unknown[name]
            if number not in there:
                there[number] = fresh[number] = raw
            if there[number] == raw:  # else it is taken by another, and `short` looks further
                self._keep(name, number)
        try:
            connection.executemany(_INSERT, fresh.items())
        except sqlite3.Error as fault:
            raise spoken(fault, file_of(connection)) from fault

    def frame(self, connection: sqlite3.Connection, frame: tuple[object, ...]) -> int:
        """The number of a frame, given where it has none; for use in a transaction that writes."""
        found = self._frames.get(frame)
        if found is None:
            found = _given(connection, orjson.dumps(frame), -1)
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

    def _keep(self, name: str, number: int) -> bytes:
        if len(self._known) >= _MOST:
            self._known = {each: self._known[each] for each in self._fresh}
        found = self._known[name] = number.to_bytes(WIDTH, "big")
        self._fresh.append(name)
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
    if len(text) != 36 or not text[8] == text[13] == text[18] == text[23] == "-":
        return b""
    digits = text.replace("-", "")
    try:
        raw = bytes.fromhex(digits)
    except ValueError:
        return b""
    return raw if raw.hex() == digits else b""


def dashed(raw: bytes) -> str:
    """A UUID as it is usually written."""
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def _given(connection: sqlite3.Connection, name: bytes, sign: int) -> int:
    found, free = _look(connection, name, sign)
    if found is not None:
        return found
    ask(connection, _INSERT, (free, name))
    return free


def _look(connection: sqlite3.Connection, name: bytes, sign: int) -> tuple[int | None, int]:
    """The number of a name, or None and the number it could have."""
    number = _number(name)
    while rows := ask(connection, _LOOK, (sign * number,)):
        if rows[0][0] == name:
            return sign * number, sign * number
        number += 1
    return None, sign * number


def _number(name: bytes) -> int:
    """The number that a name should have."""
    return int.from_bytes(blake2b(name, digest_size=WIDTH).digest(), "big") >> 1 or 1
