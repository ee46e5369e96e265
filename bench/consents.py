"""One agency with 10 to 50,000 consents in 1 and 1,000 wordings: what the same acts cost it, at the gate.

docs/figures.md
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from bench import city, figure, folders, inside, rounds
from bench.city import City
from bench.figure import Figure
from bench.inside import Inside, Officer

Named = tuple[str, Callable[[Officer], rounds.Act]]
RATIOS: tuple[tuple[Named, float], ...] = (
    (("read", lambda officer: officer.read_unlogged), 1.2),
    (("household search", lambda officer: officer.household), 2.0),
    (("inbox", lambda officer: officer.inbox), 2.0),
    (("write", lambda officer: officer.write), 1.5),
)
PAGES: tuple[tuple[Named, float], ...] = (
    (("first page of all I may see, no total", lambda officer: officer.first_page), 25),
    (("first page of all I may see, with its total", lambda officer: officer.first_page_and_total), 150),
)


def measured(full: bool = False) -> Iterator[Figure]:
    whole = City(260_000 if full else 50_000)
    with folders.of(whole) as folder:
        yield from asyncio.run(_town(whole, folder))


async def _town(whole: City, folder: Path) -> list[Figure]:
    town = await Inside.open(whole, folder)
    try:
        return [each async for wordings in _each(town) for each in wordings]
    finally:
        await town.close()


async def _each(town: Inside) -> Any:
    for wordings in city.WORDINGS:
        officers = inside.officers(town, wordings)
        for (name, act), bar in RATIOS:
            taken = await rounds.milliseconds({each.agency: act(each) for each in officers})
            least = taken[officers[0].agency]
            yield [
                figure.at_most(f"{name}, {_held(agency)} beside 10 ({least:.2f} ms)", took / least, bar, "×")
                for agency, took in list(taken.items())[1:]
            ]
        for (name, act), bar in PAGES:
            taken = await rounds.milliseconds({each.agency: act(each) for each in officers}, 5)
            yield [figure.at_most(f"{name}, {_held(agency)}", took, bar, "ms CPU") for agency, took in taken.items()]


def _held(agency: str) -> str:
    _, granted, wordings = agency.split("-")
    return f"{int(granted):,} consents in {int(wordings):,} wording{'s' if wordings != '1' else ''}"
