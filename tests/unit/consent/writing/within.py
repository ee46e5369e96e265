"""A unit of work of a town, in which one thing is done and kept."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from consent.actor import Actor
from consent.writing.change import UnitOfWork
from resources.record.version import Version
from resources.search.predicate import EVERYTHING
from resources.store.port import Snapshot, Transaction
from tests.laws.worlds import ref
from tests.unit.consent.town import Town

T = TypeVar("T")
Json = dict[str, Any]

TASK: Json = {
    "resourceType": "Task",
    "id": "t",
    "status": "requested",
    "intent": "order",
    "for": ref("Patient/1"),
    "requester": ref("Organization/center"),
    "owner": ref("Organization/other"),
}
"""A request of one agency to the other about Patient/1."""
OF_IT: Json = {
    "resourceType": "Communication",
    "id": "of",
    "status": "completed",
    "subject": ref("Patient/1"),
    "about": [ref("Task/t")],
}
"""What is written of it."""


def within(town: Town, who: Actor, do: Callable[[UnitOfWork], Awaitable[T]]) -> T:
    async def work(tx: Transaction) -> T:
        return await do(await UnitOfWork.begin(town.gate.engine, tx, who, ()))

    return town.run(town.store.transact(work))


def version(town: Town, name: str, number: int | None = None) -> Version:
    """A version of a record as it is stored, the last one where none is named."""

    async def look() -> Version:
        async with town.store.snapshot() as view:
            return await found(view, name, number)

    return town.run(look())


async def found(view: Snapshot, name: str, number: int | None = None) -> Version:
    stored = await view.get(*name.split("/"), within=EVERYTHING, number=number)
    assert stored is not None
    return stored
