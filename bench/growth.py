"""A large city beside a small one: a read, a household search and an inbox; memory of a worker, and the start.

docs/figures.md
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from statistics import median

from bench import city, figure, folders, processes, served, timed
from bench.city import City
from bench.figure import Figure
from bench.repeated import Repeated
from bench.served import Served

ROUNDS = 7
SMALL, LARGE, FULL = 35_000, 140_000, 3_500_000


def measured(full: bool = False) -> Iterator[Figure]:
    large = FULL if full else LARGE
    small, other = City(SMALL), Repeated(large)
    with (
        folders.of(small) as one,
        folders.of(other) as two,
        served.serving(small, one) as beside,
        served.serving(other, two) as found,
    ):
        for name in _paths(found):
            pairs = [(_p50(beside, name), _p50(found, name)) for _ in range(ROUNDS)]
            ratio = median(two / one for one, two in pairs)
            yield figure.at_most(f"{name}, {large:,} records beside {SMALL:,}, p50", ratio, 1.5, "×")
        yield figure.at_most(f"memory of the worker with {large:,} records", processes.largest(found.pid), 250, "MB")
        yield figure.at_most(f"start with {large:,} records to the first answer", found.started, 1.5, "s")


def _paths(found: Served) -> dict[str, list[str]]:
    """Of different households, those everywhere in the city."""
    whole = found.city
    households = range(0, whole.households - whole.agencies, max(whole.households // 100 // whole.agencies, 1) * 64)
    families = [
        ",".join(f"Patient/{whole.id('Patient', n * city.PERSONS + k)}" for k in range(city.PERSONS))
        for n in households
    ]
    return {
        "read": [f"Observation/{whole.id('Observation', n)}" for n in households],
        "household search": [f"Condition?patient={family}&_total=accurate" for family in families],
        "inbox": ["Task?owner=Organization/agency-0&status=requested&_total=none&_count=20"],
    }


def _p50(found: Served, name: str) -> float:
    urls = [found.url(path) for path in _paths(found)[name]]
    requests = [timed.request(url, found.token("agency-0")) for url in urls]
    return timed.percentile(asyncio.run(timed.asked(requests, urls[0], seconds=0.7)), 0.5)
