"""Who is meant by a description: one certain answer or none.

docs/policy.md, P8; resources/matching.py says what is certain.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from consent import evidence
from consent.relations import names
from consent.relations.names import SAME
from resources import matching
from resources.record.version import Version
from resources.search.index import Index
from resources.search.predicate import Predicate
from resources.search.relation import Gathered
from resources.store.port import Query, Snapshot

MOST = 1_000
"""With more candidates than these nobody is certain."""


async def certain(view: Snapshot, index: Index, asked: Mapping[str, Any], within: Predicate) -> Sequence[Version]:
    """The one person whom this description certainly means, of those that `within` lets be found: as one Patient, or as
    several that have been merged and are all described, the one that is used since first."""
    found = (await view.find(Query(matching.candidates(index, asked), limit=MOST + 1), within=within)).versions
    meant = [each for each in found if matching.is_certain(asked, evidence.body(each))]
    if len(found) > MOST or len(meant) <= 1:
        return meant if len(found) <= MOST else ()
    called = {each.reference: each for each in meant}
    world = Gathered(view.at)
    world.add(await view.rows((SAME, one) for one in sorted(called)))
    if not called.keys() <= names.every(world, [meant[0].reference]):
        return ()
    rows = [row for one in sorted(called) for row in world.rows(SAME, one) if row.holds(world)]
    replaced = {row.relation.of for row in rows if row.relation.tag == names.REPLACED_BY and row.relation.to in called}
    return sorted(meant, key=lambda each: (each.reference in replaced, each.reference))
