"""One search: candidates by index, some hundreds at a time, each tried in its world, until the page is full.

docs/store.md, "MongoDB", and docs/decisions/0001-relations-on-mongodb.md
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence

import orjson

from resources.record.version import Version
from resources.search.predicate import AllOf, Is, Predicate, matches
from resources.store import mongo_document, mongo_lead, mongo_order, page_key
from resources.store.mongo_document import ASKED, LAST, Document, key
from resources.store.mongo_order import Order
from resources.store.mongo_predicate import Filter, conjunction, either
from resources.store.mongo_sight import BATCH, Sight, chunks
from resources.store.mongo_widen import is_own, widened
from resources.store.mongo_world import World
from resources.store.port import Found, Query, TooCostly
from resources.store.sqlite_range import types
from resources.store.text import storable

MANY = 20_000
"""Rows of an instant that stand no more, of one question."""


class Search:
    """How one condition is looked for in one view."""

    def __init__(self, sight: Sight, query: Query, what: Predicate, order: Order | None = None) -> None:
        """With an `order`, in that one instead of the query's."""
        self._sight, self._query, self._what = sight, query, what
        self._own = is_own(what)
        self._order = order or mongo_order.of(query)

    async def page(self) -> Found:
        """The rows after the query's place, up to its limit."""
        kept, more = await self._page()
        first = self._order.page_key(kept[0]) if kept and self._query.after else ""
        keys = [self._order.page_key(one) for one in kept] if self._query.as_of else ()
        return Found(await self._restored(kept), self._order.page_key(kept[-1]) if more else "", first, keys)

    async def feed(self) -> Found:
        """Such a page, which may be followed by rows that are still to be written."""
        kept, _ = await self._page()
        return Found(await self._restored(kept), self._order.page_key(kept[-1]) if kept else self._query.after)

    async def _page(self) -> tuple[list[Document], bool]:
        """The rows of the page, and whether there are more."""
        limit = self._query.limit
        found: list[Document] = []
        async for batch in self._sorted(0 if limit is None else limit + 1):
            found += await self._holding(batch)
            if limit is not None and len(found) > limit:
                break
        return found[:limit], limit is not None and len(found) > limit

    async def count(self, most: int | None) -> int:
        """How many rows there are, counted to `most` and one more."""
        those = await self._those(self._view)
        end = 0 if most is None else most + 1
        if self._own:
            limit = {"limit": end} if end else {}
            return await self._sight.versions.count_documents(
                those, session=self._sight.session, maxTimeMS=self._sight.left, **limit
            )
        number = 0
        async for batch in _batches(self._sight.find(self._sight.versions, those, ASKED)):
            number += len(await self._holding(batch))
            if end and number >= end:
                return end
        return number

    async def candidates(self, most: int) -> Sequence[Document] | None:
        """The terms of all candidates, where an exact term or a reference leads to them and they are no more."""
        those = {**self._sight.live, **_place(self._what, ""), **conjunction(widened(self._what))}
        if "terms" not in those and "$gte" not in those.get("_id", {}):
            return None
        found = [one async for one in self._sight.find(self._sight.versions, those, ASKED, limit=most + 1)]
        return found if len(found) <= most else None

    async def _sorted(self, wanted: int) -> AsyncIterator[Sequence[Document]]:
        """Candidates in order; where the server decides alone, no more than wanted (0 is all)."""
        standing = {"live": True, "since": {"$lte": self._query.as_of}}
        those = await self._those(standing if self._in_two else self._view)
        after = self._order.after(await self._placed(self._query.after))
        limit = wanted if self._own else 0
        if self._order.only:
            fields = None if self._own else {"body": 0}
            whole = {"$and": [those, after]} if after else those
            cursor = self._sight.find(self._sight.versions, whole, fields, sort=self._order.sort, limit=limit)
            async for batch in _batches(self._order.merged(cursor, await self._written_since(after))):
                yield batch
            return
        # Sorted once, whatever it takes within the time; then it travels batch by batch.
        steps: list[Filter] = [{"$match": those}, {"$project": {"body": 0}}]
        steps += [{"$set": self._order.worked_out}] if self._order.worked_out else []
        steps += [{"$match": after}] if after else []
        steps += [{"$sort": dict(self._order.sort)}, *([{"$limit": limit}] if limit else [])]
        async for batch in _batches(await self._sight.aggregate(steps, self._sight.versions)):
            yield batch

    async def _holding(self, batch: Sequence[Document]) -> list[Document]:
        """Those of the batch that satisfy the condition."""
        if self._own:
            return list(batch)
        world = World(self._sight)
        records = [mongo_document.asked(one) for one in batch]
        await world.gather(self._what, records)
        pairs = zip(batch, records, strict=True)
        return [one for one, record in pairs if matches(self._what, record, world.gathered)]

    async def _restored(self, documents: Sequence[Document]) -> Sequence[Version]:
        return [mongo_document.restored(one) for one in await self._whole(documents)]

    async def _whole(self, documents: Sequence[Document]) -> Sequence[Document]:
        """The documents with their bodies, which candidates do not carry."""
        lacking = [one["_id"] for one in documents if "body" not in one]
        bodies: dict[str, bytes] = {}
        for some in chunks(lacking):
            cursor = self._sight.find(self._sight.versions, {"_id": {"$in": some}}, {"body": 1})
            bodies |= {one["_id"]: one["body"] async for one in cursor}
        return [one if "body" in one else {**one, "body": bodies[one["_id"]]} for one in documents]

    async def _those(self, view: Filter) -> Filter:
        """The candidates: the view, the type or the record, and what the condition asks of own terms."""
        those = {**view, **_place(self._what, self._order.only), **conjunction(widened(self._what))}
        if "terms" not in those and view.get("live"):
            those |= await mongo_lead.led(self._sight, self._what, _place(self._what, ""))
        return those

    @property
    def _view(self) -> Filter:
        if self._query.history:
            return self._sight.during(*self._query.during) if self._query.during else self._sight.recorded
        return self._sight.living(self._query.as_of)

    @property
    def _in_two(self) -> bool:
        """Whether rows as of an instant are asked for apart: those that still stand, by the indexes of what is live,
        and the few that were written anew since."""
        return bool(self._query.as_of and self._order.only) and not self._query.history

    async def _placed(self, after: str) -> str:
        """A page key that says where in commit order its row is. Raises ValueError."""
        if not (after and self._order.names_a_row):
            return after
        before, row = page_key.read(after)
        async for one in self._sight.find(self._sight.versions, {"_id": key(*row)}, {"place": 1}, limit=1):
            return orjson.dumps([*before, one["place"]]).decode()
        raise page_key.unknown()

    async def _written_since(self, after: Filter) -> Sequence[Document]:
        """Of rows as of an instant those that stand no more, without their bodies. Raises TooCostly."""
        if not self._in_two:
            return ()
        those = await self._those(self._sight.replaced(self._query.as_of))
        whole = {"$and": [those, after]} if after else those
        found = [one async for one in self._sight.find(self._sight.versions, whole, {"body": 0}, limit=MANY + 1)]
        if len(found) > MANY:
            raise TooCostly("too much was written anew since this answer began: ask anew")
        return found


async def _batches(cursor: AsyncIterator[Document]) -> AsyncIterator[Sequence[Document]]:
    batch: list[Document] = []
    async for one in cursor:
        batch.append(one)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _place(what: Predicate, along: str) -> Filter:
    """Where in `_id`, or along `place` by type, the condition confines its records to."""
    for part in what.parts if isinstance(what, AllOf) else (what,):
        if isinstance(part, Is) and part.term.startswith(".id ") and storable(part.term):
            type, _, id = part.term.removeprefix(".id ").partition("/")
            return {"_id": {"$gte": key(type, id, 0), "$lte": key(type, id, LAST)}}
    kinds = types(what)
    if along == "place" and kinds:
        return {"type": kinds[0] if len(kinds) == 1 else {"$in": list(kinds)}}
    ranges = [{"_id": {"$gt": f"{kind} ", "$lt": f"{kind}!"}} for kind in kinds]
    return either(ranges) if ranges else {}
