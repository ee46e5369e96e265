"""Chains of a search, each hop under the asker's own condition: a chain tells of no record that its asker may not find.

docs/search.md, "Chains"; docs/policy.md, "nothing leaks"
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from consent.reading import along
from resources.record.version import Version
from resources.search import chain, hierarchy
from resources.search.predicate import (
    AllOf,
    AnyOf,
    Linked,
    LinkedFrom,
    Not,
    Predicate,
    all_of,
    any_of,
    has_one_of,
    none_of,
)
from resources.search.relation import values
from resources.store.port import Query, Snapshot

FEW = 200
"""So many records of a hop are looked up first, and then asked for by name; of more, each candidate is asked."""


async def resolved(view: Snapshot, what: Predicate, within: Mapping[str, Predicate]) -> Predicate:
    """What is asked, with the asker's condition at every hop. `within` is that condition by type."""
    match what:
        case AllOf(parts):
            return all_of([await resolved(view, part, within) for part in parts])
        case AnyOf(parts):
            return any_of([await resolved(view, part, within) for part in parts])
        case Not(part):
            return none_of(await resolved(view, part, within))
        case Linked(name, of):
            type, asked = chain.read(of)
            if line := hierarchy.line(asked):
                return has_one_of(name, await along.names(view, type, line, within[type]))
            asked = await resolved(view, asked, within)
            found = await _few(view, asked, within[type])
            if found is None:
                return Linked(name, all_of([asked, within[type]]))
            return has_one_of(name, (each.reference for each in found))
        case LinkedFrom(type, name, of):
            _, asked = chain.read(of)
            asked = await resolved(view, asked, within)
            found = await _few(view, asked, within[type])
            if found is None:
                return LinkedFrom(type, name, all_of([asked, within[type]]))
            return has_one_of(".id", (one for each in found for one in values(each.terms, name)))
    return what


async def _few(view: Snapshot, what: Predicate, within: Predicate) -> Sequence[Version] | None:
    """The records of a hop; None where there are more than a few."""
    found = await view.find(Query(what, limit=FEW + 1), within=within)
    return found.versions if len(found.versions) <= FEW else None
