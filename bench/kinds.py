"""What each kind of search parameter, a chain, an include, a create and an export cost the server's CPU over HTTP.

docs/figures.md
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from statistics import median
from urllib.parse import quote

import httpx2
import orjson

from bench import city, folders, processes, served
from bench.city import City
from bench.figure import Figure
from bench.served import Served

TOWN = City(10_000, agencies=1)
"""2,000 people of one agency."""

AGENCY, ROUNDS = "agency-0", 3
_PAGE = "_count=20&_total=none"
_PATIENCE = 300


def searches(town: City) -> dict[str, str]:
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
        "_has": f"Patient?_has:Condition:patient:code={city.FIELDS[0]}",
        "_include": "Condition?_include=Condition:subject",
        "_revinclude": "Patient?gender=female&_revinclude=Condition:subject",
        "_filter": f"Patient?_filter={quote('gender eq female and birthdate ge 1990-01-01')}",
        "_content": f"Condition?_content={sheet}",
        "_sort by a string": "Patient?_sort=family,-birthdate",
    }


def measured(full: bool = False) -> Iterator[Figure]:
    with folders.of(TOWN) as folder, served.serving(TOWN, folder) as found:
        for name, path in searches(TOWN).items():
            costs = [found.cost(f"{path}&{_PAGE}", AGENCY, seconds=0.7) for _ in range(ROUNDS)]
            yield Figure(f"a page of 20 by {name}", f"{median(costs):.2f} ms CPU")
        created = [found.cost("Patient", AGENCY, seconds=0.7, body=_person()) for _ in range(ROUNDS)]
        yield Figure("a create of a person", f"{median(created):.2f} ms CPU")
        count, spent = _exported(found)
        yield Figure(f"an export of {count:,} records, found and fetched, each", f"{spent / count:.3f} ms CPU")


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
