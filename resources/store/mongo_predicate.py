"""The reading of a predicate over own terms as a MongoDB filter over the array `terms`.

https://www.mongodb.com/docs/manual/core/indexes/index-types/index-multikey/multikey-index-bounds/
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from resources.search.layout import LAST
from resources.search.predicate import AllOf, AnyOf, Contains, Has, HasOther, Is, Not, Predicate
from resources.store.text import bound, storable

Filter = dict[str, Any]

_END = r"$(?!\n)"
"""The very end: `$` alone is also before a last line feed."""


def holds(predicate: Predicate) -> Filter:
    """A filter of one clause, or none."""
    match predicate:
        case Is(term):
            return one_of([term])
        case Has(low, high):
            return _between(low, high)
        case Contains(lead, text, end):
            return _containing(lead, text, end=end)
        case HasOther(name, allowed):
            others = [f"{name} {value}" for value in sorted(allowed) if storable(value)]
            return _between(f"{name} ", f"{name}!", {"$nin": others})
        case AllOf(parts):
            return {"$and": [holds(part) for part in parts]} if parts else {}
        case AnyOf(parts):
            terms = [part.term for part in parts if isinstance(part, Is)]
            rest = [holds(part) for part in parts if not isinstance(part, Is)]
            return either([*([one_of(terms)] if terms else []), *rest])
        case Not(part):
            return {"$nor": [holds(part)]}
        case _:
            raise TypeError(f"`{type(predicate).__name__}` asks of more than the record's own terms")


def conjunction(predicate: Predicate) -> Filter:
    """The predicate as a whole filter: one exact term first, where there is one, the rest in `$and`.

    A record's type is no such term: it is said by a range of `_id`, and no index of terms is led by it.
    """
    parts = list(predicate.parts) if isinstance(predicate, AllOf) else [predicate]
    exact = [part for part in parts if isinstance(part, Is) and storable(part.term)]
    first = next((part for part in exact if not part.term.startswith(".type ")), None)
    rest = [holds(part) for part in parts if part is not first]
    return {**({"terms": first.term} if first else {}), **({"$and": rest} if rest else {})}


def one_of(terms: Iterable[str]) -> Filter:
    """The record has at least one of these terms."""
    known = sorted({term for term in terms if storable(term)})
    if not known:
        return either([])
    return {"terms": known[0] if len(known) == 1 else {"$in": known}}


def either(filters: list[Filter]) -> Filter:
    """At least one of these filters; with none, nothing."""
    if not filters:
        return {"$nor": [{}]}
    return filters[0] if len(filters) == 1 else {"$or": filters}


def _containing(lead: str, text: str, *, end: bool) -> Filter:
    if not storable(lead + text):
        return either([])
    further = {"$regex": f"^{re.escape(lead)}(?s:.*){re.escape(text)}{_END if end else ''}"}
    return _between(lead, lead + LAST, further)


def _between(low: str, high: str, more: Filter | None = None) -> Filter:
    # $elemMatch: one and the same term lies between; only then has an index both bounds.
    # $and: a server's planner removes it, and the stand-in of the tests is then right about ranges.
    return {"$and": [{"terms": {"$elemMatch": {"$gte": bound(low), "$lt": bound(high), **(more or {})}}}]}
