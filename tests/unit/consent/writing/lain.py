"""Versions that lie in a store of their own, each with the terms that it is said to have."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import orjson

from resources.record.version import Version
from resources.search.predicate import EVERYTHING
from resources.search.relation import Relation
from resources.store.open import opened
from resources.store.port import Snapshot, Store, Transaction
from tests.unit.consent.people import NOW

T = TypeVar("T")


@dataclass(slots=True)
class Lain:
    """`versions` are all of each record, in order, as they were laid down."""

    runner: asyncio.Runner
    store: Store
    versions: dict[str, list[Version]] = field(default_factory=dict)

    def put(self, name: str, *terms: str, rows: Iterable[Relation] = (), **said: Any) -> Version:
        """The next version of a record, with these terms; of a deleted one the body is empty."""
        type, _, id = name.partition("/")
        before = self.versions.setdefault(name, [])
        body = b"" if said.get("deleted") else orjson.dumps({"resourceType": type, "id": id, **said})

        async def work(tx: Transaction) -> Version:
            told = tuple(sorted({f".type {type}", *terms}))
            first = before[0].since if before else ""
            made = Version(type, id, len(before) + 1, tx.instant, not body, body, told, first)
            await tx.put(made, frozenset(rows))
            return made

        before.append(self.do(work))
        return before[-1]

    def do(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """What comes of a transaction of its own."""
        return self.runner.run(self.store.transact(work))

    def ask(self, question: Callable[[Snapshot], Awaitable[T]]) -> T:
        async def asked() -> T:
            async with self.store.snapshot() as view:
                return await question(view)

        return self.runner.run(asked())

    def terms(self, name: str) -> list[set[str]]:
        """What every version of a record says now, but for its type."""
        numbers = [each.number for each in self.versions[name]]

        async def look(view: Snapshot) -> list[set[str]]:
            found = [await view.get(*name.split("/"), within=EVERYTHING, number=number) for number in numbers]
            return [{one for one in each.terms if not one.startswith(".type ")} for each in found if each]

        return self.ask(look)


@contextmanager
def in_a_store(folder: Path) -> Iterator[Lain]:
    with asyncio.Runner() as runner:
        lain = Lain(runner, opened(str(folder), lambda: NOW))
        runner.run(lain.store.open())
        try:
            yield lain
        finally:
            runner.run(lain.store.close())
