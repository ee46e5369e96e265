"""Lay a city of bench/city.py down as a store of its own: derived by the product's own functions, in several processes.

docs/figures.md. What is derived goes into the tables by the store's own statements, while they have no index, and the
indexes are made at the end: into a tree that is larger than the memory each record would take a page a term.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import re
import sqlite3
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import islice
from pathlib import Path

import orjson

from bench import city
from bench.city import City, Json
from bench.repeated import renamed
from consent import derivation
from consent.engine import PolicyEngine
from consent.relations import contributions
from consent.verdict import NONE, Verdict
from profiles import load
from resources.record import envelope, parse, stamp
from resources.record.envelope import Envelope, Origin
from resources.record.version import Version
from resources.search.index import Index
from resources.search.relation import FOREVER, Relation
from resources.store import open as stores
from resources.store import sqlite_file, sqlite_instant, sqlite_put
from resources.store.admission import texts
from resources.store.body import digest

BASE = "https://records.example/fhir"
BATCH = 40
"""Households derived, and written, at once."""
_NOWHERE: dict[str, Json] = {}
_FIRST = datetime(2026, 4, 1, tzinfo=UTC)
_UPDATED = re.compile(r"(_lastUpdated [<>@])([0-9]{15})")
"""The term of an instant, in milliseconds."""
_INDEXES = "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL AND tbl_name NOT LIKE 'trail%'"

Ready = list[tuple[Version, frozenset[Relation]]]
Row = tuple[str, str, str, list[str], list[list[str]]]
"""Type, id and body of a record in its first version, its terms, and the texts of its relations."""


def fill(folder: Path, whole: City, say: bool = False) -> None:
    """Make the store of the whole city; as long as it is not whole the folder has none."""
    with tempfile.TemporaryDirectory(dir=folder) as made:
        asyncio.run(_empty(Path(made)))
        path = Path(made) / sqlite_file.NAME
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            for setting in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -2000000", "threads = 4"):
                connection.execute(f"PRAGMA {setting}")
            indexes = connection.execute(_INDEXES).fetchall()
            for name, _ in indexes:
                connection.execute(f"DROP INDEX {name}")
            _lay(connection, whole, say)
            for name, sql in indexes:
                begun = time.perf_counter()
                connection.execute(sql)
                if say:
                    print(f"  index {name}: {time.perf_counter() - begun:,.0f} s", flush=True)
            connection.execute("PRAGMA journal_mode = WAL")
        path.rename(folder / sqlite_file.NAME)


async def _empty(folder: Path) -> None:
    store = stores.opened(str(folder), generation=derivation.generation(load.load()))
    await store.open()
    await store.close()


def _lay(connection: sqlite3.Connection, whole: City, say: bool) -> None:
    begun, done = time.perf_counter(), 0
    connection.execute("BEGIN")
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as workers:
        for since, text in _in_turn(workers, whole):
            rows: list[Row] = orjson.loads(text)
            for row in rows:
                _put(connection, since, row)
            sqlite_instant.reached(connection, since)
            done += len(rows)
            if say and done // 50_000 > (done - len(rows)) // 50_000:
                print(f"  {done:,} records, {done / (time.perf_counter() - begun):,.0f}/s", flush=True)
    connection.execute("COMMIT")


def _put(connection: sqlite3.Connection, since: str, row: Row) -> None:
    type, id, text, terms, relations = row
    body, held = text.encode(), orjson.dumps(sorted(terms))
    added = (type, id, 1, since, since, False, held, body, digest(body))
    seq = connection.execute(sqlite_put.ADD_VERSION, added).lastrowid
    number = sqlite_put.type_number(connection, type)
    connection.execute(sqlite_put.ADD_TERMS, (seq, True, number, held.decode()))
    kept = ((*said, since, FOREVER, f"{type}/{id}", 1) for said in relations)
    connection.executemany(sqlite_put.ADD, kept)


def _in_turn(workers: ProcessPoolExecutor, whole: City) -> Iterator[tuple[str, bytes]]:
    """The batches in order, few of them made ahead."""
    jobs = iter(range(-1, (whole.households + BATCH - 1) // BATCH))
    waiting = [workers.submit(rows, whole, job) for job in islice(jobs, 6)]
    while waiting:
        yield waiting.pop(0).result()
        waiting += [workers.submit(rows, whole, job) for job in islice(jobs, 1)]


def rows(whole: City, job: int) -> tuple[str, bytes]:
    """The instant and the rows of some households; job -1 is the directory and what the reading agencies have."""
    households = range(job * BATCH, min((job + 1) * BATCH, whole.households))
    if len(households) < BATCH or whole.like(households[0]) == households[0]:
        return instant(job), derived(whole, job)
    model = whole.like(households[0]) // BATCH
    names = {name: own for n in households for name, own in whole.names(n).items()}
    text = renamed(_model(whole, model), names).replace(instant(model), instant(job))
    return instant(job), _UPDATED.sub(lambda found: f"{found[1]}{int(found[2]) + job - model:015}", text).encode()


@cache
def _model(whole: City, job: int) -> str:
    return derived(whole, job).decode()


def derived(whole: City, job: int) -> bytes:
    """The rows of some households as the product derives them, as JSON."""
    return orjson.dumps(
        [
            (each.type, each.id, each.body.decode(), each.terms, [texts(relation) for relation in sorted(relations)])
            for each, relations in _batch(whole, job)
        ]
    )


def _batch(whole: City, job: int) -> Ready:
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
