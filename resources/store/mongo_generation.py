"""Of what code the derived data are: said in the clock's document, which every work changes first and so has read.

docs/maintenance.md, "Generations"
"""

from __future__ import annotations

from datetime import datetime

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase

from resources.store.fault import unavailable
from resources.store.mongo_clock import CLOCK, Tick, tick
from resources.store.mongo_document import Document
from resources.store.mongo_writer import Writer

FIELD = "generation"


async def read(database: AsyncDatabase[Document], session: AsyncClientSession | None = None) -> str:
    """The generation of the derived data; empty where nobody has said."""
    clock = await database["clock"].find_one(CLOCK, {FIELD: 1}, session=session)
    return str(clock.get(FIELD, "")) if clock else ""


async def turn(database: AsyncDatabase[Document], session: AsyncClientSession, generation: str) -> None:
    """Say that everything derived is of this generation from now on."""
    await database["clock"].update_one(CLOCK, {"$set": {FIELD: generation}}, session=session)


async def settle(database: AsyncDatabase[Document], writer: Writer, wanted: str, now: datetime) -> None:
    """Give an empty database this generation. Raises Unavailable where the database is of another."""
    if not wanted or await read(database) == wanted:
        return

    async def if_empty(session: AsyncClientSession) -> Tick:
        # Changed first, so that nobody writes a record of another generation meanwhile.
        ticked = await tick(database, session, now)
        if ticked.generation != wanted and not await database["version"].find_one({}, {"_id": 1}, session=session):
            await turn(database, session, wanted)
            return Tick(ticked.instant, wanted)
        return ticked

    demand(await writer.see_through(writer.do(if_empty)), wanted, database.name)


def demand(ticked: Tick, wanted: str, name: str) -> None:
    """Raises Unavailable where the database has been brought to another generation since it was opened."""
    if wanted and ticked.generation != wanted:
        raise unavailable(
            f"the database `{name}` was derived by another generation of tsunagu: run `tsunagu reindex`",
            f"データベース `{name}` の派生データは別の世代の tsunagu が作ったものです。"
            "`tsunagu reindex` を実行してください",
        )
