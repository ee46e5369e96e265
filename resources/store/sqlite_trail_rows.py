"""An event as the bytes of a row, and back.

docs/trail.md, "on the disk"
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from struct import Struct

import orjson

from resources.store import trail_chain
from resources.store.sqlite_trail_names import WIDTH, Names, dashed, sixteen, unpacked
from resources.store.trail import FRAME, Event

_HEAD = 6
_VERSION = 3
_STEP = WIDTH + _VERSION
_VERSIONS, _NAMES = Struct(f">I{_VERSION}x"), Struct(">I")


def frame(names: Names, connection: sqlite3.Connection, event: Event) -> int:
    """The number of what an event shares with others."""
    return names.frame(connection, event[:FRAME])


def packed(names: Names, connection: sqlite3.Connection, event: Event) -> bytes:
    """What a row holds of an event besides its frame and instant."""
    parts = [_count(event.records), _count(event.evidence), _count(event.patients)]
    for version in (*event.records, *event.evidence):
        name, _, number = version.partition("/_history/")
        parts.append(names.short(connection, name))
        parts.append(int(number or 0).to_bytes(_VERSION, "big"))
    parts += [names.short(connection, patient) for patient in event.patients]
    raw = sixteen(event.request)
    parts.append(b"\0" + raw if raw else b"\1" + event.request.encode())
    return b"".join(parts)


def named(event: Event) -> Iterator[str]:
    """Every name that the content of a row refers to."""
    for version in (*event.records, *event.evidence):
        yield version.partition("/_history/")[0]
    yield from event.patients


def restored(names: Names, connection: sqlite3.Connection, at: int, frame: int, content: bytes) -> Event:
    """The event of a row. Raises LookupError, TypeError or ValueError where it is damaged."""
    records, middle, end = _parts(content)
    versions = [
        _version(unpacked(names.text(connection, _number(content, start))), content[start + WIDTH : start + _STEP])
        for start in range(_HEAD, middle, _STEP)
    ]
    patients = [unpacked(names.text(connection, _number(content, start))) for start in range(middle, end, WIDTH)]
    shared = orjson.loads(names.text(connection, frame))
    raw = content[end + 1 :]
    request = raw.decode() if content[end] else dashed(raw)
    return trail_chain.restored([*shared, at, request, versions[:records], patients, versions[records:]])


def keys(frame: int, content: bytes) -> set[int]:
    """The numbers an event is found by. Raises ValueError where the content is damaged."""
    _, middle, end = _parts(content)
    found = {number for (number,) in _VERSIONS.iter_unpack(content[_HEAD:middle])}
    found.update(number for (number,) in _NAMES.iter_unpack(content[middle:end]))
    found.add(frame)
    return found


def _count(named: Sequence[str]) -> bytes:
    return len(named).to_bytes(2, "big")


def _parts(content: bytes) -> tuple[int, int, int]:
    """How many records there are, where the patients begin and where they end."""
    records, evidence, patients = (int.from_bytes(content[at : at + 2], "big") for at in (0, 2, 4))
    middle = _HEAD + _STEP * (records + evidence)
    end = middle + WIDTH * patients
    if len(content) <= end:
        raise ValueError("the content is shorter than it says")
    return records, middle, end


def _number(content: bytes, start: int) -> int:
    return int.from_bytes(content[start : start + WIDTH], "big")


def _version(name: str, number: bytes) -> str:
    version = int.from_bytes(number, "big")
    return f"{name}/_history/{version}" if version else name
