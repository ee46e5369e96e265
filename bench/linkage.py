"""Whether people who are written again with slips are known again, and nobody else, and how long one of them takes.

docs/match.md, docs/figures.md
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import orjson

from bench import figure, folders
from bench.figure import Figure
from bench.inside import Inside, Officer
from bench.townsfolk import HOUSEHOLD, Json, Townsfolk, written_again
from consent.reading.reading import Reading
from resources import alike, resemblance
from resources.record.version import Version
from resources.resemblance import Described

PEOPLE = 100_000
ASKED = 2_000
"""So many are looked for, half of them of another city."""


def measured(full: bool = False) -> Iterator[Figure]:
    people = PEOPLE if full else PEOPLE // 10
    city = Townsfolk(people * HOUSEHOLD // (HOUSEHOLD - 1))
    with folders.of(city) as folder:
        yield from asyncio.run(_linked(city, folder))


async def _linked(city: Townsfolk, folder: Path) -> list[Figure]:
    town = await Inside.open(city, folder)
    officer, chance = Officer(town, "agency-0"), Random(7)  # noqa: S311  # it guards nothing
    elsewhere = replace(city, seed=city.seed + 1)
    right = wrong = missed = 0
    taken = []
    for number in range(ASKED):
        mine = number % 2 == 0
        people = (city if mine else elsewhere).people(chance.randrange(city.households))
        person = chance.choice(people)
        began = time.process_time()
        found = await _matched(town, officer, written_again(person, chance))
        taken.append((time.process_time() - began) * 1000)
        told = {version.id for version in found}
        right += mine and person["id"] in told
        missed += mine and person["id"] not in told
        wrong += len(told - ({person["id"]} if mine else set()))
    await town.close()
    taken.sort()
    of = f"of {city.households * (HOUSEHOLD - 1):,} people"
    return [
        figure.at_least(f"precision of $match, probable or certain, {of}", right / max(right + wrong, 1), 0.99, ""),
        figure.at_least(f"recall of $match, {of}", right / max(right + missed, 1), 0.95, ""),
        figure.at_most(f"one $match {of}, median", taken[len(taken) // 2], 20, "ms CPU"),
        figure.at_most(f"one $match {of}, 99th of a hundred", taken[len(taken) * 99 // 100], 20, "ms CPU"),
    ]


async def _matched(town: Inside, officer: Officer, person: Json) -> list[Version]:
    described = Described(person)

    def chosen(version: Version) -> bool:
        return resemblance.likelihood(described, Described(orjson.loads(version.body))) >= resemblance.PROBABLE

    async with town.gate.engine.store.snapshot() as view:
        reading = await Reading.begin(town.gate.engine, view, officer.actor)
        return await reading.choose(alike.sought(town.gate.engine.index, described), chosen)
