"""Giving what stands other derived data, and the feed of all versions by which every one of them is reached.

docs/maintenance.md, "reindex"
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase

from resources.search.order import SINCE
from resources.search.predicate import EVERYTHING, Predicate
from resources.search.relation import Row
from resources.store import mongo_document
from resources.store.mongo_document import LAST, Document, key
from resources.store.mongo_fault import writing
from resources.store.mongo_search import Search
from resources.store.mongo_sight import Sight
from resources.store.port import Found, Query


async def feed(sight: Sight, after: str, limit: int, within: Predicate) -> Found:
    """Versions in commit order, strictly after the page key."""
    found = await Search(sight, Query(EVERYTHING, (SINCE,), after, limit, history=True), within).page()
    if not found.versions:
        return Found([], after)
    last = found.versions[-1]
    return Found(found.versions, orjson.dumps([f"{last.since} {key(last.type, last.id, last.number)}"]).decode())


async def amend(
    database: AsyncDatabase[Document],
    session: AsyncClientSession,
    reference: str,
    terms: Mapping[int, Sequence[str]],
    rows: frozenset[Row],
) -> None:
    """Give versions of a record, by number, these terms, and the record these rows."""
    type, _, id = reference.partition("/")
    first = await database["version"].find_one({"_id": key(type, id, 1)}, {"since": 1}, session=session)
    with writing(reference):
        for number, wanted in terms.items():
            derived = {"terms": sorted(wanted), **({"first": first["since"]} if first else {})}
            await database["version"].update_one({"_id": key(type, id, number)}, {"$set": derived}, session=session)
    standing = {
        mongo_document.row(one): one["_id"]
        async for one in database["relation"].find({"source": reference}, session=session)
    }
    if over := [name for row, name in standing.items() if row not in rows]:
        await database["relation"].delete_many({"_id": {"$in": over}}, session=session)
    if new := rows - standing.keys():
        await database["relation"].insert_many([mongo_document.filed(row) for row in new], session=session)
    if rows:
        every = {"_id": {"$gt": key(type, id, 0), "$lte": key(type, id, LAST)}}
        await database["version"].update_many(every, {"$set": {"related": True}}, session=session)
