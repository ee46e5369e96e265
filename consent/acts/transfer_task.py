"""The Tasks by which the keeping of a record is handed over: offered to an agency, asked of the lead section.

docs/policy.md, "handing a record over". The server alone begins and ends them: both sides find them on their worklists.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from consent import vocabulary
from consent.reading import showing
from consent.rule import Action, Decision, Rule
from consent.verdict import Verdict
from consent.writing import leading, server_record, server_version
from consent.writing.after_image import Own
from consent.writing.change import UnitOfWork, new_id
from resources.record import parse, period, problem
from resources.record.envelope import Origin
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import Predicate, all_of, has, has_one_of
from resources.search.relation import values
from resources.store.port import Query

WAITING: Predicate = all_of([has(".type", "Task"), has_one_of(".code", vocabulary.TRANSFERS), has(".open", "yes")])
"""Under this the server looks whether a record is offered already; it is told to who may offer it."""


@dataclass(frozen=True, slots=True)
class Transferred:
    """The Task as it stands and as the caller is `shown` it; the `records` that were handed over with it, and what was
    asked of the lead section."""

    task: Version
    rule: Rule
    records: tuple[Version, ...] = ()
    action: Action = "update"
    shown: Version | None = None

    @property
    def told(self) -> tuple[Version, ...]:
        """What of it goes on the trail."""
        return (self.task, *self.records)

    @property
    def decision(self) -> Decision:
        return Decision(True, (self.rule,))

    async def to(self, unit: UnitOfWork) -> Transferred:
        """With the Task as the caller may see it: who gave a word on a list reads no Task of another agency."""
        read = await unit.judge("read", self.task)
        if not read.allowed:
            return replace(self, shown=showing.key_of(self.task))
        return replace(self, shown=await showing.shown(unit.engine, unit.tx, self.task, read, unit.facts))


async def written(
    unit: UnitOfWork, code: str, record: Version, requester: str, owner: str, reason: str = "", **elements: Any
) -> Version:
    """The Task, in the keeping of the agency that asks; about whom the record is about."""
    task: dict[str, Any] = {"resourceType": "Task", "status": "requested", "intent": "order", "code": _concept(code)}
    task |= {"focus": {"reference": record.reference}, "authoredOn": period.instant(unit.facts.actor.now)}
    task |= {"requester": {"reference": requester}, "owner": {"reference": owner}}
    persons, groups = (sorted(values(record.terms, name)) for name in (".subject", ".household"))
    if len(about := persons if len(persons) == 1 else groups) == 1:
        task["for"] = {"reference": about[0]}
    if reason:
        task["reasonCode"] = {"text": reason}
    task |= elements
    own = Own(Origin(requester, unit.facts.writer), Verdict(True))
    return await server_record.written(unit, new_id(), task, own)


async def ended(unit: UnitOfWork, task: Version, status: str, reason: str = "") -> Version:
    """The Task as it was answered."""
    body = parse.editable(task.body) | {"status": status, "lastModified": period.instant(unit.facts.actor.now)}
    if reason:
        body["statusReason"] = {"text": reason}
    after, resource = await server_version.of(unit, task, body)
    await unit.put(after, resource, task)
    return after


async def waiting(unit: UnitOfWork, record: str) -> Sequence[Version]:
    """What is asked about a record and nobody has answered."""
    return (await unit.tx.find(Query(all_of([WAITING, has("focus", record)])), within=WAITING)).versions


async def is_known(unit: UnitOfWork, tasks: Iterable[Version]) -> bool:
    """Whether the caller reads one of these: what somebody else asks, and the caller may not read, is in nobody's way,
    so that no answer tells of it. Of two that are asked the second comes to nothing once the first is done."""
    return any([(await unit.judge("read", each)).allowed for each in tasks])


async def lead_section(unit: UnitOfWork) -> str:
    """Who is asked as the lead section. Raises Problem where nobody holds that post now."""
    lead = await leading.agency(unit)
    if not lead:
        raise refused("P6", "nobody holds the post of the lead section now", "主管課の職にある人がいません")
    return lead


def refused(rule: str, text: str, ja: str, at: str = "Parameters.parameter") -> Problem:
    return Problem("business-rule", problem.of_rule(rule, text, ja, at))


def not_theirs(rule: str, text: str, ja: str) -> Problem:
    return Problem("forbidden", problem.of_rule(rule, text, ja, "", "forbidden"))


def _concept(code: str) -> dict[str, Any]:
    system, _, bare = code.rpartition("|")
    return {"coding": [{"system": system, "code": bare}]}
