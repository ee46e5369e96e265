"""Who confirms a post: somebody of its agency; where nobody is there yet its department, else the lead section.

docs/policy.md, P12 and "standing".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from consent import evidence, verdict, vocabulary
from consent.facts import Facts
from consent.relations import people, people_of_agency
from consent.standing import department
from resources.record import coding, period, reference
from resources.record.version import Version
from resources.search.predicate import all_of, has
from resources.store.port import Query, Snapshot


async def may(view: Snapshot, facts: Facts, post: Mapping[str, Any], wrote: Iterable[str]) -> bool:
    """Whether it is theirs by their agency; who holds or wrote the post does not confirm it, and is asked elsewhere.

    Who `wrote` it keeps the directory, and so which department is in charge: that is nobody of their own agency.
    """
    agency = reference.one(post, "organization")
    if agency in facts.agencies:
        return True
    if await people_of_agency.are_there(view, facts, agency):
        return False
    writers = await people.of(view, wrote, facts.actor.now)
    theirs = frozenset[str]().union(*(each.agencies for each in writers.values()))
    in_charge = await _departments(view, facts, agency) - theirs
    if in_charge & facts.agencies:
        return True
    peopled = [one for one in sorted(in_charge) if await people_of_agency.are_there(view, facts, one)]
    return not peopled and bool(facts.holds(vocabulary.LEAD_SECTION))


async def _departments(view: Snapshot, facts: Facts, agency: str) -> frozenset[str]:
    """The departments in charge of an agency: as the list says, or else what it is part of; as far as that stands."""
    what = all_of([has(".type", "OrganizationAffiliation"), has("primary-organization", agency)])
    listed = (await view.find(Query(what), within=people_of_agency.CONFIRMED)).versions
    bodies = map(evidence.body, filter(_stands, listed))
    standing = (
        body
        for body in bodies
        if vocabulary.DEPARTMENT in coding.codes(body.get("code"), "role")
        and body.get("active") is not False
        and period.contains(body.get("period"), facts.actor.now) is True
    )
    named = frozenset(reference.one(body, "participatingOrganization") for body in standing) - {""}
    above = await view.get(*agency.split("/"), within=people_of_agency.CONFIRMED) if "/" in agency else None
    return named or frozenset({department.above(evidence.body(above))} if above and _stands(above) else ()) - {""}


def _stands(version: Version) -> bool:
    """Whether it does not wait to be confirmed."""
    return not verdict.read(version.terms).void
