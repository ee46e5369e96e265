"""$name-successor: the lead section names which agency keeps the files of one that has ended, or undoes that.

docs/policy.md, "succession". The Task that comes of it says so: nothing is rewritten, and who wrote what stays so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from consent import evidence, policy, refusal, succession, verdict, vocabulary
from consent.acts import transfer_task
from consent.acts.transfer_task import Transferred
from consent.relations import people_of_agency
from consent.rule import Rule, Text
from consent.standing import department
from consent.succession import Succession, Successions
from consent.verdict import Verdict
from consent.writing import custodian, server_record, server_version, successor_notices
from consent.writing.after_image import Own
from consent.writing.change import UnitOfWork, new_id
from resources.record import parse, period
from resources.record.envelope import Origin
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate, has, term
from resources.search.relation import Gathered

AGENCIES: Predicate = has(".type", "Organization")
"""Under this the server looks whether an agency has ended, and the other has not: that is public."""

_NAMED = Rule(
    "P1",
    "permit",
    EVERYTHING,
    Text(
        "the lead section names who succeeds an agency that has ended", "主管課が、終わった機関の後を継ぐ機関を指定する"
    ),
)


@dataclass(frozen=True, slots=True)
class Naming:
    """The agency that has ended and the one that is to keep its files, as `Organization/id`, and why; to `undo` is that
    nobody keeps them any more."""

    former: str
    to: str
    reason: str
    undo: bool = False


async def named(unit: UnitOfWork, said: Naming) -> Transferred:
    """The Task that says so. Raises Problem `not-found`, `forbidden`, `business-rule`."""
    policy.covered(policy.ruling("update", unit.facts).rules, "Task")
    former = await _agency(unit, said.former)
    if former is None:
        raise refusal.not_found(*said.former.split("/", 1))
    casework = unit.facts.actor.purpose in vocabulary.CASEWORK_PURPOSES
    if not casework or not unit.facts.holds(vocabulary.LEAD_SECTION):
        raise transfer_task.not_theirs(*_NOT_LEADING)
    if not said.reason:
        raise transfer_task.refused(*_WHY)
    rows = await unit.tx.rows([succession.ASKED])
    standing = succession.read(rows, Gathered(unit.tx.at, period.instant(unit.facts.actor.now)))
    stands = standing.of_former(said.former)
    if said.undo:
        if not stands:
            raise transfer_task.refused(*_NOTHING)
        done = [await _undone(unit, each, said.reason) for each in stands]
        for each in stands:
            done += await successor_notices.told(unit, each.former, each.successor, undone=True)
        return await Transferred(done[0], _NAMED, tuple(done[1:])).to(unit)
    if stands:
        raise transfer_task.refused(*_NAMED_ALREADY)
    await _check(unit, former, said, standing)
    task = await _written(unit, said)
    letters = await successor_notices.told(unit, said.former, said.to)
    return await Transferred(task, _NAMED, letters, action="create").to(unit)


async def _check(unit: UnitOfWork, former: Version, said: Naming, standing: Successions) -> None:
    """Raises Problem unless the former has ended, with every post there, and the other goes on."""
    if evidence.body(former).get("active") is not False:
        raise transfer_task.refused(*_ALIVE)
    if await people_of_agency.are_or_come(unit.tx, unit.facts, said.former):
        raise transfer_task.refused(*_STAFFED)
    successor = await _agency(unit, said.to)
    if successor is None or evidence.body(successor).get("active") is False:
        raise transfer_task.refused(*_NO_SUCCESSOR)
    if not unit.facts.agencies.isdisjoint({said.to, department.above(evidence.body(successor))}):
        raise transfer_task.not_theirs(*_ITSELF)
    if len(standing.kept_by([said.to]) | standing.kept_by([said.former])) > succession.MOST + 1:
        raise transfer_task.refused(*_TOO_MANY)


async def _agency(unit: UnitOfWork, name: str) -> Version | None:
    type, _, id = name.partition("/")
    found = await unit.tx.get(type, id, within=AGENCIES)
    return None if found is None or found.deleted else found


async def _written(unit: UnitOfWork, said: Naming) -> Version:
    own = custodian.of(unit.facts)
    system, _, code = vocabulary.SUCCESSION.rpartition("|")
    task: dict[str, Any] = {"resourceType": "Task", "status": "requested", "intent": "order"}
    task |= {"code": {"coding": [{"system": system, "code": code}]}, "focus": {"reference": said.former}}
    task |= {"authoredOn": period.instant(unit.facts.actor.now), "reasonCode": {"text": said.reason}}
    task |= {"requester": {"reference": own}, "owner": {"reference": said.to}}
    says = Verdict(True, noted=frozenset({term(verdict.SUCCEEDED, said.former)}))
    return await server_record.written(unit, new_id(), task, Own(Origin(own, unit.facts.writer), says))


async def _undone(unit: UnitOfWork, stands: Succession, reason: str) -> Version:
    """The Task, which says nothing from then on."""
    task = await unit.look_up(stands.source)
    assert task is not None
    body = parse.editable(task.body) | {"status": "cancelled", "statusReason": {"text": reason}}
    body["lastModified"] = period.instant(unit.facts.actor.now)
    after, resource = await server_version.of(unit, task, body, Verdict(True))
    await unit.put(after, resource, task)
    return after


_NOT_LEADING = (
    "P1",
    "who succeeds an agency is named by who holds the post of the lead section: tell them which agency takes the files "
    "over",
    "後を継ぐ機関を指定するのは、主管課の職にある人です。どの機関が引き継ぐかを主管課に伝えてください",
)
_WHY = ("P1", "say why: `reason`", "理由を `reason` に書いてください")
_NOTHING = (
    "P1",
    "nobody was named to succeed this agency: there is nothing to undo",
    "この機関の後を継ぐ機関は、指定されていません。取り消すものがありません",
)
_NAMED_ALREADY = (
    "P1",
    "another agency keeps the files of this one already: undo that first (`undo`), and name anew",
    "この機関の後を継ぐ機関は、すでに指定されています。先に取り消し（undo）、改めて指定してください",
)
_ALIVE = (
    "P1",
    "an agency is succeeded once it has ended in the directory: a directory keeper ends it first (`active` false); "
    "until then it hands its records over itself (`$transfer`)",
    "後を継ぐ機関を指定できるのは、相談機関一覧で終わった（active が false の）機関です。"
    "続いている機関は、記録を自分で引き継ぎます（`$transfer`）",
)
_STAFFED = (
    "P1",
    "somebody holds a post at this agency still, or is to: a directory keeper ends the posts first, so that nobody "
    "reads its files beside its successor",
    "この機関には、まだ職にある人がいます（これから職に就く人を含みます）。"
    "先に一覧の管理担当が職を終わらせてください。後を継ぐ機関のほかに読む人を残さないためです",
)
_NO_SUCCESSOR = (
    "P1",
    "name an agency of the directory that goes on: `to`",
    "相談機関一覧で続いている別の機関（Organization）を `to` に示してください",
)
_ITSELF = (
    "P1",
    "who decides does not take the files over: name an agency that you do not act for, and no part of one",
    "決める人の機関も、その内部の機関も、後を継げません。自分の職がない機関を指定してください",
)
_TOO_MANY = (
    "P1",
    f"one agency keeps the files of at most {succession.MOST} others: name another",
    f"一つの機関が後を継げるのは{succession.MOST}機関までです。別の機関を指定してください",
)
