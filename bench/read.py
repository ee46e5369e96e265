"""An authorized, policy-checked, audited read of one record, beside the same server returning constant bytes.

docs/figures.md
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from statistics import median

from bench import load, server
from demo.credentials import Credentials
from demo.journey import consent, sheet
from demo.journey.city import City
from demo.people import People

ROUNDS = 5
SECONDS = 2.0
CONNECTIONS = 32


def main() -> None:
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
        print(f"cold start to first answer: {started:.2f} s")
        for name, client in readers.items():
            token = client.token()
            pairs = [_pair(address, record, token) for _ in range(ROUNDS)]
            ratio = median(read / constant for read, constant in pairs)
            read, constant = (median(each) for each in zip(*pairs, strict=True))
            print(f"{name}: {read:,.0f} reads/s, constant bytes {constant:,.0f}/s, ratio {ratio:.2f}")
        one = load.rate(record, token, connections=1, seconds=SECONDS)
        print(f"one connection: {one:,.0f} reads/s")


def _pair(address: str, record: str, token: str) -> tuple[float, float]:
    read = load.rate(record, token, connections=CONNECTIONS, seconds=SECONDS)
    return read, load.rate(f"{address}/constant", "", connections=CONNECTIONS, seconds=SECONDS)


if __name__ == "__main__":
    main()
