"""What a write pays for being held against all of R4: a create at the gate, and validation by itself.

docs/validation.md; docs/figures.md
"""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import fhirkit
import orjson

from bench import city, figure
from bench.city import City
from bench.figure import Figure
from bench.inside import Inside, Officer, officers
from consent.writing import change
from consent.writing.prepared import Change
from profiles import load
from resources.record import validate


def measured(full: bool = False) -> Iterator[Figure]:
    """Both on the records of a city's households, over and over, on one core."""
    whole = City(3_000, agencies=1)
    records = [each for n in range(100 if full else 40) for each in whole.household(n)]
    bodies = [orjson.dumps(each) for each in records]
    spec = load.load()

    def fully() -> None:
        for record, body in zip(records, bodies, strict=True):
            validate.validate(spec, record, body)

    def structurally() -> None:
        for body in bodies:
            fhirkit.validate(body)

    all_of_it, structure = (_fastest(work) / len(bodies) for work in (fully, structurally))
    with tempfile.TemporaryDirectory() as name:
        create = asyncio.run(_creates(Path(name), 400 if full else 150))
    yield figure.at_least("records held against all of R4, on one core", 1 / all_of_it, 2_000, "/s")
    less = create - all_of_it + structure
    yield figure.at_most("a create, against one with structural checks only", create / less, 1.3, "×")
    yield Figure(
        "of it validation, and of that the structural checks", f"{1e6 * all_of_it:.0f} and {1e6 * structure:.0f} µs"
    )


def _fastest(work: Callable[[], None]) -> float:
    took = []
    for _ in range(6):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    return min(took)


async def _creates(folder: Path, times: int) -> float:
    """Seconds that the median create of a concern takes at the gate, durably, of an agency about its own person."""
    inside = await Inside.open(City(12_000, agencies=2), folder)
    try:
        officer = inside_officer(inside)
        readers = next(each for each in city.READERS if each.name == officer.agency)
        [own] = inside.city.own(readers)
        concern = {
            **next(each for each in inside.city.household(0) if each["resourceType"] == "Condition"),
            "subject": {"reference": f"Patient/{own['id']}"},
        }
        concern = {name: value for name, value in concern.items() if name not in ("recorder", "asserter", "encounter")}
        took = []
        for _ in range(times):
            asked = Change("create", "Condition", change.new_id(), orjson.dumps(concern))
            begun = time.perf_counter()
            await inside.gate.commit(officer.actor, [asked])
            took.append(time.perf_counter() - begun)
    finally:
        await inside.close()
    return sorted(took)[len(took) // 2]


def inside_officer(inside: Inside) -> Officer:
    """An officer of an agency of the city that keeps a person."""
    wordings = sorted({each.wordings for each in city.READERS})
    return next(one for count in wordings for one in officers(inside, count))
