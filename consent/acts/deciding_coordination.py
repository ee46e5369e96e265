"""$decide-coordination: who called the coordinator, or was called, asks the lead section to decide on coordination.

docs/policy.md, P6 and "handing on"; R12, R13 and R14 of the domain, decision 10. Decided, the server brings the case to
the coordinator in the lead section's name; the coordinator accepts it as any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from consent import evidence, verdict, vocabulary
from consent.acts import case_to_bring, reply, transfer_task
from consent.acts.reply import Reply, Unfit
from consent.acts.transfer_task import Transferred
from consent.rule import Rule, Text
from consent.standing import put_before
from consent.writing import custodian, leading, server_record
from consent.writing.after_image import Own
from consent.writing.change import UnitOfWork, new_id
from resources.record import coding, envelope, keeping, period, reference
from resources.record.envelope import Origin
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate, all_of, has
from resources.store.port import Query

ASKED: Predicate = all_of([has(".type", "Task"), has(".open", "yes")])
"""Under this the server looks whether it is asked, or a case brought, already."""

_GROUNDS = f"{coding.BASE}/CodeSystem/coordination-ground"
_PUT = Rule("R12", "permit", EVERYTHING, Text("an escalation is put before the lead section", "連絡を主管課に諮る"))
_DECIDED = Rule(
    "P6",
    "permit",
    EVERYTHING,
    Text("the lead section decided whether it becomes coordination", "主管課が、推進員の調整とするかを決めた"),
)


@dataclass(frozen=True, slots=True)
class Escalation:
    """The id of the Task by which the coordinator was called, on which of the six grounds it is to be coordinated, and
    why."""

    task: str
    ground: str
    reason: str


async def asked(unit: UnitOfWork, said: Escalation) -> Transferred:
    """Put it before the lead section. Raises Problem where that is not the caller's, or nothing is to be decided."""
    task = await reply.read(unit, said.task, {vocabulary.ESCALATE}, _NO_CALL)
    owner, keeper = reference.one(evidence.body(task), "owner"), keeping.keeper(task.terms)
    own = owner in unit.facts.seats
    if not own and keeper not in unit.facts.keeps:
        raise transfer_task.not_theirs(*_NOT_THEIRS)
    if not _stands(task):
        raise transfer_task.refused(*_ENDED, "Task.status")
    if said.ground not in {each.code for each in unit.engine.spec.concepts(_GROUNDS)}:
        raise transfer_task.refused(*_GROUND)
    if not said.reason:
        raise transfer_task.refused(*_WHY)
    waiting = all_of([ASKED, has(".code", vocabulary.DECIDE_COORDINATION), has("part-of", task.reference)])
    if await transfer_task.is_known(unit, (await unit.tx.find(Query(waiting), within=ASKED)).versions):
        raise transfer_task.refused(*_WAITS)
    lead = await leading.agency(unit)
    if not lead:
        raise transfer_task.refused(*_NO_LEAD)
    body = _task(vocabulary.DECIDE_COORDINATION, unit, {"coding": [_ground(said.ground)], "text": said.reason})
    body |= {"focus": {"reference": task.reference}, "partOf": [{"reference": task.reference}]}
    if whom := await case_to_bring.whom(unit, task):
        body["for"] = {"reference": whom}
    body |= {"requester": {"reference": owner if own else keeper}, "owner": {"reference": lead}}
    word = Own(Origin(custodian.of(unit.facts), unit.facts.writer), put_before.judged(task))
    return await Transferred(await server_record.written(unit, new_id(), body, word), _PUT, action="create").to(unit)


async def answered(unit: UnitOfWork, said: Reply) -> Transferred:
    """Bring the case to the coordinator, or decline. Raises Problem where that is not the caller's to decide."""
    task = await reply.read(unit, said.task, {vocabulary.DECIDE_COORDINATION}, _OTHER_TASK)
    body = evidence.body(task)
    reply.by_lead_section(unit, task, said, _UNFIT, own=await _has_a_part(unit, task))
    if not said.accept:
        return await Transferred(await transfer_task.ended(unit, task, "cancelled", said.reason), _DECIDED).to(unit)
    escalation = await unit.look_up(reference.one(body, "focus"))
    if escalation is None or escalation.deleted or not _stands(escalation):
        raise transfer_task.refused(*_GONE, "Task.focus")
    is_it = put_before.judged(escalation).fixed == verdict.read(task.terms).fixed
    if not is_it or await case_to_bring.whom(unit, escalation) != reference.one(body, "for"):
        raise transfer_task.refused(*_CHANGED, "Task.focus")
    ground = body["reasonCode"]["coding"][0]
    brought = await _brought(unit, escalation, ground, said.reason, reference.one(body, "owner"))
    done = await transfer_task.ended(unit, task, "completed", said.reason)
    return await Transferred(done, _DECIDED, (brought,)).to(unit)


async def _has_a_part(unit: UnitOfWork, task: Version) -> bool:
    """Whether the caller put it before the lead section, or is the coordinator who was called."""
    call = await unit.look_up(reference.one(evidence.body(task), "focus"))
    called = reference.one(evidence.body(call), "owner") if call and not call.deleted else ""
    return unit.facts.actor.person in ("", envelope.origin(task.terms).author) or called in unit.facts.seats


async def _brought(unit: UnitOfWork, escalation: Version, ground: Mapping[str, Any], reason: str, lead: str) -> Version:
    """The call for the coordinator, as the lead section itself might have written it."""
    owner = reference.one(evidence.body(escalation), "owner")
    post = await unit.look_up(owner)
    held = evidence.post(post, unit.facts.actor.now) if post and not post.deleted else None
    if held is None or vocabulary.COORDINATOR not in held.functions:
        raise transfer_task.refused(*_NO_COORDINATOR, "Task.owner")
    cases = await case_to_bring.of(unit, escalation)
    if len(cases) != 1:
        raise transfer_task.refused(*(_SEVERAL if cases else _NO_CASE), "Task.focus")
    case = cases[0]
    open_calls = all_of([ASKED, has(".code", vocabulary.COORDINATE), has("focus", case.reference)])
    if (await unit.tx.find(Query(open_calls), within=ASKED)).versions:
        raise transfer_task.refused(*_BROUGHT, "Task.focus")
    call = _task(vocabulary.COORDINATE, unit, {"coding": [ground], "text": reason})
    used = await case_to_bring.sheet_used(unit, escalation)
    call["extension"] = [{"url": f"{coding.BASE}/StructureDefinition/sheet-used", "valueBoolean": used}]
    household = reference.one(evidence.body(case), "subject")
    call |= {"partOf": [{"reference": escalation.reference}], "focus": {"reference": case.reference}}
    call |= {"for": {"reference": household}, "requester": {"reference": lead}, "owner": {"reference": owner}}
    word = Own(Origin(custodian.of(unit.facts), unit.facts.writer), put_before.brought(escalation, lead, owner))
    return await server_record.written(unit, new_id(), call, word)


def _stands(escalation: Version) -> bool:
    return verdict.read(escalation.terms).counts and evidence.is_open(escalation)


def _task(code: str, unit: UnitOfWork, reason: Mapping[str, Any]) -> dict[str, Any]:
    system, _, bare = code.rpartition("|")
    task: dict[str, Any] = {"resourceType": "Task", "status": "requested", "intent": "order"}
    task |= {"code": {"coding": [{"system": system, "code": bare}]}, "reasonCode": reason}
    return task | {"authoredOn": period.instant(unit.facts.actor.now)}


def _ground(code: str) -> Mapping[str, Any]:
    return {"system": _GROUNDS, "code": code}


_NO_CALL = (
    "R12",
    "what is put before the lead section is a call for the coordinator about a request: call it first by a Task with "
    "the code `escalate-to-coordinator`, partOf the request's Task",
    "主管課に諮るのは、依頼について推進員に連絡した Task です。"
    "先に、符号 escalate-to-coordinator の Task（partOf）で推進員に連絡してください",
)
_NOT_THEIRS = (
    "R12",
    "who called the coordinator, or the coordinator who was called, puts it before the lead section: call the "
    "coordinator yourself about the request that you asked or were asked",
    "主管課に諮るのは、推進員に連絡した機関か、連絡を受けた推進員です。"
    "自分が出した、または受けた依頼について、推進員に連絡してください",
)
_ENDED = (
    "R12",
    "this call has ended, or was taken back: call the coordinator anew",
    "この連絡は終わったか、取り下げられています。改めて推進員に連絡してください",
)
_GROUND = (
    "R13",
    "the coordinator takes a case on one of six grounds: give the code of one of `coordination-ground` in `ground`",
    "推進員は六つの理由のいずれかで受け付けます。理由の符号（coordination-ground）を `ground` に示してください",
)
_WHY = ("P6", "the lead section decides on reasons: say why, in `reason`", "理由を `reason` に書いてください")
_WAITS = (
    "P6",
    "the lead section is asked about this already: await its answer, or take that back (`cancelled`)",
    "この連絡は、すでに主管課に諮っています。答えを待つか、取り下げて（cancelled）ください",
)
_NO_LEAD = (
    "P6",
    "nobody holds the post of the lead section now: the agency that keeps the case brings it to the coordinator itself",
    "主管課の職にある人がいません。事例を管理する機関が、自分で推進員に持ち込んでください",
)
_OTHER_TASK = (
    "P6",
    "this Task asks for no such decision: answer it by a new version of it",
    "これは調整とするかを諮る Task ではありません。Task の新しい版を書いて答えてください",
)
_LEADS = (
    "P6",
    "the lead section decides on it, never who asks or was called: await its answer, or take it back (`cancelled`)",
    "調整とするかを決めるのは主管課です。諮った人も呼ばれた推進員も決められません。答えを待つか、取り下げてください",
)
_OVER = (
    "P6",
    "this was answered already: where it is still needed, call it on the escalation anew",
    "すでに答えられています。なお必要なら、連絡の Task について改めて諮ってください",
)
_GONE = (
    "P6",
    "there is nothing left to decide: the call has ended, or was taken back; decline this (`accept` false)",
    "決めることがなくなりました。連絡は終わったか、取り下げられています。accept を false にして終えてください",
)
_CHANGED = (
    "P6",
    "what the call is part of, or whom the request names, changed since this was asked: decline this (`accept` false), "
    "and have it put before you anew as it stands",
    "諮られた後に、連絡の元の依頼か、依頼に書かれた人が変わっています。"
    "accept を false にして終え、いまの内容で改めて諮るよう伝えてください",
)
_NO_COORDINATOR = (
    "R13",
    "whom it called is a coordinator no more: decline this (`accept` false), and have another coordinator called",
    "連絡を受けた人は、いまは推進員ではありません。accept を false にして終え、別の推進員に連絡するよう伝えてください",
)
_NO_CASE = (
    "R13",
    "no agency of this request keeps an open case of this person's household: have the agency that asked open one "
    "(CarePlan of the category `case`) and bring it to the coordinator (Task `coordinate`), or accept once it is there",
    "この依頼にかかわる機関に、この人の世帯の進行中の事例がありません。"
    "依頼元の機関に、事例（区分 case の CarePlan）を作って推進員に持ち込む（coordinate の Task）か、"
    "作ったことを知らせるよう頼んでください。事例ができてから承認できます",
)
_SEVERAL = (
    "R13",
    "the agency keeps several open cases of this person: have it bring the one that is meant to the coordinator (Task "
    "`coordinate`), and decline this (`accept` false)",
    "その機関には、この人の進行中の事例がいくつもあります。どの事例かは、その機関が推進員に持ち込んで"
    "（coordinate の Task）示してください。accept を false にして終えてください",
)
_BROUGHT = (
    "R13",
    "the case was brought to a coordinator already: decline this (`accept` false)",
    "この事例は、すでに推進員に持ち込まれています。accept を false にして終えてください",
)
_UNFIT = Unfit(theirs=_LEADS, over=_OVER, why=_WHY)
