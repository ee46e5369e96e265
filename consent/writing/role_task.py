"""The Task by which an agency is told of its role: from the lead section, to name who carries it out.

R16 of the domain; docs/policy.md, P13 and "standing".
"""

from __future__ import annotations

import uuid
from typing import Any

from consent import evidence, verdict, vocabulary
from consent.evidence import HeldRole
from consent.relations import people, role
from consent.verdict import Verdict
from consent.writing import server_record
from consent.writing.after_image import Own
from resources.record import period, reference
from resources.record.envelope import Origin
from resources.record.version import Version
from resources.search.predicate import term


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


async def seated(unit: server_record.Beside, judged: Verdict) -> frozenset[str]:
    """The agencies whose posts were seated when these were decided and carry them out, and that keep the case."""
    keys = judged.note(verdict.CARRIER)
    known = await people.of(unit.tx, keys, unit.facts.actor.now)
    return keys.union(*(person.agencies for person in known.values()))
