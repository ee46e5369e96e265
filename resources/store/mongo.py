"""The store on a MongoDB replica set or sharded cluster, for many processes on many machines.

https://www.mongodb.com/docs/manual/core/transactions/
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar

from pymongo import AsyncMongoClient, ReadPreference
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import ConfigurationError, DuplicateKeyError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from resources.record.version import Version
from resources.search.predicate import Predicate
from resources.store import mongo_question, mongo_vault
from resources.store.admission import admit
from resources.store.fault import unavailable
from resources.store.mongo_fault import speaking
from resources.store.mongo_trail import MongoTrail
from resources.store.mongo_trail_documents import INDEXES as TRAIL
from resources.store.mongo_vault import MongoVault
from resources.store.port import Conflict, Query, Snapshot, Transaction, Vault
from resources.store.sqlite_instant import now
from resources.store.text import storable
from resources.store.trail import Event, Trail

T = TypeVar("T")
Document = dict[str, Any]

SCHEMA = 1
COUNTERS = 64  # of the epoch: transactions that advance different ones are not in each other's way
PATIENCE = 5_000  # milliseconds to look for a server; the address may say otherwise
SNAPSHOT = ReadConcern("snapshot")
DURABLE = WriteConcern("majority", j=True)


class MongoStore:
    """A store in one database of a MongoDB deployment with transactions."""

    def __init__(self, address: str, database: str, clock: Callable[[], datetime] = now) -> None:
        """`clock` is what the vault takes the time to be."""
        self._clock = clock
        self._address = address
        self._name = database
        self._client: AsyncMongoClient[Document] | None = None
        self._doing: set[asyncio.Task[Any]] = set()
        self._trail: MongoTrail | None = None

    @property
    def trail(self) -> Trail:
        return self._opened_trail

    @property
    def vault(self) -> Vault:
        return MongoVault(self._database["secret"], self._clock)

    async def open(self) -> None:
        """Connect and make the indexes that are missing. Raises Unavailable with one clear sentence."""
        options: dict[str, Any] = {"appname": "tsunagu"}
        if "serverselectiontimeoutms" not in self._address.lower():
            options["serverSelectionTimeoutMS"] = PATIENCE
        with speaking():
            try:
                self._client = AsyncMongoClient(self._address, **options)
            except (ConfigurationError, ValueError) as fault:
                # The driver's own words may repeat the password.
                text = f"the address of the database `{self._name}` is malformed"
                raise unavailable(text, f"データベース `{self._name}` の接続先の書き方が正しくありません") from fault
            try:
                await self._prepare()
            except BaseException:
                await self.close()
                raise

    async def close(self) -> None:
        if self._client is not None:
            await asyncio.gather(*self._doing, return_exceptions=True)
            if self._trail is not None:
                await self._trail.close()
                self._trail = None
            await self._client.close()
            self._client = None

    def snapshot(self, at: str | None = None) -> AbstractAsyncContextManager[Snapshot]:
        """A view of now, fixed by its first question, or of the instant `at` (written as `Version.since`)."""
        return self._snapshot(at)

    async def transact(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Do the work in one transaction and make it durable before returning; again, where another was in its way.

        A caller who is cancelled does not learn how it ended: the transaction is not left open on the server.
        """
        doing = asyncio.create_task(self._transact(work))
        self._doing.add(doing)
        doing.add_done_callback(self._done)
        return await asyncio.shield(doing)

    async def _transact(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        versions = self._database["version"]

        chains = self._opened_trail.chains
        with speaking():
            async with self._database.client.start_session() as session, chains.borrowed() as chain:
                end = chain.head

                async def within(session: AsyncClientSession) -> T:
                    nonlocal end
                    transaction = _Transaction(versions, session)
                    done = await work(transaction)
                    end = await chains.write(chain, transaction.noted, session) if transaction.noted else chain.head
                    return done

                done = await session.with_transaction(
                    within, read_concern=SNAPSHOT, write_concern=DURABLE, read_preference=ReadPreference.PRIMARY
                )
                self._opened_trail.count(end.number - chain.head.number)
                chain.head = end
                return done

    def _done(self, doing: asyncio.Task[Any]) -> None:
        self._doing.discard(doing)
        if not doing.cancelled():
            doing.exception()  # its caller may be gone: then nobody else asks for it

    async def _prepare(self) -> None:
        database = self._database
        hello = await database.command("hello")
        if "setName" not in hello and hello.get("msg") != "isdbgrid":
            raise unavailable(
                f"the database `{self._name}` is on a server without transactions: start it as a replica set",
                f"データベース `{self._name}` のサーバーではトランザクションが使えません。レプリカセットにしてください",
            )
        await database["version"].create_indexes(mongo_question.INDEXES)
        await database["secret"].create_indexes(mongo_vault.INDEXES)
        # A collection that is not there yet cannot be made inside a transaction everywhere.
        await database["trail_event"].create_indexes(TRAIL)
        await database["trail_chain"].create_index("number")
        self._trail = MongoTrail(database)
        await database["epoch"].update_one({"_id": 0}, {"$setOnInsert": {"number": 0}}, upsert=True)
        schema = await database["schema"].find_one_and_update(
            {"_id": "schema"}, {"$setOnInsert": {"number": SCHEMA}}, upsert=True
        )
        if schema is not None and schema["number"] > SCHEMA:
            raise unavailable(
                f"the database `{self._name}` was made by a newer version of tsunagu",
                f"データベース `{self._name}` は新しい版の tsunagu が作ったものです",
            )

    @asynccontextmanager
    async def _snapshot(self, at: str | None) -> AsyncIterator[Snapshot]:
        versions = self._database["version"]
        with speaking():
            async with self._database.client.start_session() as session:
                await session.start_transaction(SNAPSHOT, DURABLE, ReadPreference.PRIMARY)
                # Leaving the session ends the transaction, which has written nothing.
                yield _View(versions, session, at)

    @property
    def _opened_trail(self) -> MongoTrail:
        if self._trail is None:
            raise unavailable("the database is closed", "データベースは閉じられています")
        return self._trail

    @property
    def _database(self) -> AsyncDatabase[Document]:
        if self._client is None:
            raise unavailable("the database is closed", "データベースは閉じられています")
        return self._client.get_database(self._name, write_concern=DURABLE, read_concern=ReadConcern("majority"))


class _View:
    def __init__(self, versions: AsyncCollection[Document], session: AsyncClientSession, at: str | None = None) -> None:
        self._versions = versions
        self._session = session
        self._at = at

    async def get(self, type: str, id: str, *, within: Predicate, number: int | None = None) -> Version | None:
        if not (storable(type) and storable(id)):
            return None
        one = mongo_question.keyed(self._at, type, id, number)
        document = await self._versions.find_one(one, session=self._session)
        version = mongo_question.restored(document) if document else None
        return version if version and within.matches(version.terms) else None

    async def find(self, query: Query, *, within: Predicate) -> Sequence[Version]:
        if query.limit == 0:
            return []  # to MongoDB, 0 is no limit
        rows = self._versions.find(mongo_question.paged(self._at, query, within), session=self._session)
        rows = rows.sort(mongo_question.sorting(query)).limit(query.limit or 0)
        return [mongo_question.restored(document) async for document in rows]

    async def count(self, query: Query, *, within: Predicate) -> int:
        whole = mongo_question.filtered(self._at, query, within)
        return await self._versions.count_documents(whole, session=self._session)

    async def epoch(self) -> int:
        """A number that is greater after every transaction that called `advance`: the sum of all counters."""
        counters = self._versions.database["epoch"].find({}, session=self._session)
        return sum([int(counter["number"]) async for counter in counters])


class _Transaction(_View):
    def __init__(self, versions: AsyncCollection[Document], session: AsyncClientSession) -> None:
        super().__init__(versions, session)
        self.noted: list[Event] = []

    def note(self, event: Event) -> None:
        """Put an event on the trail with what this transaction writes."""
        self.noted.append(event)

    async def put(self, version: Version) -> None:
        """Add a version and make it the current one. Raises Conflict unless it is number current + 1."""
        one = mongo_question.keyed(None, version.type, version.id, None)
        current = await self._versions.find_one(one, {"number": 1, "since": 1}, session=self._session)
        number, since = (current["number"], current["since"]) if current else (0, "")
        admit(version, number=number, since=since)
        try:
            if current:
                past = {"$set": {"until": version.since, "live": False}, "$unset": {"current": ""}}
                await self._versions.update_one({"_id": current["_id"]}, past, session=self._session)
            await self._versions.insert_one(mongo_question.stored(version), session=self._session)
        except DuplicateKeyError as fault:
            raise Conflict(f"{version.reference} has just been written by another") from fault

    async def advance(self) -> None:
        """Begin a new epoch."""
        counters = self._versions.database["epoch"]
        one = {"_id": random.randrange(COUNTERS)}  # noqa: S311  # spreads load, guards nothing
        await counters.update_one(one, {"$inc": {"number": 1}}, upsert=True, session=self._session)
