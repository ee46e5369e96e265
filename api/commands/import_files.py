"""The lines of an import's files, from wherever it stopped; and where it stands, so that it can go on.

docs/operations.md, "import".
"""

from __future__ import annotations

import codecs
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import orjson


@dataclass(frozen=True, slots=True)
class Place:
    """Before a line: the file's place in the call, the bytes and the lines that come before it there."""

    file: int = 0
    offset: int = 0
    lines: int = 0


@dataclass(frozen=True, slots=True)
class Raw:
    """One line as it stands in a file: where it is, its bytes, and from where to go on after it."""

    at: Place
    body: bytes
    after: Place

    @property
    def number(self) -> int:
        return self.at.lines + 1


@dataclass(slots=True)
class Standing:
    """Where an import stands after its last batch; kept in the store, so that the same command goes on from there.

    The first turn reads the files, each later one what waited in the one before; in the last nothing waits any more.
    `reported` and `waiting` are how many bytes count of the report, and of what waits for the next turn.
    """

    turn: int = 0
    last: bool = False
    place: Place = Place()
    written: int = 0
    there: int = 0
    wrong: int = 0
    waited: int = 0
    reported: int = 0
    waiting: int = 0

    def kept(self) -> bytes:
        return orjson.dumps(self)

    @classmethod
    def of(cls, found: bytes | None) -> Standing:
        if found is None:
            return cls()
        known = orjson.loads(found)
        return cls(**known | {"place": Place(**known["place"])})


def digest(files: Sequence[Path], *besides: str) -> str:
    """What tells one import from another: the bytes of its files in their order, and whose they are."""
    whole = hashlib.blake2b(orjson.dumps(besides), digest_size=16)
    for path in files:
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=16)).digest())
    return whole.hexdigest()


def lines(files: Sequence[Path], since: Place, longest: int) -> Iterator[Raw]:
    """Every line from there on that is not blank; of one longer than `longest` bytes only its beginning."""
    for number in range(since.file, len(files)):
        at = since if number == since.file else Place(number)
        with files[number].open("rb") as file:
            file.seek(at.offset)
            while found := _next(file, at, longest):
                if found.body.strip():
                    yield found
                at = found.after


def waiting(files: Sequence[Path], waited: Path, since: Place, longest: int) -> Iterator[Raw]:
    """The lines that a turn left for the next, `waited` naming them; their `after` is a place in that file."""
    for entry in lines([waited], since, 1_000):
        at = Place(*orjson.loads(entry.body))
        with files[at.file].open("rb") as file:
            file.seek(at.offset)
            found = _next(file, at, longest)
        if found:
            yield Raw(at, found.body, entry.after)


def named(raw: Raw) -> bytes:
    """A line as `waiting` finds it again."""
    return orjson.dumps([raw.at.file, raw.at.offset, raw.at.lines]) + b"\n"


def _next(file: BinaryIO, at: Place, longest: int) -> Raw | None:
    if at.offset == 0 and file.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
        file.seek(0)
    body = file.readline(longest + 2)
    if not body:
        return None
    rest = body
    while rest and not rest.endswith(b"\n"):
        rest = file.readline(1 << 20)
    return Raw(at, body.rstrip(b"\r\n"), Place(at.file, file.tell(), at.lines + 1))
