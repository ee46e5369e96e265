"""What requests cost the server's CPU over HTTP: a household, a broad token search, a transaction of fifty.

docs/figures.md
"""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

import orjson

from bench import city, figure, folders, served
from bench.city import City
from bench.figure import Figure
from bench.served import Served

ROUNDS = 5
BROAD = City(37_500, agencies=1)
"""A city with 7,500 people of one agency: a third of them are women."""


def measured(full: bool = False) -> Iterator[Figure]:
    with folders.of(BROAD) as folder, served.serving(BROAD, folder) as found:
        # One after the other in each round: so what disturbs one disturbs the others too.
        rounds = [(_household(found), _broad(found), transaction(found)) for _ in range(ROUNDS)]
    household, broad, fifty = (median(each) for each in zip(*rounds, strict=True))
    yield figure.at_most("search in one household over HTTP, 20 rows and total", household, 2.0, "ms CPU")
    yield figure.at_most("broad token search over HTTP, 2,500 hits counted exactly", broad, 10.0, "ms CPU")
    yield figure.at_most("transaction of 50 over HTTP", fifty, 60.0, "ms CPU")


def _household(found: Served) -> float:
    family = ",".join(f"Patient/{found.city.id('Patient', k)}" for k in range(city.PERSONS))
    return found.cost(f"Condition?patient={family}&_total=accurate", "agency-0", seconds=1)


def _broad(found: Served) -> float:
    return found.cost("Patient?gender=female&_total=accurate&_count=20", "agency-0", seconds=1)


def transaction(found: Served) -> float:
    """Of twenty-five people and a concern of each."""
    entries = []
    for n in range(25):
        person = f"urn:uuid:00000000-0000-4000-8000-{n:012}"
        own = found.city.person(-1000 - n, city.FAMILIES[0])
        concern = found.city.concern(-1000 - n, "")
        concern["subject"] = {"reference": person}
        for url, resource in ((person, own), (f"urn:uuid:00000000-0000-4000-9000-{n:012}", concern)):
            del resource["id"]
            request = {"method": "POST", "url": resource["resourceType"]}
            entries.append({"fullUrl": url, "resource": resource, "request": request})
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    return found.cost("", "agency-0", seconds=2, body=orjson.dumps(bundle))
