"""Lay a city of bench/city.py down in a store, by the product's own functions in several processes.

docs/figures.md
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from itertools import islice
from typing import TypeVar

from bench import city
from bench.city import City, Json
from consent.engine import PolicyEngine
from consent.relations import contributions
from consent.verdict import NONE, Verdict
from profiles import load
from resources.record import envelope, parse, stamp
from resources.record.envelope import Envelope, Origin
from resources.record.version import Version
from resources.search.index import Index
from resources.search.relation import Relation
from resources.store import open as stores
from resources.store.port import Store, Transaction

BASE = "https://records.example/fhir"
BATCH = 40
"""Households in one transaction."""
_NOWHERE: dict[str, Json] = {}
_FIRST = datetime(2026, 4, 1, tzinfo=UTC)

Ready = list[tuple[Version, frozenset[Relation]]]
T = TypeVar("T")


async def fill(store: Store, whole: City, say: bool = False) -> float:
    """Put the whole city; the records a second."""
    begun, done = time.perf_counter(), 0
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as workers:
        for ready in _in_turn(workers, whole):
            await store.transact(partial(_put, ready))
            done += len(ready)
            if say and done // 50_000 > (done - len(ready)) // 50_000:
                print(f"  {done:,} records, {done / (time.perf_counter() - begun):,.0f}/s", flush=True)
    return done / (time.perf_counter() - begun)


async def _put(ready: Ready, tx: Transaction) -> None:
    for version, relations in ready:
        await tx.put(version, relations)


def _in_turn(workers: ProcessPoolExecutor, whole: City) -> Iterator[Ready]:
    """The batches in order, few of them made ahead."""
    jobs = iter(range(-1, (whole.households + BATCH - 1) // BATCH))
    waiting = [workers.submit(_batch, whole, job) for job in islice(jobs, 6)]
    while waiting:
        yield waiting.pop(0).result()
        waiting += [workers.submit(_batch, whole, job) for job in islice(jobs, 1)]


def _batch(whole: City, job: int) -> Ready:
    """The versions of some households; job -1 is the directory and what the reading agencies have."""
    known: dict[str, Envelope] = {}
    since = instant(job)
    if job < 0:
        return [_version(each, "Organization/okayama-city", since, known) for each in whole.directory()]
    found: Ready = []
    for n in range(job * BATCH, min((job + 1) * BATCH, whole.households)):
        found += _versions(whole.household(n), whole.keeper(n), since, known)
    if job == 0:
        for reader in city.READERS:
            found += _versions(whole.own(reader), reader.name, since, known)
            found += _versions(whole.addressed(reader), "agency-0", since, known)
    return found


def _versions(resources: Iterable[Json], agency: str, since: str, known: dict[str, Envelope]) -> Ready:
    return [_version(each, f"Organization/{agency}", since, known) for each in resources]


def instant(job: int) -> str:
    """Of each batch, later than the one before."""
    return (_FIRST + timedelta(milliseconds=1000 + job)).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _version(
    resource: Json, custodian: str, since: str, known: dict[str, Envelope]
) -> tuple[Version, frozenset[Relation]]:
    body = stamp.stamped(resource, resource["id"], 1, since)
    whole = parse.editable(body)
    name = f"{resource['resourceType']}/{resource['id']}"
    known[name] = envelope.of(whole, Origin(custodian, custodian), _NOWHERE.get, known.get)
    terms = tuple(sorted(known[name].terms() | _engine().terms(whole) | _verdict(resource, custodian).terms()))
    version = Version(resource["resourceType"], resource["id"], 1, since, False, body, terms)
    return version, contributions.of(whole, terms)


def _verdict(resource: Json, custodian: str) -> Verdict:
    """What the filing of a consent or the asking of a request by this agency would have come to."""
    if resource["resourceType"] == "Consent":
        return Verdict(True, frozenset({custodian}))
    return Verdict(True) if resource["resourceType"] in ("Task", "ServiceRequest", "Appointment") else NONE


@cache
def _engine() -> PolicyEngine:
    """Terms ask no store."""
    spec = load.load()
    return PolicyEngine.of(stores.opened("/nowhere"), spec, Index(spec, BASE))
