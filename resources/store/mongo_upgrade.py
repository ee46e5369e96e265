"""Whether this program may serve a database, and how one of an older version becomes such a database.

docs/store.md
"""

from __future__ import annotations

from pymongo import UpdateOne
from pymongo.asynchronous.database import AsyncDatabase

from resources.store import mongo_index
from resources.store.body import digest
from resources.store.fault import unavailable
from resources.store.mongo_document import LAST, Document, key, place
from resources.store.port import Unavailable

SCHEMA = 4
NUMBERED = {"_id": "schema"}
MANY = 500  # versions in one round trip


async def check(database: AsyncDatabase[Document]) -> None:
    """See that the server has transactions and the database is of no later version. Raises Unavailable."""
    hello = await database.command("hello")
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise unavailable(
            f"the database `{database.name}` is on a server without transactions: start it as a replica set",
            f"データベース `{database.name}` のサーバーではトランザクションが使えません。レプリカセットにしてください",
        )
    if await _number(database) > SCHEMA:
        raise unavailable(
            f"the database `{database.name}` was made by a newer version of tsunagu",
            f"データベース `{database.name}` は新しい版の tsunagu が作ったものです",
        )


async def ready(database: AsyncDatabase[Document]) -> None:
    """Make a new database; see that another one lacks nothing. Raises Unavailable."""
    if await database["version"].find_one({}, {"_id": 1}) is None:
        await upgrade(database)
    if await _number(database) < SCHEMA:
        raise older(database.name)
    absent = [name for collection in mongo_index.INDEXES for name in await mongo_index.absent(database, collection)]
    if absent:
        names = ", ".join(f"`{name}`" for name in absent)
        raise unavailable(
            f"the database `{database.name}` lacks the indexes {names}: run `tsunagu upgrade`",
            f"データベース `{database.name}` に索引 {names} がありません。`tsunagu upgrade` を実行してください",
        )


def older(name: str) -> Unavailable:
    """What is said of a database that is to be upgraded first."""
    return unavailable(
        f"the database `{name}` was made by an older version of tsunagu: run `tsunagu upgrade`",
        f"データベース `{name}` は古い版の tsunagu が作ったものです。`tsunagu upgrade` を実行してください",
    )


async def upgrade(database: AsyncDatabase[Document]) -> None:
    """Indexes first, so that the rest is quick, then what versions did not have; may be interrupted and repeated."""
    await mongo_index.build(database)
    lacking, fields = {"first": {"$exists": False}}, {"type": 1, "id": 1, "since": 1, "current": 1}
    while batch := await database["version"].find({**lacking, "number": 1}, fields).to_list(MANY):
        for one in batch:
            if not one.get("current"):
                later = {"_id": {"$gt": key(one["type"], one["id"], 1), "$lte": key(one["type"], one["id"], LAST)}}
                await database["version"].update_many({**later, **lacking}, {"$set": {"first": one["since"]}})
        # Last, since by them the records are found.
        firsts = [UpdateOne({"_id": one["_id"]}, {"$set": {"first": one["since"]}}) for one in batch]
        await database["version"].bulk_write(firsts)
    await _place(database)
    await _digest(database)
    await database["schema"].update_one(NUMBERED, {"$max": {"number": SCHEMA}}, upsert=True)


async def _place(database: AsyncDatabase[Document]) -> None:
    """Places in commit order for versions that have none: instants were given in it."""
    instant, number, lacking = "", 0, list[UpdateOne]()
    async for one in database["version"].find({}, {"since": 1, "place": 1}).sort("moment", 1):
        instant, number = one["since"], number + 1 if one["since"] == instant else 1
        if "place" not in one:
            lacking.append(UpdateOne({"_id": one["_id"]}, {"$set": {"place": place(instant, number)}}))
        if len(lacking) == MANY:
            await database["version"].bulk_write(lacking)
            lacking = []
    if lacking:
        await database["version"].bulk_write(lacking)


async def _digest(database: AsyncDatabase[Document]) -> None:
    """Digests of bodies for versions that have none: they tell of damage from now on."""
    lacking = list[UpdateOne]()
    async for one in database["version"].find({"digest": {"$exists": False}}, {"body": 1}):
        lacking.append(UpdateOne({"_id": one["_id"]}, {"$set": {"digest": digest(one["body"])}}))
        if len(lacking) == MANY:
            await database["version"].bulk_write(lacking)
            lacking = []
    if lacking:
        await database["version"].bulk_write(lacking)


async def _number(database: AsyncDatabase[Document]) -> int:
    schema = await database["schema"].find_one(NUMBERED)
    return int(schema["number"]) if schema else 0
