"""The office of the lead section: which post counts now, and for which agency.

docs/policy.md, "standing".
"""

from __future__ import annotations

from consent import evidence, vocabulary
from consent.evidence import HeldRole
from consent.writing import after_image
from resources.record import coding
from resources.search.predicate import Predicate, all_of, has
from resources.store.port import Query

POSTS: Predicate = has(".type", "PractitionerRole")
"""Under this the server looks who leads."""


async def post(unit: after_image.Beside) -> HeldRole | None:
    """The post of the lead section that speaks for it; None where nobody holds one now."""
    office = all_of([POSTS, has(".code", coding.own("role", vocabulary.LEAD_SECTION))])
    found = (await unit.tx.find(Query(office), within=POSTS)).versions
    held = [each for one in found if (each := evidence.post(one, unit.facts.actor.now)) and each.agency]
    return min(held, key=lambda each: (each.agency, each.reference), default=None)


async def agency(unit: after_image.Beside) -> str:
    """The agency of that post; empty where nobody holds one now."""
    found = await post(unit)
    return found.agency if found else ""
