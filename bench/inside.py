"""Acts at the gate, without HTTP, in a city of bench/fill.py: as an officer of one of its reading agencies.

docs/figures.md
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import orjson

from bench import city, fill
from bench.city import City, Readers
from consent import derivation, vocabulary
from consent.actor import Actor, Scope
from consent.engine import PolicyEngine
from consent.gate import Gate
from consent.reading.page import Page
from consent.reading.reading import Reading
from consent.writing.prepared import Change
from profiles import load
from resources.record.version import Version
from resources.search import request
from resources.search.index import Index
from resources.search.request import SearchRequest
from resources.store import open as stores
from resources.store.sqlite_file import NAME

DESK = Actor(
    "desk", "", "", vocabulary.CARE_MANAGEMENT, (Scope("user", "*", frozenset("cruds")),), datetime.now(UTC), "bench"
)


@dataclass(frozen=True, slots=True)
class Inside:
    """One city, open, and its gate."""

    city: City
    gate: Gate

    @classmethod
    async def open(cls, whole: City, folder: Path) -> Inside:
        """The city in this folder, filled where it is not there yet."""
        if not (folder / NAME).exists():
            await asyncio.to_thread(fill.fill, folder, whole, say=True)
        spec = load.load()
        store = stores.opened(str(folder), generation=derivation.generation(spec))
        await store.open()
        return cls(whole, Gate(PolicyEngine.of(store, spec, Index(spec, fill.BASE))))

    async def close(self) -> None:
        await self.gate.engine.store.close()

    def asked(self, type: str, *parameters: tuple[str, str]) -> SearchRequest:
        return request.parse(self.gate.engine.index, type, parameters)

    def family(self, n: int = 0) -> str:
        """The persons of a household, as a search names them."""
        return ",".join(f"Patient/{self.city.id('Patient', n * city.PERSONS + k)}" for k in range(city.PERSONS))


@dataclass(frozen=True, slots=True)
class Officer:
    """Who acts, and what they do; `trail` tells whether what they read is put on the trail."""

    inside: Inside
    agency: str

    @property
    def actor(self) -> Actor:
        return replace(DESK, person=f"Practitioner/officer-{self.agency}", now=datetime.now(UTC))

    async def read(self) -> Version:
        """A concern of the first household, by consent."""
        return await self.inside.gate.read(self.actor, "Condition", self.inside.city.id("Condition", 0))

    async def read_unlogged(self) -> Version:
        async with self.inside.gate.engine.store.snapshot() as view:
            reading = await Reading.begin(self.inside.gate.engine, view, self.actor)
            return await reading.read("Condition", self.inside.city.id("Condition", 0))

    async def household(self) -> Page:
        """Twenty concerns of one household, with their exact total."""
        return await self._search("Condition", ("patient", self.inside.family()), ("_total", "accurate"))

    async def inbox(self) -> Page:
        return await self._search("Task", ("owner", f"Organization/{self.agency}"), ("status", "requested"))

    async def first_page(self) -> Page:
        """All concerns that the officer may see, the first of them."""
        return await self._search("Condition", ("_total", "none"))

    async def first_page_and_total(self) -> Page:
        return await self._search("Condition")

    async def write(self) -> None:
        """The next version of the agency's own person."""
        readers = next(each for each in city.READERS if each.name == self.agency)
        [own] = self.inside.city.own(readers)
        await self.inside.gate.commit(self.actor, [Change("update", "Patient", own["id"], orjson.dumps(own))])

    async def _search(self, type: str, *parameters: tuple[str, str]) -> Page:
        async with self.inside.gate.engine.store.snapshot() as view:
            reading = await Reading.begin(self.inside.gate.engine, view, self.actor)
            return await reading.search(self.inside.asked(type, *parameters))


def officers(inside: Inside, wordings: int) -> Sequence[Officer]:
    """Of the agencies that hold consents in so many wordings, those whose consents the city has people for."""
    readers: list[Readers] = [each for each in city.READERS if each.wordings == wordings]
    return [Officer(inside, each.name) for each in readers if each.granted <= inside.city.persons]
