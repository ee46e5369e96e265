"""What a simulated city holds, told without the ids that the server made up: the same of the same seed.

docs/simulate.md
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson

from resources.record import moment
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate
from resources.store.port import Snapshot, Store

PLAYED: Predicate = EVERYTHING
"""Under this a simulated city is told whole: no other store is ever asked so."""

_MADE_UP = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_INSTANT = re.compile(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
"""What the server stamps: it may share an instant with work of its own, so the day is told and no more."""

_PAGE = 1_000


@dataclass(slots=True)
class Names:
    """The made-up ids by the order in which they first appear; of one instant in the order of what else is said."""

    known: dict[bytes, bytes] = field(default_factory=dict)

    def together(self, versions: Sequence[Version]) -> list[tuple[Version, bytes]]:
        """What was written at one instant, in an order that no id decides, under the names it has from now on."""
        ordered = sorted(versions, key=lambda each: (each.type, each.number, self._told(each)))
        for each in ordered:
            for found in _MADE_UP.findall(self._line(each)):
                self.known.setdefault(found, b"n-%d" % len(self.known))
        return [(each, self._told(each)) for each in ordered]

    def of(self, text: bytes) -> bytes:
        """A text with every id under its name; `?` for one that has none yet."""
        return _MADE_UP.sub(lambda found: self.known.get(found.group(), b"?"), text)

    def _told(self, version: Version) -> bytes:
        return self.of(self._line(version))

    def _line(self, version: Version) -> bytes:
        body = self._unordered(orjson.loads(version.body)) if version.body else None
        text = b" ".join((version.cited.encode(), version.since.encode(), orjson.dumps(body)))
        return _INSTANT.sub(_day, text)

    def _unordered(self, part: Any) -> Any:
        """A value in which no list says anything by its order: the server sorts some by the ids that it made up."""
        if isinstance(part, dict):
            return {name: self._unordered(value) for name, value in sorted(part.items())}
        if isinstance(part, list):
            return sorted(map(self._unordered, part), key=lambda each: self.of(orjson.dumps(each)))
        return part


def _day(found: re.Match[bytes]) -> bytes:
    said = moment.read(found.group().decode())
    return moment.local_day(said.start).isoformat().encode() if said else found.group()


@dataclass(slots=True)
class Told:
    """`records` and `versions` are how many there are; the digest is over all of them in commit order."""

    records: int = 0
    versions: int = 0
    digest: str = ""


async def told(store: Store, names: Names | None = None) -> Told:
    """How much a city holds, and its digest."""
    names, count, sum = names or Names(), Told(), hashlib.sha256()
    async with store.snapshot() as view:
        async for instant in instants(view):
            for version, line in names.together(instant):
                count.versions += 1
                count.records += version.number == 1
                sum.update(line + b"\n")
    count.digest = sum.hexdigest()
    return count


async def instants(view: Snapshot) -> AsyncIterator[list[Version]]:
    """All versions in commit order, those of one instant together."""
    held: list[Version] = []
    after = ""
    while page := await view.feed(after, _PAGE, within=PLAYED):
        if not page.versions:
            break
        after = page.next
        for instant, versions in itertools.groupby(page.versions, key=lambda each: each.since):
            if held and held[0].since != instant:
                yield held
                held = []
            held += versions
    if held:
        yield held
