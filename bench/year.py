"""A year that `tsunagu simulate` plays, and what its people then ask of it: worklists, inboxes, households, numbers.

docs/figures.md; docs/simulate.md. The city is demo/year's, made through the API by the rules: requests, meetings,
roles, plans and consents in the proportions of slide 25, which bench/city.py has not.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from api import installation
from api.commands import simulate
from api.settings import Settings
from bench import server, timed
from bench.figure import Figure
from demo.credentials import Credentials
from demo.people import CARE, People
from demo.rest import Client

FIRST, DAYS, SEED = date(2025, 4, 1), 365, 1
SMALL, LARGE, FULL = 12, 48, 400
"""So many households come in the year."""
ROUNDS, SECONDS = 5, 0.7
LEAD, STATISTICS = "lead-section", "statistics"


@dataclass(frozen=True, slots=True)
class Lived:
    """A year that was played, and a server over it."""

    year: simulate.Year
    address: str
    people: People


def measured(full: bool = False) -> Iterator[Figure]:
    large = FULL if full else LARGE
    with ExitStack() as opened:
        beside, lived = (_lived(opened, households) for households in (SMALL, large))
        acts, each = sum(lived.year.acts.values()), lived.year.written / lived.year.seconds
        what = f"a year of {large:,} households played through the API: {acts:,} acts, {lived.year.written:,} versions"
        yield Figure(what, f"{each:,.0f} versions a second")
        for (name, few), (_, many) in zip(_asked(beside), _asked(lived), strict=True):
            _p50(few), _p50(many)
            rounds = [(_p50(few), _p50(many)) for _ in range(ROUNDS)]
            ratio, taken = median(two / one for one, two in rounds), median(two for _, two in rounds)
            yield Figure(
                f"{name}, a year of {large:,} households beside {SMALL}, p50", f"{ratio:.2f}× ({taken:.1f} ms)"
            )


def _lived(opened: ExitStack, households: int) -> Lived:
    folder = Path(opened.enter_context(tempfile.TemporaryDirectory())) / "year"
    year = simulate.year(Settings(data=folder), households=households, seed=SEED, first=FIRST, days=DAYS)
    address, _ = opened.enter_context(server.serving(folder))
    people = People(f"{address}/fhir", Credentials.read(folder / installation.CREDENTIALS))
    opened.callback(people.close)
    return Lived(year, address, people)


def _asked(lived: Lived) -> Iterator[tuple[str, tuple[str, bytes]]]:
    """What is asked, as an address and a request: of a household it is the lead section, which decided on it."""
    group = _client(lived, LEAD).get("Group", _count="1").resources[0]["id"]
    numbers = f"Measure/results/$evaluate-measure?periodStart={FIRST}&periodEnd={FIRST + timedelta(days=DAYS - 1)}"
    for name, who, purpose, path in (
        ("the coordinator's worklist", "coordinator", CARE, "$worklist"),
        ("an officer's worklist", "yorisoi", CARE, "$worklist"),
        ("an officer's inbox", "yorisoi", CARE, "Task?owner=Organization/yorisoi-center&_total=none&_count=20"),
        ("a household's summary", LEAD, CARE, f"Group/{group}/$household-summary"),
        ("a household's plans with what they name", LEAD, CARE, f"CarePlan?subject=Group/{group}&_include=*"),
        ("the numbers of slide 25", LEAD, STATISTICS, numbers),
    ):
        url = f"{lived.address}/fhir/{path}"
        yield name, (url, timed.request(url, _client(lived, who, purpose).token()))


def _client(lived: Lived, who: str, purpose: str = CARE) -> Client:
    return lived.people.officer(who, purpose)


def _p50(asked: tuple[str, bytes]) -> float:
    url, request = asked
    return timed.percentile(asyncio.run(timed.asked([request], url, seconds=SECONDS)), 0.5)
