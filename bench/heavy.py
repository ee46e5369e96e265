"""What others wait while one client sends the heaviest bodies that are taken.

docs/figures.md; docs/operations.md, "limits"
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from statistics import median

import orjson

from bench import figure, folders, served, timed
from bench.city import City
from bench.figure import Figure
from bench.served import Served

ROUNDS = 3
CITY = City(2_000)
BAR = 250.0


def measured(full: bool = False) -> Iterator[Figure]:
    with folders.of(CITY) as folder, served.serving(CITY, folder) as found:
        for what, path, body in _bodies():
            rounds = [asyncio.run(_round(found, path, body)) for _ in range(ROUNDS)]
            metadata, read = (median(each) for each in zip(*rounds, strict=True))
            yield figure.at_most(f"p99 of `/fhir/metadata` beside {what}", metadata, BAR, "ms")
            yield figure.at_most(f"p99 of another's read beside {what}", read, BAR, "ms")


def _bodies() -> Iterator[tuple[str, str, bytes]]:
    person = {"resourceType": "Patient", "name": [{"text": "a"}]}
    inner = {"url": "https://example.org/b", "valueString": "x"}
    extensions = [{"url": "https://example.org/a", "extension": [inner]}] * 6_900
    yield "a record of 48,000 values", "Patient", orjson.dumps(person | {"extension": extensions})
    picture = {"contentType": "image/png", "data": "A" * 4_800_000}
    yield "a record of 4.8 MB", "Patient", orjson.dumps(person | {"photo": [picture]})
    identifiers = [{"system": "https://example.org/a", "value": f"v{n}"} for n in range(3_000)]
    yield "a record of 9,000 terms", "Patient", orjson.dumps(person | {"identifier": identifiers})
    entry = {"resource": person, "request": {"method": "POST", "url": "Patient"}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry] * 200}
    yield "a transaction of 200 records", "", orjson.dumps(bundle)


async def _round(found: Served, path: str, body: bytes) -> tuple[float, float]:
    """p99 in milliseconds of two others, while one sends such a body again and again."""
    record, metadata = found.url(f"Condition/{found.city.id('Condition', 0)}"), found.url("metadata")
    token = found.token("agency-0")
    taken, told, _ = await asyncio.gather(
        timed.asked([timed.request(metadata, token)], metadata, seconds=3, late=0.2),
        timed.asked([timed.request(record, token)], record, seconds=3, late=0.2),
        timed.asked([timed.request(found.url(path), found.token("agency-1"), body)], metadata, seconds=3.2),
    )
    return timed.percentile(taken, 0.99), timed.percentile(told, 0.99)
