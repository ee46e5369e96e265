"""Who confirms a post: somebody of its agency; where nobody is there yet its department, else the lead section.

docs/policy.md, P12 and "standing".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from consent import evidence, people, vocabulary
from consent.facts import Facts
from resources.record import coding, period, reference
from resources.search.predicate import Predicate, all_of, has, has_one_of
from resources.store.port import Query, Snapshot

CONFIRMED: Predicate = has_one_of(".type", {"OrganizationAffiliation", "Organization", "PractitionerRole"})
"""Under this the server looks who is at an agency already, and which department is in charge of it."""


async def may(view: Snapshot, facts: Facts, post: Mapping[str, Any], wrote: Iterable[str]) -> bool:
    """Whether it is theirs by their agency; who holds or wrote the post does not confirm it, and is asked elsewhere.

    Who `wrote` it keeps the directory, and so which department is in charge: that is nobody of their own agency.
    """
    agency = reference.one(post, "organization")
    if agency in facts.agencies:
        return True
    if await _is_peopled(view, facts, agency):
        return False
    writers = await people.of(view, wrote, facts.actor.now)
    theirs = frozenset[str]().union(*(each.agencies for each in writers.values()))
    in_charge = await _departments(view, facts, agency) - theirs
    if in_charge & facts.agencies:
        return True
    peopled = [one for one in sorted(in_charge) if await _is_peopled(view, facts, one)]
    return not peopled and bool(facts.holds(vocabulary.LEAD_SECTION))


async def _is_peopled(view: Snapshot, facts: Facts, agency: str) -> bool:
    """Whether somebody holds a post there that counts now."""
    what = all_of([has(".type", "PractitionerRole"), has("organization", agency)])
    found = (await view.find(Query(what), within=CONFIRMED)).versions
    return any(evidence.post(each, facts.actor.now) for each in found)


async def _departments(view: Snapshot, facts: Facts, agency: str) -> frozenset[str]:
    """The departments in charge of an agency: as the list says, or else what it is part of."""
    what = all_of([has(".type", "OrganizationAffiliation"), has("primary-organization", agency)])
    bodies = map(evidence.body, (await view.find(Query(what), within=CONFIRMED)).versions)
    standing = (
        body
        for body in bodies
        if vocabulary.DEPARTMENT in coding.codes(body.get("code"), "role")
        and body.get("active") is not False
        and period.contains(body.get("period"), facts.actor.now) is True
    )
    named = frozenset(reference.one(body, "participatingOrganization") for body in standing) - {""}
    above = await view.get(*agency.split("/"), within=CONFIRMED) if "/" in agency else None
    return named or frozenset({reference.one(evidence.body(above), "partOf")} if above else ()) - {""}
