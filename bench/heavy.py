"""What others wait while one client sends the heaviest bodies that are taken, or asks for what costs most to make.

docs/figures.md; docs/operations.md, "limits"
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from statistics import median
from typing import Any

import httpx2
import orjson

from bench import figure, folders, served, timed
from bench.city import City
from bench.figure import Figure
from bench.served import Served
from resources import care_plan

ROUNDS = 3
CITY = City(2_000)
BAR = 250.0
_CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"


def measured(full: bool = False) -> Iterator[Figure]:
    with folders.of(CITY) as folder, served.serving(CITY, folder) as found:
        for what, request in _asked(found):
            rounds = [asyncio.run(_round(found, request)) for _ in range(ROUNDS)]
            metadata, read, write = (median(each) for each in zip(*rounds, strict=True))
            yield figure.at_most(f"p99 of `/fhir/metadata` beside {what}", metadata, BAR, "ms")
            yield figure.at_most(f"p99 of another's read beside {what}", read, BAR, "ms")
            yield figure.at_most(f"the longest that another's write takes beside {what}", write, BAR, "ms")


def _asked(found: Served) -> Iterator[tuple[str, bytes]]:
    token = found.token("agency-1")
    for what, path, body in _bodies():
        yield what, timed.request(found.url(path), token, body)
    person = _posted(found, {"resourceType": "Patient", "name": [{"text": "a"}]})
    for _ in range(8):
        entries = [{"resource": _concern(person), "request": {"method": "POST", "url": "Condition"}} for _ in range(50)]
        _posted(found, {"resourceType": "Bundle", "type": "transaction", "entry": entries})
    plan = _posted(found, _plan(person))
    for what, path in {
        "a week of 300 services as a page": f"{plan}/$timetable?_format=html",
        "the same as PDF": f"{plan}/$timetable?_format=pdf",
        "a page of 500 in XML": f"Condition?patient={person}&_count=500&_format=xml",
        "`$everything` about 400 records": f"{person}/$everything?_count=500",
        "`$who-can-see` of 400 records": f"{person}/$who-can-see",
    }.items():
        yield what, timed.request(found.url(path), token)


def _posted(found: Served, body: dict[str, Any]) -> str:
    """The reference of what was created, if it is one."""
    path = "" if body["resourceType"] == "Bundle" else body["resourceType"]
    head = {"authorization": f"Bearer {found.token('agency-1')}", "content-type": "application/fhir+json"}
    answer = httpx2.post(found.url(path), content=orjson.dumps(body), headers=head, timeout=60, trust_env=False)
    answer.raise_for_status()
    return "/".join(answer.headers.get("location", "").split("/fhir/")[-1].split("/")[:2])


def _concern(person: str) -> dict[str, Any]:
    return {
        "resourceType": "Condition",
        "subject": {"reference": person},
        "clinicalStatus": {"coding": [{"system": _CLINICAL, "code": "active"}]},
    }


def _plan(person: str) -> dict[str, Any]:
    """The largest week that is written: each service every day."""
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    services = []
    for n in range(care_plan.MOST):
        at = {"dayOfWeek": days, "timeOfDay": [f"{n % 24:02}:{n * 7 % 60:02}:00"], "duration": 60}
        repeat = at | {"durationUnit": "min", "period": 1, "periodUnit": "wk"}
        said = {"status": "scheduled", "code": {"text": f"支援{n}"}, "scheduledTiming": {"repeat": repeat}}
        services.append({"detail": said})
    plan = {"resourceType": "CarePlan", "status": "draft", "intent": "plan", "subject": {"reference": person}}
    return plan | {"activity": services}


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
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry] * 50}
    yield "a transaction of 50 records", "", orjson.dumps(bundle)


async def _round(found: Served, request: bytes) -> tuple[float, float, float]:
    """p99 in milliseconds of two others who read, and the longest of one who writes, while one asks so again and
    again."""
    record, metadata = found.url(f"Condition/{found.city.id('Condition', 0)}"), found.url("metadata")
    token = found.token("agency-0")
    written = orjson.dumps({"resourceType": "Patient", "name": [{"text": "b"}]})
    write = timed.request(found.url("Patient"), token, written)
    taken, told, stored, _ = await asyncio.gather(
        timed.asked([timed.request(metadata, token)], metadata, seconds=3, late=0.2),
        timed.asked([timed.request(record, token)], record, seconds=3, late=0.2),
        timed.asked([write], metadata, seconds=3, late=0.2),
        timed.asked([request], metadata, seconds=3.2),
    )
    return timed.percentile(taken, 0.99), timed.percentile(told, 0.99), max(stored) * 1000
