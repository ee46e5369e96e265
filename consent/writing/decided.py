"""As roles are decided, the total care plan of the household is marked as the one that was decided on.

docs/policy.md, P13: those who carry it out read this version, and later ones in which no more than times changed.
"""

from __future__ import annotations

from dataclasses import replace

from consent import evidence, verdict, vocabulary
from consent.standing import roles
from consent.writing import server_record
from resources.record import keeping, reference
from resources.record.version import Version
from resources.search.predicate import Predicate, all_of, has, term
from resources.store.port import Query

PLANS: Predicate = has(".type", "CarePlan")
"""Under this the server looks for the plan of the household."""


async def marked(unit: server_record.Beside, before: Version | None, team: Version) -> list[Version]:
    """Mark the plan that is active, of who keeps the case, where this version of the roles is a new decision."""
    if team.type != "CareTeam":
        return []
    had, said = evidence.body(before) if before else {}, evidence.body(team)
    if not verdict.read(team.terms).counts or all(had.get(each) == said.get(each) for each in roles.STANDS):
        return []
    household = reference.one(said, "subject")
    own = [PLANS, has(".household", household), has(".code", vocabulary.TOTAL_CARE_PLAN), has(".open", "yes")]
    done = []
    brought = verdict.read(team.terms).note(verdict.BROUGHT)
    for plan in (await unit.tx.find(Query(all_of(own)), within=PLANS)).versions:
        if reference.one(evidence.body(plan), "subject") == household and keeping.keeper(plan.terms) in brought:
            after = replace(plan, terms=tuple(sorted({*plan.terms, term(verdict.DECIDED, "yes")})))
            await unit.tx.amend(after.reference, {after.number: after.terms}, None)
            unit.found.pop(after.reference, None)
            done.append(after)
    return done
