"""One question to the trail in MongoDB: a filter over the array of keys, in the order of time.

docs/trail.md, "asking"
"""

from __future__ import annotations

from typing import Any

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import ExecutionTimeout

from resources.store import mongo_trail_documents as documents
from resources.store import trail_chain
from resources.store.trail import COUNTED, FRAME, Entry, Event, Found, TooBroad, TrailQuery

_PATIENCE = 2_000
"""Milliseconds the server may work on one question."""

Filter = dict[str, Any]


async def find(events: AsyncCollection[dict[str, Any]], query: TrailQuery) -> Found:
    """One page. Raises TooBroad."""
    whole = _filter(query)
    sign, order = ("$lt", -1) if query.newest_first else ("$gt", 1)
    paged = {"$and": [whole, _after(query.after, sign)]} if query.after else whole
    try:
        rows = events.find(paged).sort([("at", order), ("_id", order)]).limit(query.limit + 1).max_time_ms(_PATIENCE)
        found = [documents.restored(row) async for row in rows] if query.limit else []
        total = await events.count_documents(whole, limit=COUNTED + 1, maxTimeMS=_PATIENCE)
    except ExecutionTimeout:
        raise TooBroad from None
    kept = found[: query.limit]
    following = _place(kept[-1]) if len(found) > query.limit and kept else ""
    first = _place(kept[0]) if query.after and kept else ""
    return Found(kept, total if total <= COUNTED else None, following, first)


def _place(entry: Entry) -> str:
    return f"{entry.event.at} {documents.key(entry.chain, entry.number)}"


async def frames(events: AsyncCollection[dict[str, Any]], session: AsyncClientSession, record: str) -> list[Event]:
    """What the events that name a record share with others, each once."""
    rows = events.find({"keys": f"entity {record}"}, {"event": 1}, session=session)
    found = {repr(frame): frame async for row in rows for frame in (row["event"][:FRAME],)}
    return [trail_chain.framed(each) for each in found.values()]


def _filter(query: TrailQuery) -> Filter:
    parts: list[Filter] = [
        {"keys": {"$in": sorted(f"{field} {value}" for value in values)}} for field, values in query.having
    ]
    if query.when is not None:
        ranges = [{"at": {"$gte": start, "$lt": end}} for start, end in query.when]
        parts.append({"$or": ranges} if ranges else {"_id": ""})
    return {"$and": parts} if parts else {}


def _after(after: str, sign: str) -> Filter:
    at, _, key = after.partition(" ")
    return {"$or": [{"at": {sign: int(at)}}, {"at": int(at), "_id": {sign: key}}]}
