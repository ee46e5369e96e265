"""The trail alone: what an event costs the processor, and the disk with every index.

docs/figures.md
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import figure
from bench.figure import Figure
from consent import vocabulary
from resources.store.sqlite import SqliteStore
from resources.store.trail import Event

OFFICERS, PEOPLE, AGENCIES = 200, 20_000, 40
_PAGE = 51
_CLOCK = 1_790_000_000_000

_chance = random.Random(1)  # noqa: S311  # the same figures each time


def _named(type: str) -> str:
    return f"{type}/{uuid.UUID(int=_chance.getrandbits(128), version=4)}"


_officers = [_named("Practitioner") for _ in range(OFFICERS)]
_patients = [_named("Patient") for _ in range(PEOPLE)]
_concerns = [_named("Condition") for _ in range(PEOPLE)]
_consents = [_named("Consent") for _ in range(PEOPLE)]


def read(n: int) -> Event:
    """An officer reads a concern under a consent."""
    officer, person = _chance.randrange(OFFICERS), _chance.randrange(PEOPLE)
    return _event(n, "read", officer, [person], (_concerns[person],), (_patients[person],))


def one_row(n: int) -> Event:
    """A search that shows one record."""
    return _page(n, 1, of_one=True)


def page_of_one(n: int) -> Event:
    """A search that shows many records of one person."""
    return _page(n, _PAGE, of_one=True)


def page_of_many(n: int) -> Event:
    """A search that shows one record each of many people."""
    return _page(n, _PAGE, of_one=False)


def _page(n: int, rows: int, *, of_one: bool) -> Event:
    people = [_chance.randrange(PEOPLE) for _ in range(rows)]
    patients = tuple(sorted({_patients[person] for person in (people[:1] if of_one else people)}))
    return _event(
        n, "search-type", _chance.randrange(OFFICERS), people[:1], tuple(_concerns[p] for p in people), patients
    )


def _event(
    n: int, kind: str, officer: int, cited: list[int], shown: tuple[str, ...], patients: tuple[str, ...]
) -> Event:
    return Event(
        kind=kind,
        action="R" if kind == "read" else "E",
        outcome="0",
        purpose=vocabulary.CARE_MANAGEMENT,
        client="tsunagu-desk",
        person=_officers[officer],
        agencies=(f"Organization/agency-{officer % AGENCIES}",),
        asked="Condition",
        rules=("P3",),
        at=_CLOCK + n,
        request=str(uuid.UUID(int=_chance.getrandbits(128), version=4)),
        records=tuple(f"{name}/_history/1" for name in shown),
        patients=patients,
        evidence=tuple(f"{_consents[person]}/_history/1" for person in cited),
    )


async def _fill(store: SqliteStore, made: list[Event], together: int) -> float:
    """Append events, so many at once; microseconds of CPU an event."""
    waiting = iter(made)

    async def one() -> None:
        for event in waiting:
            await store.trail.append(event)

    begun = time.process_time()
    await asyncio.gather(*(one() for _ in range(together)))
    return (time.process_time() - begun) / max(len(made), 1) * 1e6


async def _grown(folder: Path, event: Callable[[int], Event], warm: int, counted: int) -> float:
    """Bytes an event adds to the file, after so many others that named the same records."""
    store = SqliteStore(folder)
    await store.open()
    await _fill(store, [event(n) for n in range(warm)], 256)
    before = _size(folder)
    await _fill(store, [event(n) for n in range(warm, warm + counted)], 256)
    await store.close()
    return (_size(folder) - before) / counted


def _size(folder: Path) -> int:
    connection = sqlite3.connect(folder / "tsunagu.sqlite")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    pages: int
    free: int
    [(pages,)] = connection.execute("PRAGMA page_count")
    [(free,)] = connection.execute("PRAGMA freelist_count")
    connection.close()
    return (pages - free) * 4096


async def _cost(events: int) -> list[Figure]:
    found = []
    for together in (1, 32):
        for said, known in (("of records not named before", False), ("of records named before", True)):
            with tempfile.TemporaryDirectory() as folder:
                store = SqliteStore(Path(folder))
                await store.open()
                await _fill(store, [read(n) for n in range(events)], 256)
                told = [read(n) for n in range(events, 2 * events)]
                if known:
                    told = [told[0]._replace(at=each.at, request=each.request) for each in told]
                cost = await _fill(store, told, together)
                await store.close()
            what = f"an event on the trail, {together} at once, {said}, commit and keys included"
            found.append(Figure(what, f"{cost:.0f} µs CPU"))
    return found


def measured(full: bool = False) -> Iterator[Figure]:
    """What an event costs."""
    events = 100_000 if full else 20_000
    yield from asyncio.run(_cost(events // 4))
    sizes = {}
    for event, warm, counted in (
        (read, events, events),
        (one_row, events, events),
        (page_of_one, 3_000, 1_000),
        (page_of_many, 3_000, 1_000),
    ):
        with tempfile.TemporaryDirectory() as folder:
            sizes[event] = asyncio.run(_grown(Path(folder), event, warm, counted))
    yield figure.at_most("disk for one read's event, indexes included", sizes[read], 500, "bytes")
    for event in (page_of_one, page_of_many):
        further = (sizes[event] - sizes[one_row]) / (_PAGE - 1)
        yield figure.at_most(f"disk for each further record: {(event.__doc__ or '').strip('.')}", further, 60, "bytes")
    with tempfile.TemporaryDirectory() as folder:
        fresh = asyncio.run(_grown(Path(folder), read, 0, 5_000))
    yield Figure("disk for a read's event where nobody has been named before", f"{fresh:.0f} bytes")
