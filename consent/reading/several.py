"""A search of several types: of each only what a search of that type alone would find.

docs/search.md, "Several types"; docs/policy.md, "nothing leaks"
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from consent import gathering
from consent.reading import steady
from consent.reading.beyond import Beyond
from consent.reading.page import BACK, Page
from consent.reading.reading import Reading
from resources.search.predicate import Predicate, all_of, any_of, has_one_of
from resources.search.several import Several
from resources.store.port import Found, Query


async def found(reading: Reading, wanted: Several, after: str = "") -> Page:
    """The records of all these types that match and that this actor may see; the total counts exactly those.

    Who is known by a card alone is not found by it.
    """
    await reading.confer()
    reading.facts = replace(reading.facts, carded=False)
    beyond = Beyond(
        reading.engine.index, reading.view, reading.facts, lambda type, facts: reading.ruling("search", type, facts)
    )
    asked: list[Predicate] = []
    seen: defaultdict[Predicate, list[str]] = defaultdict(list)
    for one in wanted.each:
        beyond.permit(one)
        asked.append(await beyond.asked(one))
        asking = await gathering.for_search(reading.view, reading.facts, one.type, asked[-1])
        seen[reading.ruling("search", one.type, asking).within].append(one.type)
    within = any_of(all_of([has_one_of(".type", types), made]) for made, types in seen.items())
    shape = wanted.shape
    begun, after = steady.begun(after)
    back, after = after.startswith(BACK), after.removeprefix(BACK)
    query = Query(any_of(asked), shape.order, after, shape.count, back=back, as_of=begun)
    page = await steady.found(reading.view, query, within) if query.limit else Found(())
    total = None if shape.total == "none" else await reading.view.count(replace(query, as_of=""), within=within)
    return Page(await reading.of_types(page.versions), total, page.next, page.first)
