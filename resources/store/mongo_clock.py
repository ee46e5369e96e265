"""One document that every write transaction changes first: it orders them all, and tells each its instant.

Two transactions that change one document do not both commit, so works run as if one after another, whichever process
they are of: docs/store.md.
https://www.mongodb.com/docs/manual/core/transactions-production-consideration/#in-progress-transactions-and-write-conflicts
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import ReturnDocument
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError

from resources.record import moment, period
from resources.store.fault import unavailable

CLOCK = {"_id": "clock"}


@dataclass(frozen=True, slots=True)
class Tick:
    """The instant of a transaction, written as `Version.since`, and the generation that the database is of."""

    instant: str
    generation: str


async def wind(database: AsyncDatabase[dict[str, Any]]) -> None:
    """Make the clock where there is none, later than everything that is stored."""
    if await database["clock"].find_one(CLOCK) is None:
        newest = await database["version"].find_one({}, {"since": 1}, sort=[("moment", -1)])
        with suppress(DuplicateKeyError):  # another process has just made it
            await database["clock"].insert_one({**CLOCK, "last": moment.unix(newest["since"]) if newest else 0})


async def tick(database: AsyncDatabase[dict[str, Any]], session: AsyncClientSession, now: datetime) -> Tick:
    """Begin this transaction: its instant is now, but later than that of every one before."""
    later = [{"$set": {"last": {"$max": [moment.of(now) - moment.UNIX, {"$add": ["$last", 1]}]}}}]
    clock = await database["clock"].find_one_and_update(
        CLOCK, later, session=session, return_document=ReturnDocument.AFTER
    )
    if clock is None:
        raise unavailable("the database has lost its clock", "データベースの時計の記録がありません")
    instant = period.written(moment.UNIX + int(clock["last"]))
    return Tick(instant, str(clock.get("generation", "")))


async def reached(database: AsyncDatabase[dict[str, Any]], session: AsyncClientSession, instant: str) -> None:
    """Keep that something of this instant was written: the next transaction is later."""
    await database["clock"].update_one(CLOCK, {"$max": {"last": moment.unix(instant)}}, session=session)
