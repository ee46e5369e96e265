"""Records as they lie in a store, each with what is derived of it, whoever might have written them so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import orjson

from consent import derivation
from consent.derivation import Around
from consent.relations import contributions
from consent.verdict import NONE, Verdict
from resources.record.envelope import Envelope, Origin
from resources.record.version import Version
from resources.search.relation import Relation
from resources.store.open import opened
from resources.store.port import Snapshot, Store
from tests.laws.worlds import index
from tests.unit.consent.people import CENTER, NOW

T = TypeVar("T")
Json = dict[str, Any]
Made = tuple[str, bytes, tuple[str, ...], frozenset[Relation]]
"""A record by its name: what it says, its terms and its rows."""


@dataclass(slots=True)
class Lying:
    """`now` is when what comes next is recorded; `versions` are the last of each record."""

    runner: asyncio.Runner
    now: datetime = NOW
    store: Store = field(init=False)
    versions: dict[str, Version] = field(default_factory=dict)
    known: dict[str, Envelope] = field(default_factory=dict)

    def put(self, *resources: Json, keeper: str = CENTER, judged: Verdict = NONE) -> None:
        """The next version of each in one transaction, kept by this agency, with this verdict."""
        self._commit(*(self._made(each, keeper, judged) for each in resources))

    def delete(self, name: str) -> None:
        before = self.versions[name]
        self._commit((name, b"", derivation.of_deleted(before.terms, ""), frozenset()))

    def ask(self, question: Callable[[Snapshot], Awaitable[T]]) -> T:
        """What the store says now."""

        async def asked() -> T:
            async with self.store.snapshot() as view:
                return await question(view)

        return self.runner.run(asked())

    def look(self, name: str) -> Json | None:
        """The current record of a reference."""
        found = self.versions.get(name)
        return orjson.loads(found.body) if found and not found.deleted else None

    def _made(self, resource: Json, keeper: str, judged: Verdict) -> Made:
        name = f"{resource['resourceType']}/{resource['id']}"
        origin, around = Origin(keeper, ""), Around(self.look, self.known.get)
        made = derivation.of(resource, origin, around, self.known.get(name), standing=judged)
        terms = derivation.found_by(made.terms, derivation.search(index(), resource), secret=False)
        self.known[name] = made.envelope
        return name, orjson.dumps(resource), terms, contributions.of(resource, terms)

    def _commit(self, *made: Made) -> None:
        async def put(tx: Any) -> None:
            for name, body, terms, rows in made:
                type, _, id = name.partition("/")
                number = self.versions[name].number + 1 if name in self.versions else 1
                self.versions[name] = Version(type, id, number, tx.instant, not body, body, terms)
                await tx.put(self.versions[name], rows)

        self.runner.run(self.store.transact(put))


@contextmanager
def in_a_store(folder: Path) -> Iterator[Lying]:
    with asyncio.Runner() as runner:
        made = Lying(runner)
        made.store = opened(str(folder), lambda: made.now)
        runner.run(made.store.open())
        try:
            yield made
        finally:
            runner.run(made.store.close())
