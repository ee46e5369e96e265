"""The store on a MongoDB replica set, for many processes on many machines.

https://www.mongodb.com/docs/manual/core/transactions/
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from pymongo import ReadPreference
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from resources.record import period
from resources.search.relation import FOREVER
from resources.store import mongo_clock, mongo_generation, mongo_upgrade
from resources.store.budget import SECONDS, closed
from resources.store.fault import unavailable
from resources.store.hold import ALWAYS
from resources.store.mongo_client import connected, patience
from resources.store.mongo_fault import speaking
from resources.store.mongo_sight import Here
from resources.store.mongo_trail import MongoTrail
from resources.store.mongo_trail_chain import Chain
from resources.store.mongo_vault import MongoVault
from resources.store.mongo_view import View, Work
from resources.store.mongo_writer import DURABLE, SNAPSHOT, Writer
from resources.store.port import Snapshot, TooCostly, Transaction, Vault
from resources.store.sqlite_instant import now
from resources.store.trail import Event, Head, Trail

T = TypeVar("T")
Document = dict[str, Any]

RETIRED = 200  # versions in one transaction
CONFIRMED = WriteConcern("majority")  # of a transaction that has only read


class MongoStore:
    """A store in one database of a MongoDB deployment with transactions."""

    def __init__(
        self,
        address: str,
        database: str,
        seconds: float = SECONDS,
        clock: Callable[[], datetime] = now,
        generation: str = "",
    ) -> None:
        """`seconds` is the longest that one question may take.

        `clock` gives the instants of transactions and the time of the vault. With a `generation` the store opens, and
        is written, only as long as its derived data are of that generation.
        """
        self._address, self._name, self._seconds, self._clock = address, database, seconds, clock
        self._generation = generation
        self._parts: _Parts | None = None

    @property
    def vault(self) -> Vault:
        return MongoVault(self._opened.database["secret"], self._clock)

    @property
    def trail(self) -> Trail:
        return self._opened.trail

    async def open(self) -> None:
        """Connect, and make what a new database lacks. Raises Unavailable with one clear sentence."""
        await self._connect(mongo_upgrade.ready)
        try:
            with speaking():
                parts = self._opened
                await mongo_generation.settle(parts.database, parts.writer, self._generation, self._clock())
        except BaseException:
            await self.close()
            raise

    async def upgrade(self) -> None:
        """Bring what an older version made up to date, however long it takes; the store is closed afterwards."""
        await self._connect(mongo_upgrade.upgrade, unhurried=True)
        await self.close()

    async def retire(self, type: str, event: Callable[[bytes], Event]) -> int:
        """Make events of the trail of some versions of a type that is no type of record any more: of how many."""

        async def work(transaction: Transaction) -> int:
            assert isinstance(transaction, Work)
            bodies = await transaction.retire(type, RETIRED)
            for body in filter(None, bodies):
                transaction.note(event(body))
            return len(bodies)

        return await self.transact(work)

    async def close(self) -> None:
        if self._parts is not None:
            await self._parts.writer.close()
            await self._parts.trail.close()
            await self._parts.database.client.close()
            self._parts = None

    def snapshot(self, at: str | None = None, *, now: str = "") -> AbstractAsyncContextManager[Snapshot]:
        """A view of now, fixed by its first question, or of the instant `at`; rows are valid at `now`, else then."""
        return self._snapshot(Here(at or FOREVER, now or at or period.instant(self._clock())))

    async def transact(self, work: Callable[[Transaction], Awaitable[T]], *, seconds: float = ALWAYS) -> T:
        """Do the work in one transaction and make it durable before returning; again, where another was in its way.

        Where `seconds` are given, all its questions together take no longer than one may: the server's time is not the
        processor's of this process.

        A caller who is cancelled does not learn how it ended: the transaction is not left open on the server.
        """
        parts = self._opened

        async def within(session: AsyncClientSession, chain: Chain) -> tuple[T, Head]:
            tick = await mongo_clock.tick(parts.database, session, self._clock())
            mongo_generation.demand(tick, self._generation, self._name)
            transaction = Work(parts.database, session, self._seconds, tick.instant, whole=seconds < ALWAYS)
            done = await work(transaction)
            noted = transaction.noted
            return done, await parts.trail.chains.write(chain, noted, session) if noted else chain.head

        async def in_turn() -> T:
            async with parts.trail.chains.borrowed() as chain:
                done, end = await parts.writer.do(lambda session: within(session, chain))
                parts.trail.count(end.number - chain.head.number)
                chain.head = end
                return done

        with speaking():
            return await parts.writer.see_through(in_turn())

    @asynccontextmanager
    async def _snapshot(self, here: Here) -> AsyncIterator[Snapshot]:
        database = self._opened.database
        with speaking():
            async with database.client.start_session() as session:
                await session.start_transaction(SNAPSHOT, CONFIRMED, ReadPreference.PRIMARY)
                view = View(database, session, here, self._seconds)
                try:
                    yield view
                except Exception:
                    # A refusal says something too.
                    if not view.given_up:
                        await _confirm(session)
                    raise
                if view.given_up:
                    raise TooCostly("a question of this view was given up, and with it the view")
                await _confirm(session)

    async def _connect(
        self, prepare: Callable[[AsyncDatabase[Document]], Awaitable[None]], *, unhurried: bool = False
    ) -> None:
        with speaking():
            client = connected(self._address, self._name, unhurried=unhurried)
            database = client.get_database(self._name, write_concern=DURABLE, read_concern=ReadConcern("majority"))
            self._parts = _Parts(database, Writer(client, patience(client)), MongoTrail(database))
            try:
                await mongo_upgrade.check(database)
                await prepare(database)
                await mongo_clock.wind(database)
            except BaseException:
                await self.close()
                raise

    @property
    def _opened(self) -> _Parts:
        if self._parts is None:
            raise closed()
        return self._parts


@dataclass(frozen=True, slots=True)
class _Parts:
    database: AsyncDatabase[Document]
    writer: Writer
    trail: MongoTrail


async def _confirm(session: AsyncClientSession) -> None:
    """Only its commit promises that what a transaction has read cannot be rolled back: nothing is answered before."""
    try:
        await session.commit_transaction()
    except PyMongoError as fault:
        text = "the database cannot confirm what was read"
        raise unavailable(text, "データベースが読み取った内容を確認できません") from fault
