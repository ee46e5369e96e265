"""How fast the SQLite store answers and commits: 35,000 records, or 350,000.

docs/store.md
"""

from __future__ import annotations

import asyncio
import os
import random
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

from bench.figure import Figure
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Has, Predicate, all_of, any_of, has, has_any, only
from resources.store.port import Query, Transaction
from resources.store.sqlite import SqliteStore

AGENCIES = 64


def version(n: int, number: int = 1) -> Version:
    """A Task of about 1.5 kB with 36 terms, like those of a real record."""
    household, agency = n // 12, n % AGENCIES
    pairs = [
        (".type", "Task"),
        (".id", f"Task/{n:08}"),
        (".subject", f"Patient/{household:08}"),
        (".household", f"Group/{household:08}"),
        (".custodian", f"Organization/{agency}"),
        (".author", f"PractitionerRole/{agency}-{n % 3}"),
        (".party", f"Organization/{agency}"),
        (".party", f"Organization/{(agency + 7) % AGENCIES}"),
        ("_id", f"{n:08}"),
        ("_lastUpdated", f"2026-{n % 12 + 1:02}-{n % 28 + 1:02}T09:00:00.000Z"),
        ("patient", f"Patient/{household:08}"),
        ("owner", f"Organization/{(agency + 7) % AGENCIES}"),
        ("requester", f"Organization/{agency}"),
        ("status", ("requested", "accepted", "in-progress", "completed")[n % 4]),
        ("name", f"山田{household % 5000}"),
        *((f"extra-{k}", f"value {n * 31 % 997} {k}") for k in range(21)),
    ]
    terms = tuple(sorted({f"{name} {value}" for name, value in pairs}))
    since = f"2026-04-{number:02}T{n // 3_600_000 % 24:02}:{n // 60_000 % 60:02}:{n // 1000 % 60:02}.{n % 1000:03}Z"
    return Version("Task", f"{n:08}", number, since, False, b"{%s}" % (b"x" * 1500), terms)


def _starts(name: str, value: str) -> Predicate:
    return Has(f"{name} {value}", f"{name} {value}\U0010ffff")


def policy(agency: int) -> Predicate:
    """What one agency may see: its own, what is addressed to it, and 40 households by consent."""
    own = has(".custodian", f"Organization/{agency}")
    addressed = has(".party", f"Organization/{agency}")
    households = [f"Patient/{n * 37:08}" for n in range(40)]
    consented = all_of((has_any(".subject"), only(".subject", households)))
    return all_of((any_of((own, addressed, consented)), only(".label", ["normal"])))


async def each(name: str, seconds: float, act: Callable[[], Awaitable[object]]) -> Figure:
    """How often a second the act is done."""
    done, start = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - start) < seconds:
        await act()
        done += 1
    return Figure(f"store: {name}", f"{done / elapsed:,.0f} /s")


async def _all(records: int, folder: Path) -> list[Figure]:
    chance = random.Random(1)  # noqa: S311  # the same figures each time
    store = SqliteStore(folder)
    await store.open()

    async def fill(first: int) -> None:
        async def work(transaction: Transaction) -> None:
            for n in range(first, min(first + 500, records)):
                await transaction.put(version(n))

        await store.transact(work)

    start = time.perf_counter()
    for first in range(0, records, 500):
        await fill(first)
    size = sum(entry.stat().st_size for entry in os.scandir(folder)) / records
    speed = records / (time.perf_counter() - start)
    told = [Figure(f"store: {records:,} records in batches of 500, {size:,.0f} bytes each", f"{speed:,.0f} /s")]

    async def read() -> None:
        async with store.snapshot() as view:
            assert await view.get("Task", f"{chance.randrange(records):08}", within=EVERYTHING)

    def asking(
        what: Callable[[], Predicate], within: Predicate, *, counted: bool = False
    ) -> Callable[[], Awaitable[object]]:
        async def ask() -> None:
            async with store.snapshot() as view:
                query = Query(what(), limit=50)
                await view.find(query, within=within)
                if counted:
                    await view.count(query, within=within)

        return ask

    def household() -> Predicate:
        return all_of((has(".type", "Task"), has("patient", f"Patient/{chance.randrange(records // 12):08}")))

    def name() -> Predicate:
        return all_of((has(".type", "Task"), _starts("name", f"山田{chance.randrange(5000)}")))

    def broad() -> Predicate:
        return all_of((has(".type", "Task"), has("status", "requested")))

    told += [await each("read one, a snapshot each", 2, read)]
    told += [await each("find a household's 12", 2, asking(household, EVERYTHING))]
    told += [await each("find a household's 12 within a policy", 2, asking(household, policy(5)))]
    told += [
        await each("find a household's 12 within a policy, with total", 2, asking(household, policy(5), counted=True))
    ]
    told += [await each("find by the beginning of a name within a policy", 2, asking(name, policy(5)))]
    told += [await each("first 50 of a quarter of all records", 2, asking(broad, EVERYTHING))]
    told += [await each("first 50 of a quarter of all records within a policy", 2, asking(broad, policy(5)))]
    fresh = iter(range(records, 10**8))

    async def commit() -> None:
        async def work(transaction: Transaction) -> None:
            await transaction.put(version(next(fresh)))

        await store.transact(work)

    told += [await each("commits of one new record, one writer", 3, commit)]
    done, start = 0, time.perf_counter()

    async def writer() -> None:
        nonlocal done
        while time.perf_counter() - start < 3:
            await commit()
            done += 1

    await asyncio.gather(*(writer() for _ in range(50)))
    told.append(
        Figure("store: commits of one new record, 50 writers", f"{done / (time.perf_counter() - start):,.0f} /s")
    )
    await store.close()
    return told


def measured(full: bool = False) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        yield from asyncio.run(_all(350_000 if full else 35_000, Path(folder)))
