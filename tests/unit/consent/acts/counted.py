"""A store that counts how much each of its transactions does, and looks at what stands after each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from consent.acts import slices
from resources.store.port import Transaction
from tests.unit.consent.town import Town


class Touching:
    """A transaction that counts the records it changes."""

    def __init__(self, tx: Transaction) -> None:
        self.tx, self.many = tx, 0

    def __getattr__(self, name: str) -> Any:
        self.many += name in ("put", "amend", "derive")
        return getattr(self.tx, name)


class Counting:
    """A transaction that counts the versions it reads and changes."""

    def __init__(self, tx: Transaction) -> None:
        self.tx, self.many = tx, 0

    def __getattr__(self, name: str) -> Any:
        self.many += name in ("get", "put")
        return getattr(self.tx, name)

    async def derive(self, reference: str, terms: Any) -> None:
        current = await self.tx.get(*reference.split("/"), within=slices.FOUND)
        self.many += 2 * current.number if current else 0
        await self.tx.derive(reference, terms)

    async def amend(self, reference: str, terms: Mapping[int, Any], rows: Any) -> None:
        self.many += len(terms)
        await self.tx.amend(reference, terms, rows)


class Counted:
    """The store of a town: the `most` that one transaction did, and how many were begun."""

    counting: Callable[[Transaction], Any] = Touching

    def __init__(self, town: Town) -> None:
        self.town, self.most, self.turns = town, 0, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.town.store, name)

    async def transact(self, work: Callable[[Transaction], Awaitable[Any]], **named: Any) -> Any:
        async def counted(tx: Transaction) -> Any:
            touching = type(self).counting(tx)
            try:
                return await work(touching)
            finally:
                self.most = max(self.most, touching.many)

        self.turns += 1
        done = await self.town.store.transact(counted, **named)
        await self.looked()
        return done

    async def looked(self) -> None:
        """What is asked after each."""
