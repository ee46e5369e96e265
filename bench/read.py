"""An authorized, policy-checked, audited read of one record, beside the same server returning constant bytes.

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

ROUNDS = 5
SECONDS = 2.0
CONNECTIONS = 32


def measured(full: bool = False) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder, server.serving(Path(folder)) as (address, started):
        credentials = Credentials.read(Path(folder) / "demo-credentials.json")
        people = People(f"{address}/fhir", credentials)
        city = City(people)
        for step in (sheet.file_sheet, consent.sign):
            assert all(told.held for told in step(city))
        record = f"{address}/fhir/{city.known['mother']}"
        readers = {
            "by consent (P3), a system": people.system("health-center-system"),
            "own duty (P1), an officer": people.officer("yorisoi"),
        }
        yield Figure("cold start to the first answer", f"{started:.2f} s")
        for name, client in readers.items():
            token = client.token()
            pairs = [_pair(address, record, token) for _ in range(ROUNDS)]
            ratio = median(read / constant for read, constant in pairs)
            read, constant = (median(each) for each in zip(*pairs, strict=True))
            yield Figure(f"reads of one record, 32 connections, {name}", f"{read:,.0f}/s")
            yield Figure("the same server's constant bytes in the same run", f"{constant:,.0f}/s")
            yield figure.at_least(f"ratio of the two, {name}", ratio, 0.20, "")
        one = load.rate(record, token, connections=1, seconds=SECONDS)
        yield Figure("the same read over one connection", f"{one:,.0f}/s")


def _pair(address: str, record: str, token: str) -> tuple[float, float]:
    read = load.rate(record, token, connections=CONNECTIONS, seconds=SECONDS)
    return read, load.rate(f"{address}/constant", "", connections=CONNECTIONS, seconds=SECONDS)
