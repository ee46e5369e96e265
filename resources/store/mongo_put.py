"""Writing one version: the document, and the rows of relations that its record contributes.

docs/store.md
"""

from __future__ import annotations

from collections.abc import Iterable

from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import DuplicateKeyError

from resources.record.version import Version
from resources.search.relation import FOREVER, Relation
from resources.store import mongo_document
from resources.store.admission import admit, admit_rows, admit_terms
from resources.store.mongo_document import Document
from resources.store.mongo_fault import writing
from resources.store.port import Conflict


class Pen:
    """What one transaction writes."""

    def __init__(self, database: AsyncDatabase[Document], session: AsyncClientSession, instant: str) -> None:
        self._versions, self._relations, self._session = database["version"], database["relation"], session
        self._instant, self._written = instant, 0

    async def put(self, version: Version, wanted: frozenset[Relation]) -> None:
        """Add a version and make it the current one. Raises Conflict unless it is number current + 1, or TooLarge."""
        # Whatever number it has, it must be well made before anything is changed.
        admit(version, number=version.number - 1, since="")
        admit_rows(version.reference, wanted)
        with writing(version.reference):
            before = await self._end(version) if version.number != 1 else {}
            first = before.get("first", version.since)
            document = mongo_document.stored(version, first, self._place(), related=bool(wanted))
            try:
                await self._versions.insert_one(document, session=self._session)
            except DuplicateKeyError as fault:
                raise Conflict(f"{version.reference} has just been written by another") from fault
            # Where an older version does not say whether it had rows, they are looked for.
            if wanted or before.get("related", version.number != 1):
                await self._relate(version, version.since, wanted)

    async def relate(self, version: Version, wanted: frozenset[Relation]) -> None:
        """Give a record these rows from now on, of a version that stands. Raises TooLarge."""
        admit_rows(version.reference, wanted)
        one = {"_id": mongo_document.key(version.type, version.id, version.number)}
        with writing(version.reference):
            # Whether the next version must look for rows that end with it.
            await self._versions.update_one(one, {"$set": {"related": bool(wanted)}}, session=self._session)
            await self._relate(version, self._instant, wanted)

    async def derive(self, reference: str, terms: Iterable[str]) -> None:
        """Add terms to every version of a record."""
        type, _, id = reference.partition("/")
        new = set(terms)
        admit_terms(reference, new)
        every = {
            "_id": {"$gt": mongo_document.key(type, id, 0), "$lte": mongo_document.key(type, id, mongo_document.LAST)}
        }
        async for one in self._versions.find(every, {"terms": 1}, session=self._session):
            if not new <= set(one["terms"]):
                with writing(reference):
                    whole = {"$set": {"terms": sorted({*one["terms"], *new})}}
                    await self._versions.update_one({"_id": one["_id"]}, whole, session=self._session)

    def _place(self) -> str:
        """The next place in commit order: by the transaction, whatever instant the version itself has."""
        self._written += 1
        return mongo_document.place(self._instant, self._written)

    async def _end(self, version: Version) -> Document:
        """The version before this one, which is current no more."""
        before = mongo_document.key(version.type, version.id, version.number - 1)
        guarded = {"_id": before, "current": True, "since": {"$lt": version.since}}
        past = {"$set": {"until": version.since, "live": False}, "$unset": {"current": ""}}
        ended = await self._versions.find_one_and_update(
            guarded, past, {"first": 1, "related": 1}, session=self._session
        )
        if ended is None:
            one = {"type": version.type, "id": version.id, "current": True}
            current = await self._versions.find_one(one, {"number": 1, "since": 1}, session=self._session)
            number, since = (current["number"], current["since"]) if current else (0, "")
            admit(version, number=number, since=since)
            raise Conflict(f"{version.reference} has just been written by another")
        return ended

    async def _relate(self, version: Version, since: str, wanted: frozenset[Relation]) -> None:
        """End the record's rows that are no longer wanted, begin those that are new, leave the others as they are."""
        standing = {"source": version.reference, "ended": FOREVER}
        there = {
            mongo_document.relation(one): (one["_id"], one["since"])
            async for one in self._relations.find(standing, session=self._session)
        }
        over = [row for relation, row in there.items() if relation not in wanted]
        if ended := [name for name, begun in over if begun != since]:
            end = {"$set": {"ended": since}}
            await self._relations.update_many({"_id": {"$in": ended}}, end, session=self._session)
        if never := [name for name, begun in over if begun == since]:
            # What begins and ends at one instant was never so.
            await self._relations.delete_many({"_id": {"$in": never}}, session=self._session)
        if new := wanted - there.keys():
            await self._relations.insert_many(mongo_document.rows(new, version, since), session=self._session)
