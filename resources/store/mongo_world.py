"""The world around a batch of records, fetched by a few indexed questions, so that `matches` can decide.

docs/store.md, "MongoDB", and docs/decisions/0001-relations-on-mongodb.md
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from resources.search.predicate import AllOf, AnyOf, Each, Leads, Linked, LinkedFrom, Not, Predicate, Related
from resources.search.relation import FOREVER, TEAM, Gathered, Row, Stored, values
from resources.store import mongo_document
from resources.store.mongo_document import ASKED, LAST, key
from resources.store.mongo_predicate import Filter, either
from resources.store.mongo_sight import Sight, chunks
from resources.store.mongo_widen import is_own
from resources.store.port import TooCostly
from resources.store.text import storable

AROUND = 20_000  # rows and records around one batch


class World:
    """What has been gathered for one batch, and how more is gathered."""

    def __init__(self, sight: Sight) -> None:
        self.gathered = Gathered(sight.at, sight.now)
        self._sight = sight
        self._size = 0
        self._asked: set[tuple[str, frozenset[str] | None, str]] = set()

    async def gather(self, what: Predicate, records: Sequence[Stored], hand: frozenset[str] = frozenset()) -> None:
        """Everything that `matches` will ask for these records; `hand` are the values that may be at hand."""
        if not records or is_own(what):
            return
        match what:
            case AllOf(parts):
                own = [part for part in parts if is_own(part)]
                records = [one for one in records if all(part.matches(one.terms) for part in own)]
                for part in parts:
                    await self.gather(part, records, hand)
            case AnyOf(parts):
                own = [part for part in parts if is_own(part)]
                records = [one for one in records if not any(part.matches(one.terms) for part in own)]
                for part in parts:
                    await self.gather(part, records, hand)
            case Not(part):
                await self.gather(part, records, hand)
            case Each():
                await self._each(what, records)
            case Related():
                await self._related(what, hand)
                await self.gather(what.beside, records, hand)
            case Leads(relation, of):
                await self._related(Related(relation), hand)
                led = (row.relation.to for value in hand for row in self.gathered.rows(relation, value))
                await self.gather(of, records, frozenset(led))
            case Linked(name, of):
                await self.gather(of, await self._records(_values(records, name)))
            case LinkedFrom(type, name, of):
                await self.gather(of, await self._leading(type, name, _values(records, ".id")))

    async def _each(self, each: Each, records: Sequence[Stored]) -> None:
        hand = _values(records, each.values.name)
        if each.values.through:
            rows = await self._rows(
                {"name": each.values.relation, **self._sight.recorded}, _values(records, each.values.through)
            )
            hand |= {row.relation.to for row in rows}
        await self.gather(each.of, records, frozenset(hand))

    async def _related(self, related: Related, hand: frozenset[str]) -> None:
        new = {value for value in hand if (related.relation, related.to, value) not in self._asked}
        self._asked |= {(related.relation, related.to, value) for value in new}
        to: Filter = {} if related.to is None else {"to": {"$in": sorted(filter(storable, related.to))}}
        rows = await self._rows({"name": related.relation, **to, **self._sight.valid}, new)
        teams = {row.relation.via for row in rows} - {""}
        await self._rows({"name": TEAM, **self._sight.valid}, teams)

    async def _rows(self, those: Filter, of: Iterable[str]) -> list[Row]:
        found: list[Row] = []
        if not storable(those["name"]):
            return found
        for some in chunks(sorted(filter(storable, of))):
            cursor = self._sight.find(self._sight.relations, {"of": {"$in": some}, **those})
            found += [mongo_document.row(one) async for one in cursor]
            self._weigh(len(found))
        self._size += len(found)
        self.gathered.add(found)
        return found

    async def _records(self, references: set[str]) -> list[Stored]:
        """The current records of these references, in the view."""
        by_type: defaultdict[str, list[str]] = defaultdict(list)
        for reference in sorted(filter(storable, references - set(self.gathered.records))):
            type, _, id = reference.partition("/")
            by_type[type].append(id)
        for type, known in by_type.items():
            for some in chunks(known):
                cursor = self._sight.find(self._sight.versions, self._current(type, some), {**ASKED, "id": 1})
                async for one in cursor:
                    self.gathered.records[f"{type}/{one['id']}"] = mongo_document.asked(one)
                self._weigh(len(self.gathered.records))
        return [found for one in references if (found := self.gathered.records.get(one))]

    def _current(self, type: str, ids: Sequence[str]) -> Filter:
        if self._sight.at == FOREVER:
            return {"type": type, "id": {"$in": ids}, "current": True, "deleted": False}
        between = [{"_id": {"$gt": key(type, id, 0), "$lte": key(type, id, LAST)}} for id in ids]
        return {**either(between), **self._sight.live}

    async def _leading(self, type: str, name: str, references: set[str]) -> list[Stored]:
        """The current records of a type that lead to one of these by a value of `name`."""
        found: dict[str, Stored] = {}
        for some in chunks(sorted(filter(storable, references)) if storable(type + name) else []):
            terms = {"terms": {"$in": [f"{name} {one}" for one in some]}}
            those = {**terms, "_id": {"$gt": f"{type} ", "$lt": f"{type}!"}, **self._sight.live}
            async for one in self._sight.find(self._sight.versions, those, ASKED):
                found[one["_id"]] = mongo_document.asked(one)
                if not len(found) % AROUND:
                    self._weigh(len(found))
        for source in found.values():
            for reference in references.intersection(values(source.terms, name)):
                led = self.gathered.led.setdefault((type, name, reference), [])
                if source not in led:
                    led.append(source)
        self._size += len(found)
        self._weigh(0)
        return list(found.values())

    def _weigh(self, more: int) -> None:
        if self._size + more > AROUND:
            raise TooCostly("there is more around these records than a question may look at")


def _values(records: Iterable[Stored], name: str) -> set[str]:
    return {value for record in records for value in values(record.terms, name)}
