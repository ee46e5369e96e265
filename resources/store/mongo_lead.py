"""The way in where a question names no exact term: by the terms that the asker's few rows lead to.

docs/store.md, "MongoDB", and docs/decisions/0001-relations-on-mongodb.md
"""

from __future__ import annotations

from resources.search.predicate import Predicate, Related
from resources.search.relation import Values
from resources.store.mongo_predicate import Filter
from resources.store.mongo_sight import Sight, chunks
from resources.store.sqlite_range import IndexRange, ranges
from resources.store.text import storable

LEADING = 2_000  # rows that may lead, and records that may be led to; beyond that the order is walked


async def led(sight: Sight, what: Predicate, place: Filter) -> Filter:
    """A filter that every record of the condition passes and few others, or none; of the present only."""
    for way in ranges(what):
        if way.ranges or any(term.startswith(".type ") for term in way.terms):
            continue
        terms = await _terms(sight, way)
        if terms is None:
            continue
        those = {**sight.live, "terms": {"$in": sorted(terms)}, **place}
        if not way.related and len(terms) == 1:
            return {"terms": those["terms"]}
        breadth = await sight.versions.count_documents(
            those, session=sight.session, limit=LEADING + 1, maxTimeMS=sight.left
        )
        if breadth <= LEADING:
            return {"terms": those["terms"]}
    return {}


async def _terms(sight: Sight, way: IndexRange) -> set[str] | None:
    """The way as terms; None where they are too many."""
    terms = set(filter(storable, way.terms))
    for values, row in way.related:
        found = await _related(sight, values, row)
        if found is None:
            return None
        terms |= found
    return terms if len(terms) <= LEADING else None


async def _related(sight: Sight, values: Values, row: Related) -> set[str] | None:
    """From rows to the terms of the records that have their `of`, by themselves or through rows that lead to it."""
    if not (storable(row.relation) and storable(values.relation)):
        return set()
    those: Filter = {"name": row.relation, "to": {"$in": sorted(filter(storable, row.to or ()))}, **sight.valid}
    if row.tags is not None:
        those["tag"] = {"$in": sorted(filter(storable, row.tags))}
    of = await _distinct(sight, those)
    if of is None:
        return None
    terms = {f"{values.name} {one}" for one in of if storable(values.name)}
    if values.through:
        for some in chunks(sorted(of)):
            leading = await _distinct(sight, {"name": values.relation, "to": {"$in": some}})
            if leading is None:
                return None
            terms |= {f"{values.through} {one}" for one in leading if storable(values.through)}
    return terms


async def _distinct(sight: Sight, those: Filter) -> set[str] | None:
    cursor = sight.find(sight.relations, those, {"_id": 0, "of": 1}, limit=LEADING + 1)
    found = [one["of"] async for one in cursor]
    return None if len(found) > LEADING else set(found)
