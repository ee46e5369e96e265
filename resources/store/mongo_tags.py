"""The rows at given values, and the tags of a relation's rows: from tag to next tag, or of what a question may find.

https://www.mongodb.com/docs/manual/reference/operator/aggregation/group/#-group-performance-optimizations
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from resources.search.predicate import Predicate
from resources.search.relation import FOREVER, Row, Values, values
from resources.store import mongo_document
from resources.store.mongo_predicate import Filter
from resources.store.mongo_search import Search
from resources.store.mongo_sight import Sight, chunks
from resources.store.port import Query
from resources.store.text import storable

FEW = 256  # as many records are asked for their own tags; for more, all tags are told


async def rows(sight: Sight, wanted: Iterable[tuple[str, str]]) -> Sequence[Row]:
    """Every row of these relations that begins at these values, as recorded by the view's instant."""
    asked: defaultdict[str, set[str]] = defaultdict(set)
    for name, of in wanted:
        asked[name].add(of)
    return [row for name, of in asked.items() for row in await _at(sight, name, of, sight.recorded)]


async def tags(
    sight: Sight, name: str, to: Iterable[str], own: Values | None, of: Predicate, led: str = ""
) -> Mapping[str, str]:
    """The tags of open rows that lead to one of these, each with a record that says so."""
    known = sorted({one for one in to if storable(one)})
    if own and sight.at == FOREVER and (few := await Search(sight, Query(of), of).candidates(FEW)) is not None:
        hand = {value for one in few for value in values(one["terms"], own.name)}
        if own.through:
            groups = {value for one in few for value in values(one["terms"], own.through)}
            hand |= {row.relation.to for row in await _at(sight, own.relation, groups, sight.recorded)}
        if led:
            hand |= {row.relation.to for row in await _at(sight, led, hand, sight.open)}
        leading = {"to": {"$in": known}, **sight.open}
        return {row.relation.tag: row.source for row in await _at(sight, name, hand, leading)}
    found: dict[str, str] = {}
    for one in known if storable(name) else []:
        # Sorted as the index is: the server goes from tag to next tag, and reads one row of each.
        steps: list[Filter] = [
            {"$match": {"name": name, "to": one, **sight.open}},
            {"$sort": {"tag": 1, "source": 1}},
            {"$group": {"_id": "$tag", "source": {"$first": "$source"}}},
        ]
        async for tag in await sight.aggregate(steps, sight.relations):
            found[tag["_id"]] = tag["source"]
    return found


async def _at(sight: Sight, name: str, of: set[str], those: Filter) -> list[Row]:
    found: list[Row] = []
    for some in chunks(sorted(filter(storable, of)) if storable(name) else []):
        cursor = sight.find(sight.relations, {"name": name, "of": {"$in": some}, **those})
        found += [mongo_document.row(one) async for one in cursor]
    return found
