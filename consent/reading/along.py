"""The records over or under one, step by step: each is found under the asker's own condition, and none beyond it.

docs/search.md, "Over and under"
"""

from __future__ import annotations

from resources.record.problem import Problem
from resources.search.hierarchy import Line
from resources.search.predicate import Predicate, all_of, has, has_one_of
from resources.search.relation import values
from resources.store.port import Query, Snapshot

MOST = 1_000
"""Records that a line may lead to."""


async def names(view: Snapshot, type: str, line: Line, within: Predicate) -> frozenset[str]:
    """The record that a line begins at, and all that it leads to; one that leads round ends where it began."""
    found, edge = {line.root}, {line.root}
    while edge:
        asked = has_one_of(".id" if line.modifier == "above" else line.by, edge)
        query = Query(all_of([has(".type", type), asked]), limit=MOST + 1)
        versions = (await view.find(query, within=within)).versions
        if line.modifier == "above":
            steps = {name for each in versions for name in values(each.terms, line.by) if name.startswith(f"{type}/")}
        else:
            steps = {each.reference for each in versions}
        edge = steps - found
        found |= edge
        if len(found) > MOST:
            text, ja = (
                f"more than {MOST} records lie there: ask nearer",
                f"{MOST}件を超えます。もっと近くから尋ねてください",
            )
            raise Problem.of("too-costly", text, ja)
    return frozenset(found)
