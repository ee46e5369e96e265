"""That a member of staff is also somebody of the city: said with the account, and kept as a conflict of interest.

docs/policy.md, D2: the account is also that Patient's. It binds them for that person and their household.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from consent import vocabulary
from consent.relations.contributions import CONFLICT, THEMSELVES
from consent.rule import Action, Decision, Rule, Text
from consent.rules import conflict
from consent.writing import change, server_record
from consent.writing.after_image import Own
from consent.writing.change import UnitOfWork
from resources.record import coding, period, problem
from resources.record.envelope import Origin
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate
from resources.search.relation import Gathered

SAID: Predicate = EVERYTHING
"""Under this the server looks whom the installer names."""

_BECAUSE = Text("the account is also that person's", "職員のアカウントは、この市民のものでもある")


@dataclass(frozen=True, slots=True)
class Said:
    """The record of it, new or as it stood already."""

    told: Sequence[Version]
    decision: Decision
    action: Action = "create"


async def kept(unit: UnitOfWork, staff: str, person: str) -> Said:
    """Keep that this Practitioner is that Patient, for as long as the lead section does not end it.

    Raises Problem `forbidden` to anybody but the installer, `not-found` where there is no such person.
    """
    if unit.facts.actor.purpose != vocabulary.INSTALLATION:
        text = "that a member of staff is also somebody of the city is said with their account: `tsunagu account also`"
        ja = "職員が市民のだれであるかは、アカウントとともに `tsunagu account also` で登録します"
        raise Problem("forbidden", problem.of_rule(conflict.ID, text, ja, "", "forbidden"))
    for name, wanted in ((staff, "Practitioner"), (person, "Patient")):
        type, _, id = name.partition("/")
        found = await unit.tx.get(type, id, within=SAID) if type == wanted else None
        if found is None or found.deleted:
            raise Problem.of("not-found", f"there is no `{name}`", f"`{name}` はありません")
    decision = Decision(True, (Rule(conflict.ID, "permit", EVERYTHING, _BECAUSE),))
    world = Gathered(unit.tx.at, period.instant(unit.facts.actor.now))
    rows = [row for row in await unit.tx.rows([(CONFLICT, staff)]) if row.holds(world)]
    if any((row.relation.to, row.relation.tag) == (person, THEMSELVES) for row in rows):
        return Said((), decision)
    flag = _flag(staff, person, period.instant(unit.facts.actor.now))
    return Said((await server_record.written(unit, change.new_id(), flag, Own(Origin("", ""))),), decision)


def _flag(staff: str, person: str, since: str) -> dict[str, Any]:
    named = {"url": f"{coding.BASE}/StructureDefinition/staff-person", "valueReference": {"reference": staff}}
    return {
        "resourceType": "Flag",
        "extension": [named],
        "status": "active",
        "category": [_concept(vocabulary.CONFLICT)],
        "code": _concept(vocabulary.SAME_PERSON) | {"text": "職員本人である / the member of staff themselves"},
        "subject": {"reference": person},
        "period": {"start": since},
    }


def _concept(code: str) -> dict[str, Any]:
    system, _, plain = code.rpartition("|")
    return {"coding": [{"system": system, "code": plain}]}
