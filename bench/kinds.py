"""What each kind of search parameter, a chain, an include, a create and an export cost the server's CPU over HTTP.

docs/figures.md. HAPI's figures are of its version 8.8 on PostgreSQL 15 on a machine like ours, 2026, by its defaults.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from urllib.parse import quote

import httpx2
import orjson

from bench import city, folders, http, processes, served
from bench.even import FIELDS, Even
from bench.figure import Figure
from bench.served import Served

TOWN = Even(46_669, agencies=1)
"""20,001 people of one agency with a concern each, and 6,667 observations."""

AGENCY, ROUNDS = "agency-0", 3
_PAGE, _COUNTED = "_count=20&_total=none", "_count=20&_total=accurate"
_PATIENCE = 300


def beside_hapi(town: Even) -> dict[str, tuple[str, str]]:
    """What both were asked, and the milliseconds of CPU that HAPI took, with neither policy nor trail."""
    person = f"Patient/{town.id('Patient', 0)}"
    named = quote(f"{city.FAMILIES[0]}{city.GIVEN[0]}")
    return {
        "a read by id": (person, "1.9 to 2.6"),
        "a string, 334 hits and their total": (f"Patient?name={named}&{_COUNTED}", "20 to 26"),
        "a token, 2,500 hits and their total": (f"Condition?code={FIELDS[0]}&{_COUNTED}", "9"),
        "a reference and its total": (f"Condition?subject={person}&{_COUNTED}", "13"),
        "a date, 334 hits and their total": (f"Patient?birthdate=1986-01&{_COUNTED}", "9 to 11"),
    }


def searches(town: Even) -> dict[str, str]:
    """A first page of twenty by each kind of parameter, where so many are found."""
    person, sheet = f"Patient/{town.id('Patient', 0)}", quote("相談の記録1")
    return {
        "token": "Patient?gender=female",
        "string": f"Patient?family={quote(city.FAMILIES[0])}",
        "string, anywhere in it": f"Patient?address:contains={quote('区9丁目')}",
        "date": "Patient?birthdate=ge1990-01-01",
        "reference": f"Condition?subject={person}",
        "quantity": "Observation?value-quantity=gt100",
        "identifier": "Patient?identifier=https://city.example/case-number|000000001",
        "chain": "Condition?subject:Patient.gender=female",
        "_has": f"Patient?_has:Condition:patient:code={FIELDS[0]}",
        "_include": "Condition?_include=Condition:subject",
        "_revinclude": "Patient?gender=female&_revinclude=Condition:subject",
        "_filter": f"Patient?_filter={quote('gender eq female and birthdate ge 1990-01-01')}",
        "_content": f"Condition?_content={sheet}",
        "_sort by a string": "Patient?_sort=family,-birthdate",
    }


def measured(full: bool = False) -> Iterator[Figure]:
    with folders.of(TOWN) as folder, served.serving(TOWN, folder) as found:
        for name, (path, theirs) in beside_hapi(TOWN).items():
            yield _beside(name, theirs, partial(found.cost, path, AGENCY, seconds=0.7))
        for name, path in searches(TOWN).items():
            cost = _middle(partial(found.cost, f"{path}&{_PAGE}", AGENCY, seconds=0.7))
            yield Figure(f"a page of 20 by {name}", f"{cost:.2f} ms CPU")
        yield _beside("a create of a person", "4.4 to 5.0", partial(found.cost, "Patient", AGENCY, body=_person()))
        yield _beside("a transaction of 50", "101 to 117", partial(http.transaction, found))
        count, spent = _exported(found)
        yield Figure(f"an export of {count:,} records, found and fetched, each", f"{spent / count:.3f} ms CPU")


def _beside(name: str, theirs: str, cost: Callable[[], float]) -> Figure:
    return Figure(f"{name} (HAPI FHIR: {theirs})", f"{_middle(cost):.2f} ms CPU")


def _middle(cost: Callable[[], float]) -> float:
    return median(cost() for _ in range(ROUNDS))


def _person() -> bytes:
    person = TOWN.person(-5000, city.FAMILIES[0])
    del person["id"]
    return orjson.dumps(person)


def _exported(found: Served) -> tuple[int, float]:
    """How many records, and the milliseconds of CPU in all, with what the server does beside."""
    before = processes.cpu(found.pid)
    bearer = {"authorization": f"Bearer {found.token(AGENCY)}"}
    with httpx2.Client(headers=bearer, trust_env=False, timeout=60) as web:
        begun = web.get(found.url("$export?_type=Condition,Patient"), headers={"prefer": "respond-async"})
        status, until = begun.headers["content-location"], time.monotonic() + _PATIENCE
        while (answer := web.get(status)).status_code == 202 and time.monotonic() < until:
            time.sleep(0.5)
        files = answer.raise_for_status().json()["output"]
        count = sum(len(web.get(each["url"]).content.splitlines()) for each in files)
        web.delete(status)
    return count, 1000 * (processes.cpu(found.pid) - before)
