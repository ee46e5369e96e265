"""The trail in MongoDB: a collection of its own, appended with majority and journal before anything is answered.

docs/trail.md, "MongoDB"
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from pymongo import ReadPreference
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from resources.store import mongo_trail_documents as documents
from resources.store import mongo_trail_question
from resources.store.mongo_fault import speaking
from resources.store.mongo_trail_chain import Chains
from resources.store.trail import Entry, Event, Found, Head, Root, TrailQuery, Unreadable
from resources.store.trail_tally import Tally

Document = dict[str, Any]

MOST = 256
"""Events in one insertion."""


@dataclass(slots=True, eq=False)
class _Waiting:
    event: Event
    answer: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class MongoTrail(Tally):
    """The trail of one database; `chains` are shared with the transactions of the records."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        super().__init__()
        self._database: AsyncDatabase[Document] = database.with_options(
            read_preference=ReadPreference.PRIMARY,
            write_concern=WriteConcern("majority", j=True),
            read_concern=ReadConcern("majority"),
        )
        self.chains = Chains(self._database)
        self._waiting: list[_Waiting] = []
        self._appending: asyncio.Task[None] | None = None

    async def append(self, event: Event) -> None:
        waiting = _Waiting(event)
        self._waiting.append(waiting)
        if self._appending is None:
            self._appending = asyncio.create_task(self._append(), name="tsunagu-trail")
        await waiting.answer
        self.count()

    async def get(self, chain: str, number: int) -> Entry | None:
        with speaking():
            found = await self._stored.find_one({"_id": documents.key(chain, number)})
        return documents.restored(found) if found else None

    async def find(self, query: TrailQuery) -> Found:
        with speaking():
            return await mongo_trail_question.find(self._stored, query)

    async def heads(self) -> list[Head]:
        with speaking():
            found = self._database["trail_chain"].find({}).sort("_id", 1)
            return [Head(each["_id"], each["number"], bytes(each["hash"])) async for each in found]

    async def walk(self, chain: str, after: int = 0) -> AsyncGenerator[Entry]:
        span = {"$gt": documents.key(chain, after), "$lte": documents.key(chain, documents.LAST)}
        with speaking():
            async for found in self._stored.find({"_id": span}).sort("_id", 1):
                try:
                    entry = documents.restored(found)
                except (KeyError, TypeError, ValueError) as fault:
                    raise Unreadable(chain, documents.number(found)) from fault
                yield entry

    async def strays(self) -> AsyncIterator[str]:
        """What lies between the chains: one question for each of them, by `_id`."""
        chains = sorted(await self._chains())
        lows = [{}, *({"_id": {"$gt": documents.key(chain, documents.LAST)}} for chain in chains)]
        highs = [*({"_id": {"$lte": documents.key(chain, 0)}} for chain in chains), {}]
        between = [{"$and": [low, high]} for low, high in zip(lows, highs, strict=True)]
        with speaking():
            for outside in (*between, {"_id": {"$not": {"$type": "string"}}}):
                async for found in self._stored.find(outside, {"_id": 1}):
                    chain, _, number = str(found["_id"]).rpartition(" ")
                    # A chain may have begun meanwhile.
                    if chain in chains or chain not in await self._chains():
                        yield f"{chain}-{number}"

    async def misfiled(self) -> AsyncIterator[str]:
        """None: an event and its keys are one document, which `walk` holds against each other."""
        nothing: tuple[str, ...] = ()
        for id in nothing:
            yield id

    async def roots(self) -> list[Root]:
        with speaking():
            found = self._database["trail_root"].find({}).sort("_id", 1)
            return [Root(each["_id"], each["statement"]) async for each in found]

    async def last_root(self) -> Root | None:
        with speaking():
            found = await self._database["trail_root"].find_one({}, sort=[("_id", -1)])
        return Root(found["_id"], found["statement"]) if found else None

    async def add_root(self, root: Root) -> bool:
        with speaking():
            try:
                await self._database["trail_root"].insert_one({"_id": root.number, "statement": root.statement})
            except DuplicateKeyError:
                return False
        return True

    async def forget(self, chain: str, until: int) -> int:
        span = {"$gt": documents.key(chain, 0), "$lte": documents.key(chain, until)}
        with speaking():
            return (await self._stored.delete_many({"_id": span})).deleted_count

    async def close(self) -> None:
        if self._appending is not None:
            await self._appending

    async def _chains(self) -> list[str]:
        with speaking():
            return list(await self._database["trail_chain"].distinct("_id"))

    async def _append(self) -> None:
        """Put what waits at the end of a chain, many at once, until nothing waits."""
        while self._waiting:
            group, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
            fault: BaseException | None = None
            try:
                with speaking():
                    await self.chains.append([each.event for each in group])
            except Exception as raised:
                fault = raised
            for each in group:
                if each.answer.done():
                    continue
                if fault is None:
                    each.answer.set_result(None)
                else:
                    each.answer.set_exception(fault)
        self._appending = None

    @property
    def _stored(self) -> AsyncCollection[Document]:
        return self._database["trail_event"]
