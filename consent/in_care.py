"""Which agencies have a person in care.

docs/policy.md, D1. The custodian of the Patient, and an agency that has taken on a request of another about the person.
"""

from __future__ import annotations

from collections.abc import Iterable

from consent import evidence
from consent.contributions import AGENCY, POST
from resources.record import envelope, reference
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate, all_of, any_of, has
from resources.search.relation import Gathered
from resources.store.port import Query, Snapshot

CARED: Predicate = EVERYTHING
"""Under this the server asks who has a person in care; nothing of it is told."""

_TAKEN_ON = ("accepted", "in-progress", "on-hold")
_REQUEST = any_of(has(".type", each) for each in ("Task", "ServiceRequest"))


async def of(view: Snapshot, person: Version) -> frozenset[str]:
    """The agencies that have this person in care now."""
    found = {envelope.origin(person.terms).custodian} - {""}
    asked = all_of([_REQUEST, has(".subject", person.reference)])
    for request in (await view.find(Query(asked), within=CARED)).versions:
        body = evidence.body(request)
        if body.get("status") in _TAKEN_ON:
            owners = await agencies(view, [reference.one(body, "owner")])
            found |= owners - await agencies(view, [reference.one(body, "requester")])
    return frozenset(found)


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
