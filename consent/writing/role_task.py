"""The Task by which an agency is told of its role: from the lead section, to name who carries it out.

R16 of the domain; docs/policy.md, P13 and "standing".
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from consent import evidence, verdict, vocabulary
from consent.evidence import HeldRole
from consent.relations import people, role
from consent.verdict import Verdict
from consent.writing import after_image, server_record
from consent.writing.after_image import Own
from resources.record import period, reference
from resources.record.envelope import Origin
from resources.record.version import Version
from resources.search.predicate import Predicate, all_of, has, term
from resources.store.port import Query

TASKS: Predicate = has(".type", "Task")
"""Under this the server looks to whom a role was put already."""


async def written(unit: server_record.Beside, agency: str, team: Version, lead: HeldRole, *, seated: bool) -> Version:
    """Put to an agency from a post of the lead section, for whom the roles were decided; taken on already where
    somebody was `seated` for the agency in that conference."""
    persons = role.persons(verdict.read(team.terms))
    household = reference.one(evidence.body(team), "subject")
    system, _, code = vocabulary.CARRY_OUT.rpartition("|")
    task: dict[str, Any] = {"resourceType": "Task", "status": "accepted" if seated else "requested", "intent": "order"}
    task |= {"code": {"coding": [{"system": system, "code": code}]}, "for": {"reference": household}}
    task |= {"focus": {"reference": team.reference}, "authoredOn": period.instant(unit.facts.actor.now)}
    task |= {"requester": {"reference": lead.reference}, "owner": {"reference": agency}}
    noted = frozenset({term(verdict.BETWEEN, lead.reference), term(verdict.BETWEEN, agency)})
    own = Own(Origin(lead.agency, unit.facts.writer), Verdict(True, noted=noted, fixed=persons))
    return await server_record.written(unit, str(uuid.uuid4()), task, own)


async def told(unit: server_record.Beside, team: Version) -> frozenset[str]:
    """The agencies to which these roles were put by such a Task that stands open, for these persons."""
    persons = role.persons(verdict.read(team.terms))
    tasks = await standing(unit, reference.one(evidence.body(team), "subject"))
    first = [(evidence.body(each), verdict.read(each.terms)) for each in tasks]
    found = (role.of(task, judged) for task, judged in first if not task.get("partOf"))
    return frozenset(each.agency for each in found if each and (each.team, each.persons) == (team.reference, persons))


async def standing(unit: after_image.Beside, household: str) -> Sequence[Version]:
    """The Tasks that stand open by which agencies, and persons whom they named, have a role for a household."""
    what = [has(".type", "Task"), has(".code", vocabulary.CARRY_OUT), has(".household", household), has(".open", "yes")]
    return (await unit.tx.find(Query(all_of(what)), within=TASKS)).versions


async def seated(unit: server_record.Beside, judged: Verdict) -> frozenset[str]:
    """The agencies whose posts were seated when these were decided and carry them out, and that keep the case."""
    keys = judged.note(verdict.CARRIER)
    known = await people.of(unit.tx, keys, unit.facts.actor.now)
    return keys.union(*(person.agencies for person in known.values()))
