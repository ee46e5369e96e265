"""Whether anybody holds a post at an agency: then nobody but they confirms what is said of it.

docs/policy.md, P12 and "standing".
"""

from __future__ import annotations

from consent import evidence
from consent.facts import Facts
from resources.search.predicate import Predicate, all_of, has, has_one_of
from resources.store.port import Query, Snapshot

CONFIRMED: Predicate = has_one_of(".type", {"OrganizationAffiliation", "Organization", "PractitionerRole"})
"""Under this the server looks who is at an agency already, and which department is in charge of it."""


async def are_there(view: Snapshot, facts: Facts, agency: str) -> bool:
    """Whether somebody holds a post there that counts now."""
    what = all_of([has(".type", "PractitionerRole"), has("organization", agency)])
    found = (await view.find(Query(what), within=CONFIRMED)).versions
    return any(evidence.post(each, facts.actor.now) for each in found)
