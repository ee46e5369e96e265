"""The reading of a predicate as a MongoDB filter over the array `terms`.

https://www.mongodb.com/docs/manual/core/indexes/index-types/index-multikey/multikey-index-bounds/
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from resources.search.predicate import AllOf, AnyOf, Has, HasOther, Is, Not, Predicate
from resources.store.text import bound, storable

Filter = dict[str, Any]


def holds(predicate: Predicate) -> Filter:
    """A filter of one clause, or none."""
    match predicate:
        case Is(term):
            return _one_of([term])
        case Has(low, high):
            return _between(low, high)
        case HasOther(name, allowed):
            others = [f"{name} {value}" for value in sorted(allowed) if storable(value)]
            return _between(f"{name} ", f"{name}!", {"$nin": others})
        case AllOf(parts):
            return {"$and": [holds(part) for part in parts]} if parts else {}
        case AnyOf(parts):
            terms = [part.term for part in parts if isinstance(part, Is)]
            rest = [holds(part) for part in parts if not isinstance(part, Is)]
            return _or([*([_one_of(terms)] if terms else []), *rest])
        case Not(part):
            return {"$nor": [holds(part)]}


def among(view: Filter, predicate: Predicate) -> Filter:
    """The view's filter narrowed by the predicate: one exact term first, where there is one, the rest in `$and`."""
    parts = list(predicate.parts) if isinstance(predicate, AllOf) else [predicate]
    exact = [part for part in parts if isinstance(part, Is) and storable(part.term)]
    first = next((part for part in exact if not part.term.startswith(".type ")), exact[0] if exact else None)
    rest = [holds(part) for part in parts if part is not first]
    return {**view, **({"terms": first.term} if first else {}), **({"$and": rest} if rest else {})}


def _between(low: str, high: str, more: Filter | None = None) -> Filter:
    # $elemMatch: one and the same term lies between; only then has an index both bounds.
    # $and: a server's planner removes it, and the stand-in of the tests is then right about ranges.
    return {"$and": [{"terms": {"$elemMatch": {"$gte": bound(low), "$lt": bound(high), **(more or {})}}}]}


def _one_of(terms: Iterable[str]) -> Filter:
    known = sorted({term for term in terms if storable(term)})
    if not known:
        return _or([])
    return {"terms": known[0] if len(known) == 1 else {"$in": known}}


def _or(filters: list[Filter]) -> Filter:
    if not filters:
        return {"$nor": [{}]}
    return filters[0] if len(filters) == 1 else {"$or": filters}
