"""What the meetings on a case have come to: whether one goes on or closed undecided, and what one leaves undone.

R19, R22 and R25 of the domain (slides 9, 13 and 15); docs/policy.md, P13. Of what is read here only yes or no is said.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consent import evidence, verdict, vocabulary
from resources import conference
from resources.record import keeping, reference
from resources.search.predicate import Predicate, all_of, has, has_any, has_one_of
from resources.store.port import Query, Snapshot

DECISIONS: Predicate = has_one_of(".type", ("CarePlan", "CareTeam", "Encounter"))
"""Under this the server looks at the meetings, the roles and the plan of a household."""

ROLES, PLAN, PLAN_OF_ROLES = "roles", "plan", "plan-of-roles"
"""What is undone: no roles are decided, there is no plan, or it was written after the roles were decided."""


async def undecided(meeting: Mapping[str, Any], view: Snapshot) -> bool:
    """Whether a case conference on the case of this meeting closed without deciding on the direction."""
    cases = conference.agenda(meeting)
    group = reference.one(meeting, "subject")
    if "adviser-conference" not in conference.kinds(meeting) or not group:
        return False
    about = all_of([has(".type", "Encounter"), has_any(".conference"), has(".household", group)])
    meetings = (await view.find(Query(about), within=DECISIONS)).versions
    for each in (evidence.body(version) for version in meetings):
        over = each.get("status") == "finished" and "case-conference" in conference.kinds(each)
        if over and set(cases) & set(conference.agenda(each)) and conference.decision(each).outcome == "undecided":
            return True
    return False


async def under_way(team: Mapping[str, Any], view: Snapshot) -> Mapping[str, frozenset[str]]:
    """The cases of the household of these roles that conferences not yet closed have before them, by the states of
    these."""
    group = reference.one(team, "subject")
    if not group:
        return {}
    about = all_of([has(".type", "CarePlan"), has(".household", group), has(".code", vocabulary.CASE)])
    cases = {each.reference for each in (await view.find(Query(about), within=DECISIONS)).versions}
    about = all_of([has(".type", "Encounter"), has_any(".conference"), has(".open", "yes")])
    found: dict[str, frozenset[str]] = {}
    for each in map(evidence.body, (await view.find(Query(about), within=DECISIONS)).versions):
        if before := cases.intersection(conference.agenda(each)):
            status = str(each.get("status", ""))
            found[status] = found.get(status, frozenset()) | before
    return found


async def undone(meeting: Mapping[str, Any], view: Snapshot) -> frozenset[str]:
    """What a meeting that closes as decided leaves undone, which nothing but a further meeting can then make good."""
    group = reference.one(meeting, "subject")
    if meeting.get("status") != "finished" or conference.decision(meeting).outcome != "decided" or not group:
        return frozenset()
    named = [await view.get(*name.split("/"), within=DECISIONS) for name in conference.agenda(meeting)]
    keepers = {keeping.keeper(each.terms) for each in named if each}
    codes = (vocabulary.CASE_TEAM, vocabulary.TOTAL_CARE_PLAN)
    about = [has_one_of(".code", codes), has(".household", group), has(".open", "yes")]
    own = [
        version
        for version in (await view.find(Query(all_of(about)), within=DECISIONS)).versions
        if reference.one(evidence.body(version), "subject") == group
        and (version.type == "CareTeam" or keeping.keeper(version.terms) in keepers)
    ]
    kinds = ("CareTeam", "CarePlan")
    teams, plans = ([verdict.read(each.terms) for each in own if each.type == kind] for kind in kinds)
    left = set() if any(each.counts for each in teams) else {ROLES}
    if not plans:
        left.add(PLAN)
    elif not left and not all(each.note(verdict.DECIDED) for each in plans):
        left.add(PLAN_OF_ROLES)
    return frozenset(left)
