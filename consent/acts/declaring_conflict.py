"""$declare-conflict: who may say that a member of staff is in conflict with a person, and what the server keeps of it.

docs/policy.md, D2: the person, an agency that has them in care, the member of staff, the lead section.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from consent import evidence, policy, refusal, vocabulary
from consent.rule import Action, Decision, Rule, Text
from consent.rules import conflict
from consent.standing import care
from consent.writing import change, restriction_review, server_record
from consent.writing.after_image import Own
from consent.writing.change import UnitOfWork
from resources.record import coding, period, problem, reference
from resources.record.envelope import Origin
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate

DECLARED: Predicate = EVERYTHING
"""Under this the server looks whom a declaration names; who may not make it is told of nothing."""

MOST = 25

_BECAUSE = Text("a conflict of interest was declared", "利害の衝突を届け出る")


@dataclass(frozen=True, slots=True)
class Conflict:
    """A member of staff, by a Practitioner or a post of theirs, and persons, as references."""

    staff: str
    persons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Declared:
    """What was written, one record a person; and by what the lead section is `asked` to look at it."""

    flags: Sequence[Version]
    decision: Decision
    asked: Sequence[Version] = ()
    action: Action = "create"

    @property
    def told(self) -> Sequence[Version]:
        """What of it goes on the trail."""
        return (*self.flags, *self.asked)


async def declared(unit: UnitOfWork, asked: Conflict) -> Declared:
    """Keep that this member of staff is in conflict with each of these persons.

    Raises Problem `not-found` where the caller sees no such person, `forbidden` where it is not theirs to say.
    """
    policy.covered(policy.ruling("create", unit.facts).rules, "Flag")
    if not asked.persons or len(asked.persons) > MOST:
        raise _wrong(f"name 1 to {MOST} `person`", f"`person` を1人から{MOST}人まで示してください")
    staff = await _staff(unit, asked.staff)
    caring = await care.of(unit.tx, asked.persons, period.instant(unit.facts.actor.now))
    for person in asked.persons:
        await _may_say(unit, staff, person, caring.get(person, frozenset()))
    written = [await _kept(unit, staff, one, caring.get(one, frozenset())) for one in dict.fromkeys(asked.persons)]
    own = unit.facts.actor.person == staff
    looked_at = [task for flag in written if not own for task in await _looked_at(unit, flag)]
    return Declared(written, Decision(True, (Rule(conflict.ID, "permit", EVERYTHING, _BECAUSE),)), looked_at)


async def _looked_at(unit: UnitOfWork, flag: Version) -> list[Version]:
    person = await unit.look_up(reference.one(evidence.body(flag), "subject"))
    return await restriction_review.asked(unit, person, flag.reference) if person else []


async def against(unit: UnitOfWork, named: Sequence[str], persons: Sequence[str]) -> list[Version]:
    """The staff among those whom a protection is against are in conflict with each of these persons from now on."""
    caring = await care.of(unit.tx, persons, period.instant(unit.facts.actor.now))
    staff = [await _staff(unit, one) for one in named if one.startswith("Practitioner/")]
    kept = [(each, one) for each in dict.fromkeys(staff) for one in persons]
    return [await _kept(unit, each, one, caring.get(one, frozenset())) for each, one in kept]


async def _staff(unit: UnitOfWork, name: str) -> str:
    found = await unit.tx.get(*name.split("/"), within=DECLARED) if name.count("/") == 1 else None
    if found and found.type == "PractitionerRole":
        return await _staff(unit, reference.one(evidence.body(found), "practitioner"))
    if found is None or found.deleted or found.type != "Practitioner":
        raise _wrong("name a member of staff: `staff`", "職員を `staff` に示してください")
    return found.reference


async def _may_say(unit: UnitOfWork, staff: str, person: str, caring: frozenset[str]) -> None:
    found = await unit.tx.get(*person.split("/"), within=DECLARED) if person.startswith("Patient/") else None
    facts = unit.facts
    oneself = facts.actor.person == person and facts.actor.purpose == vocabulary.PATIENT_REQUEST
    casework = facts.actor.purpose in vocabulary.CASEWORK_PURPOSES
    leading = casework and bool(facts.holds(vocabulary.LEAD_SECTION))
    seen = found is not None and not found.deleted and (await unit.judge("read", found)).allowed
    theirs = oneself or leading or seen or (casework and caring & facts.keeps)
    bound = person in facts.conflicting and staff != facts.actor.person
    if found is None or found.deleted or bound or not theirs:
        type, _, id = person.partition("/")
        raise refusal.not_found(type, id)
    if oneself or leading or (casework and (staff == facts.actor.person or caring & facts.keeps)):
        return
    text = "it is said by the person, an agency that has them in care, the member of staff or the lead section"
    ja = "利害の衝突を届け出られるのは、本人、その人を受け持つ機関、その職員自身、主管課です"
    raise Problem("forbidden", problem.of_rule(conflict.ID, text, ja, "", "forbidden"))


async def _kept(unit: UnitOfWork, staff: str, person: str, caring: frozenset[str]) -> Version:
    """The server's record of it. Of one's own word no agency is the keeper."""
    facts = unit.facts
    author = facts.actor.person or facts.actor.organization
    speaking = caring & facts.agencies or facts.agencies
    origin = Origin("" if author in (staff, person) else min(speaking, default=""), author)
    system, _, code = vocabulary.CONFLICT.rpartition("|")
    named = {"url": f"{coding.BASE}/StructureDefinition/staff-person", "valueReference": {"reference": staff}}
    flag: dict[str, Any] = {
        "resourceType": "Flag",
        "extension": [named],
        "status": "active",
        "category": [{"coding": [{"system": system, "code": code}]}],
        "code": {"text": "利害の衝突 / conflict of interest"},
        "subject": {"reference": person},
        "period": {"start": period.instant(facts.actor.now)},
        "author": {"reference": author},
    }
    return await server_record.written(unit, change.new_id(), flag, Own(origin))


def _wrong(text: str, ja: str) -> Problem:
    return Problem("business-rule", problem.of_rule(conflict.ID, text, ja, "Parameters.parameter"))
