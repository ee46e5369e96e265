"""One view of the records in MongoDB, and the view of a work, which writes.

https://www.mongodb.com/docs/manual/reference/read-concern-snapshot/
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeVar

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import PyMongoError

from resources.record.version import Version
from resources.search.predicate import EVERYTHING, NOTHING, Predicate, all_of, matches
from resources.search.relation import FOREVER, Relation, Row, Values
from resources.store import (
    mongo_amend,
    mongo_clock,
    mongo_document,
    mongo_generation,
    mongo_order,
    mongo_tags,
    mongo_trail_question,
)
from resources.store.mongo_document import LAST, Document, key
from resources.store.mongo_fault import asking
from resources.store.mongo_predicate import Filter
from resources.store.mongo_put import Pen
from resources.store.mongo_search import Search
from resources.store.mongo_sight import Here, Sight
from resources.store.mongo_widen import too_deep
from resources.store.mongo_world import World
from resources.store.port import Found, Query, TooCostly
from resources.store.text import storable
from resources.store.trail import Event

T = TypeVar("T")


class View:
    """The records now, or at an instant of the past."""

    def __init__(
        self, database: AsyncDatabase[Document], session: AsyncClientSession, here: Here, seconds: float
    ) -> None:
        self._database, self._session, self._here, self._seconds = database, session, here, seconds
        self.given_up = False

    @property
    def at(self) -> str:
        return self._here.at

    @property
    def now(self) -> str:
        return self._here.now

    async def get(self, type: str, id: str, *, within: Predicate, number: int | None = None) -> Version | None:
        if within == NOTHING or not (storable(type) and storable(id)):
            return None

        async def one(sight: Sight) -> Version | None:
            document = await sight.versions.find_one(_keyed(sight, type, id, number), session=sight.session)
            version = mongo_document.restored(document) if document else None
            if version is None:
                return None
            world = World(sight)
            await world.gather(within, [version.stored])
            return version if matches(within, version.stored, world.gathered) else None

        return await self._ask(one, within)

    async def find(self, query: Query, *, within: Predicate) -> Found:
        # To MongoDB, 0 is no limit; and what nothing satisfies it would look for in every record.
        if query.limit == 0 or (what := _both(query, within)) == NOTHING:
            return Found([], query.after if query.limit == 0 else "")
        return await self._ask(lambda sight: Search(sight, query, what).page(), what)

    async def count(self, query: Query, *, within: Predicate, most: int | None = None) -> int:
        if (what := _both(query, within)) == NOTHING:
            return 0
        return await self._ask(lambda sight: Search(sight, query, what).count(most), what)

    async def feed(self, after: str, limit: int, *, within: Predicate) -> Found:
        if limit == 0 or within == NOTHING:
            return Found([], after)
        query = Query(within, after=after, limit=limit, history=True)
        return await self._ask(lambda sight: Search(sight, query, within, mongo_order.FEED).feed())

    async def end(self) -> str:
        async def last(sight: Sight) -> str:
            asked = {"session": sight.session, "sort": [("place", -1)], "max_time_ms": sight.left}
            found = await sight.versions.find_one({}, {"place": 1}, **asked)
            return mongo_order.FEED.page_key({"place": found["place"]}) if found else ""

        return await self._ask(last)

    async def generation(self) -> str:
        return await self._ask(lambda sight: mongo_generation.read(self._database, sight.session))

    async def give_way(self) -> None:
        await asyncio.sleep(0)

    async def rows(self, wanted: Iterable[tuple[str, str]]) -> Sequence[Row]:
        return await self._ask(lambda sight: mongo_tags.rows(sight, wanted))

    async def tags(
        self, name: str, to: Iterable[str], *, values: Values | None = None, of: Predicate = EVERYTHING, led: str = ""
    ) -> Mapping[str, str]:
        return await self._ask(lambda sight: mongo_tags.tags(sight, name, to, values, of, led))

    async def _ask(self, question: Callable[[Sight], Awaitable[T]], what: Predicate = EVERYTHING) -> T:
        if too_deep(what):
            raise _deep()
        try:
            with asking():
                return await question(Sight(self._database, self._session, self._here, self._seconds))
        except (PyMongoError, TooCostly, asyncio.CancelledError) as fault:
            # Where it was not we who ended the question, it has ended the transaction, or never began it.
            self.given_up |= not isinstance(fault, TooCostly) or fault.__cause__ is not None
            raise


def _both(query: Query, within: Predicate) -> Predicate:
    """What is asked and what is allowed in one; what is too deep is not even gone into. Raises TooCostly."""
    if too_deep(query.what):
        raise _deep()
    return all_of((query.what, within))


def _deep() -> TooCostly:
    return TooCostly("the question has deeper parts than the store can ask")


class Work(View):
    """A view that sees its own writes."""

    def __init__(
        self,
        database: AsyncDatabase[Document],
        session: AsyncClientSession,
        seconds: float,
        instant: str,
        *,
        whole: bool = False,
    ) -> None:
        """`seconds` are those of one question, or on the `whole` those of all."""
        super().__init__(database, session, Here(FOREVER, instant), seconds)
        self._whole = whole
        self._pen = Pen(database, session, instant)
        self.instant = instant
        self.noted: list[Event] = []

    async def _ask(self, question: Callable[[Sight], Awaitable[T]], what: Predicate = EVERYTHING) -> T:
        begun = time.monotonic()
        try:
            return await super()._ask(question, what)
        finally:
            self._seconds -= time.monotonic() - begun if self._whole else 0.0

    @contextmanager
    def following(self) -> Iterator[None]:
        """What is asked within takes nothing of the time of the whole."""
        whole, self._whole = self._whole, False
        try:
            yield
        finally:
            self._whole = whole

    async def frames(self, record: str) -> Sequence[Event]:
        """The frames of the events that name a record, each once."""
        return await mongo_trail_question.frames(self._database["trail_event"], self._session, record)

    def note(self, event: Event) -> None:
        """Put an event on the trail with what this transaction writes."""
        self.noted.append(event)

    async def leave(self, kind: str, key: str, value: bytes) -> None:
        """Keep a new secret with what this transaction writes."""
        secret = {"kind": kind, "key": key, "value": value}
        await self._database["secret"].insert_one(secret, session=self._session)

    async def fetch(self, kind: str) -> bytes | None:
        """Take away some secret of a kind, where there is one."""
        found = await self._database["secret"].find_one_and_delete({"kind": kind}, session=self._session)
        return bytes(found["value"]) if found else None

    async def put(self, version: Version, relations: Iterable[Relation] = ()) -> None:
        """Add a version and make it the current one. Raises Conflict unless it is number current + 1, or TooLarge."""
        await self._pen.put(version, frozenset(relations))
        if version.since > self.instant:
            await mongo_clock.reached(self._database, self._session, version.since)

    async def derive(self, reference: str, terms: Iterable[str]) -> None:
        await self._pen.derive(reference, terms)

    async def amend(self, reference: str, terms: Mapping[int, Sequence[str]], rows: Iterable[Row] | None) -> None:
        """Give versions of a record these terms, and the record these rows. Raises ValueError, or TooLarge."""
        kept = None if rows is None else frozenset(rows)
        await mongo_amend.amend(self._database, self._session, reference, terms, kept)

    async def relate(self, version: Version, relations: Iterable[Relation]) -> None:
        """Give a record these rows from now on, of a version that stands."""
        await self._pen.relate(version, frozenset(relations))

    async def retire(self, type: str, limit: int) -> list[bytes]:
        """Take away the oldest versions of a type that is no type of record any more; their bodies."""
        versions = self._database["version"]
        those = versions.find({"type": type}, {"body": 1}, session=self._session).sort("place", 1).limit(limit)
        found = {one["_id"]: bytes(one["body"]) async for one in those}
        if found:
            await versions.delete_many({"_id": {"$in": list(found)}}, session=self._session)
        return list(found.values())

    async def turn(self, generation: str) -> None:
        await mongo_generation.turn(self._database, self._session, generation)


def _keyed(sight: Sight, type: str, id: str, number: int | None) -> Filter:
    """The one version of this key in the view."""
    if number is not None:
        return {"_id": key(type, id, number), **sight.recorded}
    if sight.at == FOREVER:
        return {"type": type, "id": id, "current": True}
    between = {"_id": {"$gt": key(type, id, 0), "$lte": key(type, id, LAST)}}
    return {**between, **sight.recorded, "until": {"$gt": sight.at}}
