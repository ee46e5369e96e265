"""The chains that a process writes in MongoDB: one at a time each, so as many as it writes at once.

docs/trail.md, "MongoDB"
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase

from resources.store import mongo_trail_documents as documents
from resources.store import trail_chain
from resources.store.trail import Entry, Event, Head


@dataclass(slots=True)
class Chain:
    """A chain in the hands of one writer. It is unsure where a write may or may not have come to pass."""

    head: Head
    sure: bool = True


class Chains:
    """Every chain of this process that nobody writes just now."""

    def __init__(self, database: AsyncDatabase[dict[str, Any]]) -> None:
        self._database = database
        self._idle: list[Chain] = []

    @asynccontextmanager
    async def borrowed(self) -> AsyncIterator[Chain]:
        """A chain for one writer, who moves its head when the events are durable.

        Where a write has ended with anything raised, the last event is read again before the next is written: an answer
        that did not come does not say whether the events are there.
        """
        chain = self._idle.pop() if self._idle else _begun()
        try:
            if not chain.sure:
                await self._look(chain)
                chain.sure = True
            yield chain
            chain.sure = True
        finally:
            self._idle.append(chain)

    async def append(self, events: Sequence[Event]) -> None:
        """Put events on the trail outside any transaction: one insertion, then the chain's head."""
        async with self.borrowed() as chain:
            chain.head = await self.write(chain, events)

    async def write(self, chain: Chain, events: Sequence[Event], session: AsyncClientSession | None = None) -> Head:
        """Put events at the end of a chain; where it ends then, once this is durable."""
        chain.sure = False
        number, hash, entries = chain.head.number, chain.head.hash, []
        for event in events:
            number += 1
            hash = trail_chain.link(hash, chain.head.chain, number, event)
            entries.append(documents.stored(Entry(chain.head.chain, number, event, hash)))
        if not chain.head.number:  # so no event lies here without its chain, whenever this process ends
            begun = {"$setOnInsert": {"number": 0, "hash": chain.head.hash}}
            await self._database["trail_chain"].update_one(
                {"_id": chain.head.chain}, begun, upsert=True, session=session
            )
        await self._database["trail_event"].insert_many(entries, session=session)
        head = Head(chain.head.chain, number, hash)
        said = {"$set": {"number": number, "hash": hash}}
        await self._database["trail_chain"].update_one({"_id": head.chain}, said, upsert=True, session=session)
        return head

    async def _look(self, chain: Chain) -> None:
        """Find where the chain ends, and have its head say so."""
        name = chain.head.chain
        span = {"$gt": documents.key(name, 0), "$lte": documents.key(name, documents.LAST)}
        last = await self._database["trail_event"].find_one({"_id": span}, sort=[("_id", -1)])
        if last is None or documents.number(last) < chain.head.number:
            chain.head = _begun().head
            return
        entry = documents.restored(last)
        chain.head = Head(name, entry.number, entry.hash)
        said = {"$max": {"number": entry.number}, "$set": {"hash": entry.hash}}
        await self._database["trail_chain"].update_one({"_id": name}, said, upsert=True)


def _begun() -> Chain:
    name = trail_chain.new_name()
    return Chain(Head(name, 0, trail_chain.genesis(name)))
