"""The Task by which the division of a household is asked of the lead section, and what an answer says of it.

docs/policy.md, "dividing". The server alone writes it; it is very restricted (V), so no meeting and no category opens
which households came of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from consent import evidence, vocabulary
from consent.reading import showing
from consent.rule import Action, Decision, Rule
from consent.verdict import Verdict
from consent.writing import server_record, server_version
from consent.writing.after_image import Own
from consent.writing.change import UnitOfWork, new_id
from resources import division
from resources.division import Division
from resources.record import keeping, parse, period
from resources.record.envelope import Origin
from resources.record.problem import Issue
from resources.record.version import Version
from resources.search.predicate import Predicate, all_of, has
from resources.store.port import Query

WAITING: Predicate = all_of([has(".type", "Task"), has(".code", vocabulary.DIVIDE), has(".open", "yes")])
"""Under this the server looks whether the division of a household is asked already; it is told to who keeps that."""


@dataclass(frozen=True, slots=True)
class Done:
    """The new household of each part, in their order, and all that was written; whether the lead section sees them,
    as it saw the old one (P6)."""

    groups: tuple[str, ...]
    records: tuple[Version, ...]
    marked: bool

    @property
    def seen(self) -> frozenset[str]:
        return frozenset(self.groups) if self.marked else frozenset()


@dataclass(frozen=True, slots=True)
class Divided:
    """The household, or its Task where that is gone; the Task as it stands and as the caller is `shown` it, none of a
    preview; the `records` that were written with it, and what the asker should know (`said`), as far as they may read
    it."""

    group: Version
    division: Division
    rule: Rule
    said: tuple[Issue, ...] = ()
    task: Version | None = None
    records: tuple[Version, ...] = ()
    shown: Version | None = None

    @property
    def action(self) -> Action:
        return "update" if self.task else "read"

    @property
    def told(self) -> tuple[Version, ...]:
        """What of it goes on the trail."""
        return (self.task, *self.records) if self.task else (self.group,)

    @property
    def decision(self) -> Decision:
        return Decision(True, (self.rule,))

    @property
    def households(self) -> tuple[str, ...]:
        """The new ones, once it is done."""
        return division.households(evidence.body(self.task)) if self.task else ()

    async def to(self, unit: UnitOfWork) -> Divided:
        """With the Task as the caller may see it."""
        if self.task is None:
            return self
        read = await unit.judge("read", self.task)
        if not read.allowed:
            return replace(self, shown=showing.key_of(self.task))
        return replace(self, shown=await showing.shown(unit.engine, unit.tx, self.task, read, unit.facts))


async def written(
    unit: UnitOfWork, group: Version, asked: Division, reason: str, lead: str, done: Done | None = None
) -> Version:
    """The Task to the lead section, in the keeping of the agency that keeps the household; already answered where that
    is one agency and it is `done` at once."""
    requester = keeping.keeper(group.terms)
    system, _, code = vocabulary.DIVIDE.rpartition("|")
    now = period.instant(unit.facts.actor.now)
    restricted, _, very = vocabulary.VERY_RESTRICTED.rpartition("|")
    task: dict[str, Any] = {"resourceType": "Task", "meta": {"security": [{"system": restricted, "code": very}]}}
    task |= {"status": "completed" if done else "requested", "intent": "order"}
    task |= {"code": {"coding": [{"system": system, "code": code}]}, "authoredOn": now}
    task |= {"focus": {"reference": group.reference}, "for": {"reference": group.reference}}
    task |= {"requester": {"reference": requester}, "owner": {"reference": lead}, "reasonCode": {"text": reason}}
    task |= division.said(asked) | (division.came(done.groups) | {"lastModified": now} if done else {})
    stands = Verdict(True, fixed=done.seen if done else frozenset())
    return await server_record.written(unit, new_id(), task, Own(Origin(requester, unit.facts.writer), stands))


async def ended(unit: UnitOfWork, task: Version, status: str, reason: str, done: Done | None = None) -> Version:
    """The Task as it was answered."""
    body = parse.editable(task.body) | {"status": status, "lastModified": period.instant(unit.facts.actor.now)}
    body |= {"statusReason": {"text": reason}} | (division.came(done.groups) if done else {})
    after, resource = await server_version.of(unit, task, body, Verdict(True, fixed=done.seen if done else frozenset()))
    await unit.put(after, resource, task)
    return after


async def waiting(unit: UnitOfWork, group: str) -> Sequence[Version]:
    """What is asked about a household and nobody has answered."""
    return (await unit.tx.find(Query(all_of([WAITING, has("focus", group)])), within=WAITING)).versions
