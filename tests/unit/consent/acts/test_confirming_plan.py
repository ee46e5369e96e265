"""A later version of a plan is confirmed by the lead section: who carries out the roles reads it from then on (P13)."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from consent.actor import Actor
from consent.acts import confirming_plan
from consent.acts.confirming_plan import Asking
from consent.acts.reply import Reply
from consent.acts.transfer_task import Transferred
from resources.search.predicate import EVERYTHING, term
from resources.store.port import Transaction
from tests.laws.worlds import concept, ref
from tests.unit.consent.acts.test_put_before_lead import holds, status
from tests.unit.consent.acts.test_transferring import numbers, refused, wrong
from tests.unit.consent.test_carrying_out import activity, again, close, decide, plan
from tests.unit.consent.town import Town, actor, household, patient

Json = dict[str, Any]

P, Q, CO, LEAD, CONV = (actor(name) for name in ("p", "q", "co", "lead", "conv"))
PLAN = "CarePlan/plan"
WHY = "支援を一つ書き足した"


def ask(town: Town, who: Actor = P, name: str = PLAN, reason: str = WHY) -> Transferred:
    do = partial(confirming_plan.asked, said=Asking(name, reason))
    return town.run(town.gate.operate(who, ("$confirm-plan", name), do))


def answer(
    town: Town, who: Actor, asked: Transferred, *, accept: bool = True, reason: str = "会議で決めたとおり"
) -> Transferred:
    do = partial(confirming_plan.answered, said=Reply(asked.task.id, accept, reason))
    return town.run(town.gate.operate(who, ("$confirm-plan", asked.task.reference), do))


def versions(town: Town, who: Actor = Q) -> list[int]:
    """The versions of the plan that this one reads."""
    return numbers(town, who, PLAN)


@pytest.fixture
def written_on(open_: Town) -> Town:
    """Roles were decided on a plan of one support, another was added since, and the meeting is over."""
    open_.write(P, plan(activity()))
    decide(open_, "other", "center")
    open_.write(P, again(plan(activity(), activity(description="通院の付き添い"))))
    close(open_)
    return open_


def test_the_version_that_was_confirmed_is_read_by_who_carries_out_the_roles(written_on: Town) -> None:
    assert versions(written_on) == [1]
    asked = ask(written_on)
    assert versions(written_on) == [1], "asking opens nothing"
    assert written_on.reads(LEAD, PLAN)
    done = answer(written_on, LEAD, asked)
    assert versions(written_on) == [1, 2]
    assert PLAN in written_on.search(Q, "CarePlan")
    assert [each.reference for each in done.records] == [PLAN]
    assert wrong(written_on) == []
    started = activity(status="in-progress"), activity(description="通院の付き添い")
    written_on.write(P, again(plan(*started), 2))
    assert versions(written_on) == [1, 2, 3], "and later ones in which no more than that changed"
    assert wrong(written_on) == []


def test_declined_it_stays_as_it_was(written_on: Town) -> None:
    asked = ask(written_on)
    answer(written_on, LEAD, asked, accept=False, reason="会議に諮る")
    assert versions(written_on) == [1]
    assert written_on.read(P, asked.task.reference)["statusReason"] == {"text": "会議に諮る"}
    assert wrong(written_on) == []


def test_who_asks_and_who_wrote_it_do_not_confirm_it_and_nobody_but_the_lead_section_does(written_on: Town) -> None:
    asked = ask(written_on)
    for who in (P, Q, CO, CONV):
        assert refused(written_on, answer, who, asked) in ("forbidden P13", "not-found"), who
    holds(written_on, "p", "Organization/lead", "lead-section")
    assert refused(written_on, answer, P, asked) == "forbidden P13"
    assert refused(written_on, answer, LEAD, asked, reason="") == "business-rule P13"


def test_what_changed_since_it_was_asked_is_not_confirmed(written_on: Town) -> None:
    asked = ask(written_on)
    written_on.write(P, again(plan(activity(), activity(description="別の支援")), 2))
    assert refused(written_on, answer, LEAD, asked) == "business-rule P13"
    assert versions(written_on) == [1]
    answer(written_on, LEAD, asked, accept=False, reason="計画が変わった")
    answer(written_on, LEAD, ask(written_on))
    assert versions(written_on) == [1, 3]


def test_it_is_asked_by_who_keeps_the_plan_once_and_with_a_reason(written_on: Town) -> None:
    assert refused(written_on, ask, Q) == "not-found", "the version that stands is not for them"
    assert refused(written_on, ask, LEAD) == "forbidden P13"
    assert refused(written_on, ask, P, reason="") == "business-rule P13"
    assert refused(written_on, ask, P, "CarePlan/k") == "business-rule P13", "a case is no plan"
    asked = ask(written_on)
    assert refused(written_on, ask) == "business-rule P13"
    written_on.write(P, written_on.read(P, asked.task.reference) | {"status": "cancelled"})
    assert refused(written_on, answer, LEAD, asked) == "not-found"
    ask(written_on)


def test_a_version_that_stands_as_decided_and_a_plan_on_which_nothing_was_decided_are_not_confirmed(
    open_: Town,
) -> None:
    open_.write(P, plan(activity()))
    assert refused(open_, ask) == "business-rule P13", "nothing was decided"
    decide(open_, "other", "center")
    assert refused(open_, ask) == "business-rule P13", "it is as it was decided"
    open_.write(P, again(plan(activity(), activity(description="通院の付き添い"))))
    asked = ask(open_)
    roles = open_.read(LEAD, "CareTeam/roles")
    open_.write(LEAD, roles | {"status": "inactive"})
    assert refused(open_, answer, LEAD, asked) == "business-rule P13", "the roles are over"


def test_of_persons_for_whom_nobody_decided_nothing_is_read_by_it(written_on: Town) -> None:
    written_on.write(P, patient("3"), household("1", "2", "3") | {"meta": {"versionId": "1"}})
    written_on.write(P, again(plan(activity(), activity(description="三人目の支援")), 2))
    answer(written_on, LEAD, ask(written_on))
    assert versions(written_on) == [1]


def test_nobody_writes_such_a_task_and_a_mark_that_nobody_confirmed_is_found(written_on: Town) -> None:
    task: Json = {"resourceType": "Task", "id": "x", "status": "requested", "intent": "order", "focus": ref(PLAN)}
    task |= {"code": concept("task-code", "confirm-plan"), "owner": ref("Organization/lead")}
    assert refused(written_on, lambda town: town.write(P, task)).startswith("forbidden")
    asked = ask(written_on)
    assert refused(
        written_on, lambda town: town.write(LEAD, town.read(LEAD, asked.task.reference) | {"status": "completed"})
    ).startswith("forbidden")
    assert status(written_on, asked.task.reference) == "requested"

    async def forge(tx: Transaction) -> None:
        found = await tx.get("CarePlan", "plan", within=EVERYTHING)
        assert found
        await tx.amend(PLAN, {found.number: tuple(sorted({*found.terms, term(".decided", "yes")}))}, None)

    written_on.run(written_on.store.transact(forge))
    assert len(wrong(written_on)) == 1
