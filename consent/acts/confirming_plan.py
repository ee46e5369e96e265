"""$confirm-plan: the lead section confirms a later version of the total care plan, which who carries out reads since.

docs/policy.md, P13 and "after the conference": what was decided on stays readable until then, by its number.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from consent import evidence, policy, refusal, verdict, vocabulary
from consent.acts import reply, transfer_task
from consent.acts.reply import Reply, Unfit
from consent.acts.transfer_task import Transferred
from consent.rule import Rule, Text
from consent.writing.change import UnitOfWork
from resources.record import envelope, keeping, reference
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, Predicate, all_of, has
from resources.search.relation import values
from resources.store.port import Query

DECIDED: Predicate = all_of([has(".type", "CarePlan"), has(verdict.DECIDED, "yes")])
"""Under this the server looks whether an earlier version of a plan was decided on; it is told to who keeps the plan."""

ROLES: Predicate = all_of([has(".type", "CareTeam"), has(".code", vocabulary.CASE_TEAM), has(".open", "yes")])
"""Under this the server looks whether roles of a household are in force."""

_WAITING: Predicate = all_of([has(".type", "Task"), has(".code", vocabulary.CONFIRM_PLAN), has(".open", "yes")])
_ASKED = Rule("P13", "permit", EVERYTHING, Text("a plan is to be confirmed as decided on", "計画の版の確認を求める"))
_CONFIRMED = Rule(
    "P6",
    "permit",
    EVERYTHING,
    Text("the lead section decided on a version of a plan", "主管課が、計画の版を確認するかを決めた"),
)


@dataclass(frozen=True, slots=True)
class Asking:
    """A total care plan, as `CarePlan/id`, and why the version that stands is to be carried out."""

    plan: str
    reason: str


async def asked(unit: UnitOfWork, said: Asking) -> Transferred:
    """Put the version that stands before the lead section. Raises Problem where there is nothing to confirm."""
    type, _, id = said.plan.partition("/")
    policy.covered(policy.ruling("update", unit.facts).rules, type)
    found = await unit.look_up(said.plan)
    if found is None or found.deleted or not (await unit.judge("read", found)).allowed:
        raise refusal.not_found(type, id)
    if keeping.keeper(found.terms) not in unit.facts.keeps:
        raise transfer_task.not_theirs(*_NOT_KEPT)
    await _check(unit, found)
    if not said.reason:
        raise transfer_task.refused(*_WHY)
    waiting = all_of([_WAITING, has("focus", found.reference)])
    if await transfer_task.is_known(unit, (await unit.tx.find(Query(waiting), within=_WAITING)).versions):
        raise transfer_task.refused(*_WAITS)
    lead = await transfer_task.lead_section(unit)
    number = {"type": {"text": "確認する版"}, "valuePositiveInt": found.number}
    keeper = keeping.keeper(found.terms)
    task = await transfer_task.written(unit, vocabulary.CONFIRM_PLAN, found, keeper, lead, said.reason, input=[number])
    return await Transferred(task, _ASKED, action="create").to(unit)


async def answered(unit: UnitOfWork, said: Reply) -> Transferred:
    """Confirm that version, or decline. Raises Problem where that is not the caller's, or the plan is another since."""
    task = await reply.read(unit, said.task, {vocabulary.CONFIRM_PLAN}, _OTHER_TASK)
    body = evidence.body(task)
    plan = await unit.look_up(reference.one(body, "focus"))
    wrote = envelope.written(plan.terms)[0] if plan else ""
    own = unit.facts.actor.person in ("", envelope.origin(task.terms).author, wrote)
    reply.by_lead_section(unit, task, said, _UNFIT, own=own)
    if not said.accept:
        declined = await transfer_task.ended(unit, task, "cancelled", said.reason)
        return await Transferred(declined, _CONFIRMED).to(unit)
    if plan is None or plan.deleted or plan.number != body["input"][0]["valuePositiveInt"]:
        raise transfer_task.refused(*_CHANGED, "Task.focus")
    await _check(unit, plan)
    done = await transfer_task.ended(unit, task, "completed", said.reason)
    after = replace(plan, terms=tuple(sorted({*plan.terms, _MARK})))
    await unit.tx.amend(after.reference, {after.number: after.terms}, None)
    unit.found[after.reference] = after
    return await Transferred(done, _CONFIRMED, (after,)).to(unit)


async def _check(unit: UnitOfWork, plan: Version) -> None:
    """Raises Problem unless it is a later version of a plan that was decided on, and roles are in force."""
    body, judged = evidence.body(plan), verdict.read(plan.terms)
    total = plan.type == "CarePlan" and vocabulary.TOTAL_CARE_PLAN in values(plan.terms, ".code")
    if not total or not judged.counts or body.get("status") != "active":
        raise transfer_task.refused(*_NO_PLAN, "CarePlan")
    if judged.note(verdict.DECIDED):
        raise transfer_task.refused(*_DECIDED_ALREADY, "CarePlan")
    earlier = Query(all_of([DECIDED, has(".id", plan.reference)]), history=True, limit=1)
    household = reference.one(body, "subject")
    teams = (await unit.tx.find(Query(all_of([ROLES, has(".household", household)])), within=ROLES)).versions
    in_force = [each for each in teams if verdict.read(each.terms).counts]
    decided = any(reference.one(evidence.body(each), "subject") == household for each in in_force)
    if not decided or not (await unit.tx.find(earlier, within=DECIDED)).versions:
        raise transfer_task.refused(*_NEVER_DECIDED, "CarePlan")


_MARK = f"{verdict.DECIDED} yes"
_NOT_KEPT = (
    "P13",
    "the agency that keeps the plan asks the lead section to confirm it: ask that agency",
    "計画の版の確認を求めるのは、計画を管理する機関です。その機関に頼んでください",
)
_NO_PLAN = (
    "P13",
    "what is confirmed is a household's total care plan that is active",
    "確認するのは、世帯の有効なトータルケアプランです",
)
_DECIDED_ALREADY = (
    "P13",
    "this version stands as it was decided on: who carries it out reads it already",
    "この版は、決まったときの計画のままです。役割を担う人は、すでに読めます",
)
_NEVER_DECIDED = (
    "P13",
    "no earlier version of this plan was decided on, or its roles are in force no more: `$decide-roles` decides on it",
    "この計画について、役割の決定がないか、もう有効ではありません。`$decide-roles` で決めてください",
)
_WHY = ("P13", "say why, in `reason`", "理由を `reason` に書いてください")
_WAITS = (
    "P13",
    "the lead section is asked about this plan already: await its answer, or take that back (`cancelled`)",
    "この計画については、すでに確認を求めています。答えを待つか、取り下げて（cancelled）ください",
)
_OTHER_TASK = (
    "P13",
    "this Task asks for no plan to be confirmed: answer it by a new version of it",
    "これは計画の版の確認の Task ではありません。Task の新しい版を書いて答えてください",
)
_LEADS = (
    "P13",
    "a plan is confirmed by the lead section, never by who asks or who wrote that version",
    "計画の版を確認するのは主管課です。求めた人も、その版を書いた人も確認できません",
)
_OVER = (
    "P13",
    "this was answered already: ask anew on the plan",
    "すでに答えられています。計画について改めて求めてください",
)
_CHANGED = (
    "P13",
    "the plan was changed since this was asked: decline it (`accept` false), and have it asked anew for what stands",
    "求めた後に計画が変わっています。accept を false にして終え、いまの版について改めて求めてもらってください",
)
_UNFIT = Unfit(theirs=_LEADS, over=_OVER, why=_WHY)
