"""$break-glass: an emergency access is opened for minutes, and its review written for the lead section.

docs/policy.md, P8: one certain person or none; none while a review of that officer is open.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from consent import evidence, policy, refusal, vocabulary
from consent.relations.contributions import MEMBER
from consent.rule import Action, Decision, Evidence, Rule
from consent.rules import emergency
from consent.standing import care
from consent.verdict import EMERGENCY as OPENED
from consent.verdict import MEANT as MEANT_ONE
from consent.verdict import Verdict
from consent.writing import identifying, leading, server_record
from consent.writing.after_image import Own
from consent.writing.change import UnitOfWork
from resources.record import period, problem, wording
from resources.record.envelope import PERSONS, Origin
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate, all_of, has, has_any, term
from resources.search.relation import Around, Gathered, values
from resources.store.port import Query

MEANT: Predicate = EVERYTHING
"""Under this the server looks for whom an officer means, and which reviews are open; no record is shown by it."""

LASTS = timedelta(minutes=15)

LONGEST_REASON = 1_000


@dataclass(frozen=True, slots=True)
class Emergency:
    """Why, and for whom: a record as `Type/id`, or what identifies one person as a Patient."""

    reason: str
    record: str = ""
    person: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Meant:
    """Whom it is to open: one person, alone or with the one household they are in, or one household."""

    person: str
    household: str
    persons: frozenset[str]


@dataclass(frozen=True, slots=True)
class Broken:
    """Whom it opened, by which Task, until when."""

    review: Version
    meant: Meant
    until: str
    decision: Decision
    action: Action = "create"

    @property
    def told(self) -> tuple[Version, ...]:
        return (self.review,)


async def broken(unit: UnitOfWork, asked: Emergency, id: str) -> Broken:
    """Open the records of one person and their household to the officer, for minutes.

    Raises Problem `forbidden` where it is not the caller's, `business-rule` where a review is open or there is nobody
    to review it, `not-found` where nobody is certainly meant.
    """
    _allowed(unit)
    if not wording.tells(asked.reason) or len(asked.reason.strip()) > LONGEST_REASON:
        raise _wrong("say why it is an emergency: `reason`", "緊急である理由を `reason` に書いてください")
    officer, now = unit.facts.actor.person, unit.facts.actor.now
    if await _is_under_review(unit, officer):
        raise _wrong(
            "your last emergency access is still to be reviewed by the lead section: until then there is no other",
            "前回の緊急閲覧を主管課が審査中です。審査が済むまで、次の緊急閲覧はできません",
        )
    lead = await leading.agency(unit)
    if not lead:
        raise _wrong("there is no lead section to review it", "審査する主管課が一覧にありません")
    meant = await _by_record(unit, asked.record) if asked.record else await _by_description(unit, asked.person or {})
    start, until = period.instant(now), period.instant(now + LASTS)
    noted = frozenset(term(OPENED, f"{start} {until} {officer} {one}") for one in meant.persons)
    noted |= {term(MEANT_ONE, meant.person)} if meant.person else set()
    task = _task(asked, meant, officer, lead, (start, until))
    review = await server_record.written(unit, id, task, Own(Origin(lead, officer), Verdict(noted=noted)))
    rule = Rule(emergency.ID, "permit", EVERYTHING, emergency.BECAUSE, (Evidence(review.cited, emergency.REVIEW),))
    return Broken(review, meant, until, Decision(True, (rule,)))


def _allowed(unit: UnitOfWork) -> None:
    """For an emergency post and its purpose alone, by a token that may write the Task and read Patients."""
    policy.covered(policy.ruling("create", unit.facts).rules, "Task")
    policy.covered(policy.ruling("read", unit.facts).rules, "Patient")
    if unit.facts.holds(vocabulary.EMERGENCY) and unit.facts.actor.purpose == vocabulary.BREAK_THE_GLASS:
        return
    text = "only who holds an emergency post breaks the glass, with a token for the purpose BTG"
    ja = "緊急閲覧ができるのは、緊急対応の職にある人が、緊急の目的（BTG）のトークンで求めたときだけです"
    raise Problem("forbidden", problem.of_rule(emergency.ID, text, ja, "", "forbidden"))


async def _is_under_review(unit: UnitOfWork, officer: str) -> bool:
    reviews = all_of([has(".type", "Task"), has(".code", vocabulary.EMERGENCY_REVIEW), has(".open", "yes")])
    own = all_of([reviews, has(".party", officer), has_any(OPENED)])
    return bool((await unit.tx.find(Query(own, limit=1), within=MEANT)).versions)


async def _by_description(unit: UnitOfWork, described: Mapping[str, Any]) -> Meant:
    found = await identifying.certain(unit.tx, unit.engine.index, described, MEANT)
    if not found or found[0].reference in unit.facts.conflicting:
        text = "there is nobody of whom this is certain: an identifier, or the name and the birth date, of one person"
        ja = "この手がかりで確かに一人に決まる人はいません（識別子、または氏名と生年月日を示してください）"
        raise Problem("not-found", problem.of_rule(emergency.ID, text, ja, "Parameters.parameter"))
    return await _alone_or_housed(unit, *(each.reference for each in found))


async def _by_record(unit: UnitOfWork, name: str) -> Meant:
    """The one person that a record is about, or the one household that all of them are in. A record that would not be
    opened means nobody."""
    type, _, id = name.partition("/")
    found = await unit.tx.get(type, id, within=emergency.OPENED)
    groups = values(found.terms, ".household") if found else ()
    world = Gathered(unit.tx.at, period.instant(unit.facts.actor.now))
    world.add(await unit.tx.rows((MEMBER, group) for group in groups))
    persons = frozenset(PERSONS.of(found.terms, Around(found.stored, world))) if found and not found.deleted else None
    if not persons or persons & unit.facts.conflicting:
        raise refusal.not_found(type, id)
    if len(persons) == 1:
        return await _alone_or_housed(unit, next(iter(persons)))
    households = frozenset[str].intersection(*[await _households(unit, one) for one in sorted(persons)])
    if len(households) != 1:
        raise refusal.not_found(type, id)
    (household,) = households
    return Meant("", household, await care.members(unit.tx, households))


async def _alone_or_housed(unit: UnitOfWork, *called: str) -> Meant:
    """One person, by each name that was meant."""
    own = frozenset(called)
    households = frozenset[str]().union(*[await _households(unit, one) for one in called])
    if len(households) != 1:
        return Meant(called[0], "", own)
    (household,) = households
    return Meant(called[0], household, own | await care.members(unit.tx, households))


async def _households(unit: UnitOfWork, person: str) -> frozenset[str]:
    """The households of which somebody is a member now."""
    within = all_of([care.HOUSEHOLDS, has("member", person)])
    found = (await unit.tx.find(Query(within), within=care.HOUSEHOLDS)).versions
    bodies = ((each.reference, evidence.body(each)) for each in found)
    return frozenset(name for name, body in bodies if body.get("type") == "person" and body.get("active") is not False)


def _task(asked: Emergency, meant: Meant, officer: str, lead: str, during: tuple[str, str]) -> dict[str, Any]:
    system, _, code = vocabulary.EMERGENCY_REVIEW.rpartition("|")
    opened = {"type": {"text": "閲覧の対象者 / opened for"}}
    task: dict[str, Any] = {"resourceType": "Task", "status": "requested", "intent": "order"}
    task |= {"code": {"coding": [{"system": system, "code": code}]}}
    task |= {"focus": {"reference": asked.record}} if asked.record else {}
    return task | {
        "for": {"reference": meant.household or meant.person},
        "executionPeriod": {"start": during[0], "end": during[1]},
        "authoredOn": during[0],
        "requester": {"reference": officer},
        "owner": {"reference": lead},
        "reasonCode": {"text": asked.reason.strip()},
        "input": [opened | {"valueReference": {"reference": one}} for one in sorted(meant.persons)],
    }


def _wrong(text: str, ja: str) -> Problem:
    return Problem("business-rule", problem.of_rule(emergency.ID, text, ja, "Parameters.parameter"))
