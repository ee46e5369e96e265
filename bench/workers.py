"""Reads a second by two server processes beside one, on one store and with the driver on the same cores.

docs/figures.md
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from bench import figure, load, server
from bench.figure import Figure
from demo.credentials import Credentials
from demo.journey import consent, sheet
from demo.journey.city import City
from demo.people import People

ROUNDS = 3
SECONDS = 3.0
CONNECTIONS = 32


def measured(full: bool = False) -> Iterator[Figure]:
    rounds = [(_rates(1), _rates(2)) for _ in range(ROUNDS)]
    for place, name in enumerate(("record", "directory")):
        ratio = median(two[place] / one[place] for one, two in rounds)
        one, two = (median(each[place] for each in rates) for rates in zip(*rounds, strict=True))
        yield figure.at_least(
            f"reads of a {name} by two workers ({two:,.0f}/s) beside one ({one:,.0f}/s)", ratio, 1.3, "×"
        )


def _rates(workers: int) -> tuple[float, float]:
    """Of a record under policy and with its event on the trail, and of a page of the public directory."""
    with tempfile.TemporaryDirectory() as folder, server.serving(Path(folder), workers) as (address, _):
        people = People(f"{address}/fhir", Credentials.read(Path(folder) / "demo-credentials.json"))
        city = City(people)
        for step in (sheet.file_sheet, consent.sign):
            assert all(told.held for told in step(city))
        token = people.system("health-center-system").token()
        addresses = (f"{address}/fhir/{city.known['mother']}", f"{address}/fhir/Organization/okayama-city")
        record, directory = (load.rate(each, token, connections=CONNECTIONS, seconds=SECONDS) for each in addresses)
        people.close()
        return record, directory
