"""One question to MongoDB: the filter, the sort, the rows; and how a version lies in its collection.

https://www.mongodb.com/docs/manual/tutorial/equality-sort-range-guideline/
"""

from __future__ import annotations

from typing import Any

from pymongo import IndexModel

from resources.record.version import Version
from resources.search.predicate import Predicate, all_of
from resources.store.mongo_predicate import Filter, among
from resources.store.port import Query

NEVER = "9999-12-31T23:59:59.999Z"
LAST = 9_999_999_999

INDEXES = [
    # An exact term leads to its live versions in the order of pages.
    IndexModel([("terms", 1), ("live", 1), ("_id", 1)]),
    IndexModel([("type", 1), ("id", 1)], unique=True, partialFilterExpression={"current": True}),
    IndexModel([("live", 1), ("_id", 1)]),
    IndexModel([("moment", 1)]),
]


def stored(version: Version) -> dict[str, Any]:
    """The version as a document, current. Its `_id` makes type, id and number unique and sorts by them."""
    name = key(version.type, version.id, version.number)
    return {
        "_id": name,
        "moment": f"{version.since} {name}",
        "type": version.type,
        "id": version.id,
        "number": version.number,
        "since": version.since,
        "until": NEVER,
        "current": True,
        "live": not version.deleted,
        "deleted": version.deleted,
        "terms": list(version.terms),
        "body": version.body,
    }


def restored(document: dict[str, Any]) -> Version:
    """The version of a document."""
    return Version(
        document["type"],
        document["id"],
        document["number"],
        document["since"],
        document["deleted"],
        document["body"],
        tuple(document["terms"]),
    )


def key(type: str, id: str, number: int) -> str:
    """The `_id` of a version."""
    return f"{type} {id} {number:010}"


def keyed(at: str | None, type: str, id: str, number: int | None) -> Filter:
    """The one version of this key in the view of now or `at`."""
    if number is not None:
        return {"_id": key(type, id, number), **_view(at, history=True)}
    if at is None:
        return {"type": type, "id": id, "current": True}
    return {"_id": {"$gt": key(type, id, 0), "$lte": key(type, id, LAST)}, **_seen(at)}


def filtered(at: str | None, query: Query, within: Predicate) -> Filter:
    """All rows of the query, without `after` and `limit`."""
    return among(_view(at, query.history), all_of((query.what, within)))


def paged(at: str | None, query: Query, within: Predicate) -> Filter:
    """The rows of the query after the place it names."""
    whole = filtered(at, query, within)
    if query.after is None:
        return whole
    since, type, id, number = query.after
    sign = "$lt" if query.order.startswith("-") else "$gt"
    if query.order.endswith("since"):
        place = {"moment": {sign: f"{since} {key(type, id, number)}"}}
    elif query.history:
        place = {"_id": {sign: key(type, id, number)}}
    else:
        # A record has one row here: written anew between two pages, it does not come again.
        place = {"_id": {sign: key(type, id, LAST if sign == "$gt" else 0)}}
    return {**place, **whole}


def sorting(query: Query) -> list[tuple[str, int]]:
    """The sort of the query's order."""
    return [("moment" if query.order.endswith("since") else "_id", -1 if query.order.startswith("-") else 1)]


def _view(at: str | None, history: bool) -> Filter:
    if history:
        return {} if at is None else {"since": {"$lte": at}}
    return {"live": True} if at is None else {"deleted": False, **_seen(at)}


def _seen(at: str) -> Filter:
    return {"since": {"$lte": at}, "until": {"$gt": at}}
