"""The indexes by name, and how a database comes to have them.

An index that is to be otherwise gets a new name: a server refuses another index of the same name, and the old one
answers questions until the new one is there.
https://www.mongodb.com/docs/manual/core/indexes/index-types/index-multikey/
"""

from __future__ import annotations

from typing import Any

from pymongo import IndexModel
from pymongo.asynchronous.database import AsyncDatabase

LIVE = {"live": True}

INDEXES = {
    "version": [
        # An exact term leads to its live versions in commit order. What is past is found by `_id`.
        IndexModel([("terms", 1), ("place", 1)], name="live-by-term-3", partialFilterExpression=LIVE),
        IndexModel([("live", 1), ("_id", 1)], name="live-2", partialFilterExpression=LIVE),
        # Not unique: `_id` decides, and a unique index would forbid sharding by it.
        IndexModel([("type", 1), ("id", 1)], name="current-2", partialFilterExpression={"current": True}),
        IndexModel([("moment", 1)], name="moment-2"),
        # Commit order, of all types and of one.
        IndexModel([("place", 1)], name="place-3"),
        IndexModel([("type", 1), ("place", 1)], name="type-by-place-3"),
        # What was replaced since an instant.
        IndexModel([("type", 1), ("until", 1)], name="type-by-until-3"),
    ],
    "relation": [
        IndexModel([("name", 1), ("of", 1), ("to", 1)], name="of-2"),
        IndexModel([("name", 1), ("to", 1), ("ended", 1), ("tag", 1), ("source", 1)], name="to-2"),
        IndexModel([("source", 1), ("ended", 1)], name="source-2"),
    ],
    "trail_event": [
        # One exact key leads to its events in their order.
        IndexModel([("keys", 1), ("at", 1), ("_id", 1)], name="keys_1_at_1__id_1"),
        IndexModel([("at", 1), ("_id", 1)], name="at_1__id_1"),
    ],
    "trail_chain": [IndexModel([("number", 1)], name="number_1")],
    "secret": [
        IndexModel([("kind", 1), ("key", 1)], name="kind_1_key_1", unique=True),
        # The server looks once a minute and to the millisecond; `until` is what counts.
        IndexModel([("expires", 1)], name="expires_1", expireAfterSeconds=0),
    ],
}


async def build(database: AsyncDatabase[dict[str, Any]]) -> None:
    """Build what is missing, while others read and write, and then drop what no version since asks for."""
    for collection, wanted in INDEXES.items():
        lacking = await absent(database, collection)
        for model in wanted:
            if model.document["name"] in lacking:
                await database[collection].create_indexes([model])
        keep = {"_id_", *(model.document["name"] for model in wanted)}
        for name in await database[collection].index_information():
            if name not in keep:
                await database[collection].drop_index(name)


async def absent(database: AsyncDatabase[dict[str, Any]], collection: str) -> list[str]:
    """The names of the indexes that a collection lacks."""
    there = await database[collection].index_information()
    return [model.document["name"] for model in INDEXES[collection] if model.document["name"] not in there]
