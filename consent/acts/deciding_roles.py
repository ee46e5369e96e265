"""$decide-roles: the lead section decides which agency does what, anew in the place of what was decided before.

R11, R16, R19, R37 of the domain, decision 13; docs/policy.md, P13. In one transaction: the one active team of the
household has these roles, and each agency that has one is told by a Task, by which it names who carries it out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import orjson

from consent import evidence, refusal, verdict, vocabulary
from consent.relations import role, teams
from consent.rule import Action, Decision
from consent.writing import role_task, server_version
from consent.writing.change import UnitOfWork, new_id
from consent.writing.prepared import Change, prepared
from consent.writing.written import Written
from resources.record import envelope, parse, period, reference
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate, all_of, has
from resources.store.port import Query

DECIDING: Predicate = EVERYTHING
"""Under this the server looks for the conference, the roles and the plan of the household whose case it is."""


_TOGETHER = "事例を持ち込んだ機関として共に動く / acts together, as who brought the case"


@dataclass(frozen=True, slots=True)
class Decided:
    """What was written: the roles, and beside them the plan and the Tasks that tell of them."""

    team: Written
    beside: tuple[Version, ...]

    @property
    def action(self) -> Action:
        return self.team.action

    @property
    def told(self) -> tuple[Version, ...]:
        return (self.team.version, *self.beside)

    @property
    def decision(self) -> Decision:
        return self.team.decision


async def decided(unit: UnitOfWork, case: str, participants: Sequence[Mapping[str, Any]]) -> Decided:
    """Decide the roles of a case. Raises Problem `not-found`, `forbidden`, `business-rule`."""
    found = await unit.look_up(case)
    if found is None or found.deleted or not (await unit.judge("read", found)).allowed:
        raise refusal.not_found(*case.split("/"))
    household = reference.one(evidence.body(found), "subject")
    standing = await _one(unit, "CareTeam", vocabulary.CASE_TEAM, household)
    team: dict[str, Any] = parse.editable(standing.body) if standing else {"resourceType": "CareTeam"}
    said: dict[str, Any] = {"status": "active", "category": [_concept(vocabulary.CASE_TEAM)]}
    said |= {"subject": {"reference": household}, "period": {"start": period.instant(unit.facts.actor.now)}}
    said |= {"participant": [*map(dict, participants), *_sender(found, participants)], "reasonReference": []}
    team = {name: value for name, value in {**team, **said}.items() if value != []}
    team["id"] = standing.id if standing else new_id()
    method: Literal["create", "update"] = "update" if standing else "create"
    change = Change(method, "CareTeam", team["id"], orjson.dumps(team), said=frozenset(said))
    ready = prepared(unit.engine, change)
    unit.asked, unit.pending[change.reference] = [ready], ready.resource
    (written,) = await unit.perform()
    return Decided(written, tuple(await _tell(unit, household, written.version)))


def _sender(case: Version, participants: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """R11: who brought the case, and so keeps it, acts with those that were named; where it is not among them."""
    keeper = envelope.value(case.terms, ".custodian")
    named = {reference.one(each, "member") for each in participants}
    if evidence.body(case).get("status") not in ("draft", "active", "on-hold", "unknown") or {keeper, ""} & named:
        return []
    return [{"role": [{"text": _TOGETHER}], "member": {"reference": keeper}}]


async def _one(unit: UnitOfWork, type: str, code: str, household: str) -> Version | None:
    """The active record of a kind of a household."""
    what = all_of([has(".type", type), has(".code", code), has(".household", household), has(".open", "yes")])
    found = (await unit.tx.find(Query(what), within=DECIDING)).versions
    return next((each for each in found if reference.one(evidence.body(each), "subject") == household), None)


async def _tell(unit: UnitOfWork, household: str, team: Version) -> list[Version]:
    """A Task to each agency that has a role and does not keep the case, taken on by those who were seated; what is of a
    role that an agency has no more, or was for other persons, is taken back."""
    judged, body = verdict.read(team.terms), evidence.body(team)
    seated = await role_task.seated(unit, judged)
    having = teams.agencies(body.get("participant") or ()) if judged.fixed else frozenset[str]()
    leading = next(iter(unit.facts.holds(vocabulary.LEAD_SECTION)))
    told: set[str] = set()
    made: list[Version] = []
    for task in await role_task.standing(unit, household):
        put = role.of(evidence.body(task), verdict.read(task.terms))
        if put and put.agency in having and put.persons == role.persons(judged):
            told |= {put.agency} if not evidence.body(task).get("partOf") else set()
            continue
        sent = parse.editable(task.body) | {"status": "cancelled"}
        after, resource = await server_version.of(unit, task, sent)
        await unit.put(after, resource, task)
        made.append(after)
    for agency in sorted(having - told - judged.note(verdict.CARRIER)):
        made.append(await role_task.written(unit, agency, team, leading, seated=agency in seated))
    return made


def _concept(code: str) -> dict[str, Any]:
    system, _, bare = code.rpartition("|")
    return {"coding": [{"system": system, "code": bare}]}
