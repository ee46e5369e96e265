"""Giving what stands other derived data: terms by number, since when there is the record, and all rows it contributed.

docs/maintenance.md, "reindex"
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase

from resources.search.relation import FOREVER, Row
from resources.store import mongo_document
from resources.store.admission import admit_rows, admit_terms
from resources.store.mongo_document import Document, key
from resources.store.mongo_fault import writing


async def amend(
    database: AsyncDatabase[Document],
    session: AsyncClientSession,
    reference: str,
    terms: Mapping[int, Sequence[str]],
    rows: frozenset[Row] | None,
) -> None:
    """Give versions of a record, by number, these terms, and the record these rows, None to leave those it has.

    Raises ValueError, or TooLarge.
    """
    type, _, id = reference.partition("/")
    versions = database["version"]
    for wanted in terms.values():
        admit_terms(reference, wanted)
    admit_rows(reference, (row.relation for row in rows or ()))
    first = await versions.find_one({"_id": key(type, id, 1)}, {"since": 1}, session=session)
    for number, wanted in terms.items():
        derived = {"terms": sorted(wanted), **({"first": first["since"]} if first else {})}
        with writing(reference):
            done = await versions.update_one({"_id": key(type, id, number)}, {"$set": derived}, session=session)
        if not (done.matched_count and first):
            raise ValueError(f"{reference} lacks version {number if first else 1}")
    if rows is None:
        return
    # Whether the next version must look for rows that end with it.
    related = {"$set": {"related": any(row.ended == FOREVER for row in rows)}}
    await versions.update_one({"type": type, "id": id, "current": True}, related, session=session)
    await _contribute(database, session, reference, rows)


async def _contribute(
    database: AsyncDatabase[Document], session: AsyncClientSession, reference: str, rows: frozenset[Row]
) -> None:
    """Drop the rows of a record that are not among these, and a second one of a kind; add those that are missing."""
    there: set[Row] = set()
    surplus = []
    async for one in database["relation"].find({"source": reference}, session=session):
        row = mongo_document.row(one)
        if row in there or row not in rows:
            surplus.append(one["_id"])
        there.add(row)
    if surplus:
        await database["relation"].delete_many({"_id": {"$in": surplus}}, session=session)
    if new := rows - there:
        with writing(reference):
            await database["relation"].insert_many([mongo_document.lying(row) for row in new], session=session)
