"""As a case comes to be kept by another agency, what opens to its keeper of those who carry out roles goes along.

R11 and R16 of the domain; docs/policy.md, P13 and "handing a record over": the agency that keeps the case reads roles
and plan in every version. Who gave it away and has a role itself is told of that as the others were.
"""

from __future__ import annotations

from dataclasses import replace

from consent import case_of_roles, evidence, verdict, vocabulary
from consent.relations import teams
from consent.verdict import BROUGHT, CARRIER
from consent.writing import leading, role_task, server_record, server_version
from resources.record import envelope, parse, reference
from resources.record.version import Version
from resources.search.predicate import Predicate, all_of, has, term
from resources.search.relation import values
from resources.store.port import Query

ROLES: Predicate = all_of([has(".type", "CareTeam"), has(".code", vocabulary.CASE_TEAM), has(verdict.COUNTS, "yes")])
"""Under this the server looks for the roles of the household; nobody is told of them."""


async def settled(unit: server_record.Beside, before: Version | None, case: Version) -> None:
    """Write the roles of the household anew where this version of the case that they were decided for is kept by
    another agency; of another case nothing follows."""
    if before is None or case.deleted or vocabulary.CASE not in values(case.terms, ".code"):
        return
    giver, taker = (envelope.value(each.terms, ".custodian") for each in (before, case))
    own, former = (reference.one(evidence.body(each), "subject") for each in (case, before))
    for household in sorted({own, former} - {""}) if giver != taker else ():
        decided = all_of([ROLES, has(".household", household), has(".open", "yes")])
        for roles in (await unit.tx.find(Query(decided), within=ROLES)).versions:
            is_its = reference.one(evidence.body(roles), "subject") == household
            opened = is_its and giver in verdict.read(roles.terms).note(CARRIER)
            if opened and await case_of_roles.is_one(roles, case, unit.tx):
                await _opened(unit, roles, giver, taker if household == own else "")


async def _opened(unit: server_record.Beside, roles: Version, giver: str, taker: str) -> None:
    """To the taker, if there is one; to the giver no more, but for the role that it has."""
    judged = verdict.read(roles.terms)
    left = replace(judged, noted=judged.noted - {term(CARRIER, giver)})
    stands = replace(left, noted=left.noted | {term(name, taker) for name in (BROUGHT, CARRIER)}) if taker else left
    after, resource = await server_version.of(unit, roles, parse.editable(roles.body), stands)
    await unit.put(after, resource, roles)
    has_one = giver in teams.agencies(evidence.body(roles).get("participant") or ())
    told = has_one and giver in await role_task.told(unit, roles)
    lead = await leading.post(unit) if has_one and not told else None
    if lead:
        seated = giver in await role_task.seated(unit, left)
        await role_task.written(unit, giver, after, lead, seated=seated)
