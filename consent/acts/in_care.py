"""Which agencies have a person in care.

docs/policy.md, D1: they protect, and a lock that keeps them out may be lifted.
"""

from __future__ import annotations

from collections.abc import Iterable

from consent import evidence
from consent.relations.contributions import AGENCY, POST
from consent.standing import care
from resources.record.version import Version
from resources.search.relation import Gathered
from resources.store.port import Snapshot


async def of(view: Snapshot, person: Version) -> frozenset[str]:
    """The agencies that have this person in care now."""
    return (await care.of(view, [person.reference], view.now)).get(person.reference, frozenset())


async def agencies(view: Snapshot, named: Iterable[str]) -> frozenset[str]:
    """The agencies that these are, or that these desks, posts and persons belong to now."""
    names = {one for one in named if one}
    world = Gathered(view.at, view.now)
    world.add(await view.rows((name, one) for name in (AGENCY, POST) for one in sorted(names)))
    found = {one for one in names if one.startswith("Organization/")}
    for one in names:
        found |= {row.relation.to for row in world.rows(AGENCY, one) if row.holds(world)}
        found |= {evidence.held(row).agency for row in world.rows(POST, one) if row.holds(world)}
    return frozenset(found - {""})
