"""What is put before the lead section of a later version of a plan, whole, and which can be confirmed (P13)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from consent import verdict
from consent.actor import Scope
from consent.rule import Decision, Rule, Text
from consent.verdict import Verdict
from resources.record import envelope
from resources.record.envelope import Origin
from resources.record.problem import Problem
from resources.search.predicate import EVERYTHING
from tests.laws.worlds import Record, concept, ref
from tests.unit.consent.acts.laid import gone, laid
from tests.unit.consent.acts.made import body
from tests.unit.consent.acts.test_confirming_plan import PLAN, WHY, answer, ask
from tests.unit.consent.acts.test_transferring import refused
from tests.unit.consent.conftest import call, open_meeting
from tests.unit.consent.people import SYSTEM
from tests.unit.consent.test_carrying_out import activity, again, close, decide, plan, team
from tests.unit.consent.town import INSTALLER, Town, actor, household

Json = dict[str, Any]

P, Q, LEAD = (actor(name) for name in ("p", "q", "lead"))
CENTER, LEADING = "Organization/center", "Organization/lead"
NOW = "2026-11-23T04:00:00.000Z"
ASKED = Rule("P13", "permit", EVERYTHING, Text("a plan is to be confirmed as decided on", "計画の版の確認を求める"))
CONFIRMED = Rule(
    "P6",
    "permit",
    EVERYTHING,
    Text("the lead section decided on a version of a plan", "主管課が、計画の版を確認するかを決めた"),
)


@pytest.fixture
def written_on(town_with: Callable[..., Town]) -> Town:
    """Roles were decided on a plan of one support, another was added since, and the meeting is over."""
    return town_with(_written_on)


def _written_on(town: Town) -> None:
    call(town)
    open_meeting(town)
    town.write(P, plan(activity()))
    decide(town, "other", "center")
    town.write(P, again(plan(activity(), activity(description="通院の付き添い"))))
    close(town)


def asking(number: int = 2, record: str = PLAN) -> Json:
    task: Json = {"resourceType": "Task", "status": "requested", "intent": "order", "focus": ref(record)}
    task |= {"code": concept("task-code", "confirm-plan"), "authoredOn": NOW, "reasonCode": {"text": WHY}}
    task |= {"requester": ref(CENTER), "owner": ref(LEADING), "for": ref("Group/g")}
    return task | {"input": [{"type": {"text": "確認する版"}, "valuePositiveInt": number}]}


def test_the_whole_task_says_which_version_and_confirmed_it_is_marked_as_decided_on(written_on: Town) -> None:
    asked = ask(written_on)
    assert body(asked.task) == body(asked.shown) == asking()
    assert (asked.action, asked.decision, asked.records) == ("create", Decision(True, (ASKED,)), ())
    assert envelope.origin(asked.task.terms) == Origin(CENTER, "Practitioner/p")
    (before,) = [each for each in written_on.stored("CarePlan") if each.reference == PLAN]
    done = answer(written_on, LEAD, asked, reason="会議で決めたとおり")
    told = {"status": "completed", "lastModified": NOW, "statusReason": {"text": "会議で決めたとおり"}}
    assert body(done.task) == asking() | told
    assert (done.action, done.decision) == ("update", Decision(True, (CONFIRMED,)))
    marked = replace(before, terms=tuple(sorted({*before.terms, f"{verdict.DECIDED} yes"})))
    assert done.records == (marked,)
    assert refused(written_on, ask) == "business-rule P13", "it stands as it was decided on"


def test_declined_it_says_why(written_on: Town) -> None:
    done = answer(written_on, LEAD, ask(written_on), accept=False, reason="会議に諮る")
    told = {"status": "cancelled", "lastModified": NOW, "statusReason": {"text": "会議に諮る"}}
    assert body(done.task) == asking() | told
    assert (done.records, done.decision) == ((), Decision(True, (CONFIRMED,)))


def test_what_is_no_later_version_of_an_active_plan_is_not_confirmed(written_on: Town) -> None:
    with pytest.raises(Problem, match="what is confirmed is a household's total care plan"):
        ask(written_on, P, "CarePlan/k")
    assert refused(written_on, ask, P, "CarePlan/none") == "not-found"
    assert refused(written_on, ask, P, PLAN, "") == "business-rule P13"
    plans = {
        "void": Record(plan(activity(), id="void"), CENTER, "Practitioner/p", Verdict(void=True)),
        "over": Record(plan(activity(), id="over", status="completed"), CENTER, "Practitioner/p", Verdict(True)),
        "new": Record(plan(activity(), id="new"), CENTER, "Practitioner/p", Verdict(True)),
    }
    for id, record in plans.items():
        laid(written_on, record)
        assert refused(written_on, ask, P, f"CarePlan/{id}") == "business-rule P13", id
    elsewhere = plan(activity(), id="elsewhere", subject=ref("Group/h"))
    decided = Verdict(True, noted=frozenset({f"{verdict.DECIDED} yes"}))
    laid(written_on, Record(household("1") | {"id": "h"}, CENTER, "Practitioner/p"))
    laid(written_on, Record(elsewhere, CENTER, "Practitioner/p", decided))
    assert refused(written_on, ask, P, "CarePlan/elsewhere") == "business-rule P13", "it is decided on as it stands"
    gone(written_on, PLAN)
    assert refused(written_on, ask) == "not-found"


@pytest.mark.parametrize("roles", ["over", "void", "of another household", "another kind"])
def test_roles_of_that_household_are_in_force(written_on: Town, roles: str) -> None:
    gone(written_on, "CareTeam/roles")
    changes: dict[str, Json] = {
        "over": {"status": "inactive"},
        "void": {},
        "of another household": {"subject": ref("Group/h"), "reasonReference": [ref("CarePlan/k")]},
        "another kind": {"category": [concept("record-category", "standing-roster")]},
    }
    judged = Verdict(void=True) if roles == "void" else Verdict(True)
    laid(written_on, Record(household("1") | {"id": "h"}, CENTER, "Practitioner/p"))
    laid(written_on, Record(team("other") | {"id": "x"} | changes[roles], LEADING, "Practitioner/lead", judged))
    assert refused(written_on, ask) == "business-rule P13"
    laid(written_on, Record(team("other") | {"id": "y"}, LEADING, "Practitioner/lead", Verdict(True)))
    assert body(ask(written_on).task) == asking()


def test_who_only_reads_it_asks_for_nothing_and_nobody_is_asked_where_nobody_leads(written_on: Town) -> None:
    assert refused(written_on, ask, LEAD) in ("not-found", "forbidden P13")
    assert written_on.reads(Q, "CarePlan/k")
    assert refused(written_on, ask, Q) in ("not-found", "forbidden P13")
    narrow = (Scope("user", "CarePlan", frozenset("rs")), Scope("user", "Task", frozenset("cruds")))
    assert refused(written_on, ask, replace(P, scopes=narrow)).startswith("forbidden")
    written_on.write(INSTALLER, written_on.read(INSTALLER, "PractitionerRole/lead") | {"active": False})
    assert refused(written_on, ask) == "business-rule P6"


def test_what_others_ask_and_one_may_not_read_is_in_nobodys_way(written_on: Town) -> None:
    unseen = asking() | {"id": "unseen", "requester": ref("Organization/council")}
    laid(written_on, Record(unseen, "Organization/council", "Practitioner/co", Verdict(True)))
    laid(
        written_on, Record(asking(record="CarePlan/k") | {"id": "of-the-case"}, CENTER, "Practitioner/p", Verdict(True))
    )
    ask(written_on)
    assert refused(written_on, ask) == "business-rule P13"


def test_nobody_confirms_it_for_the_lead_section_by_a_system_nor_what_is_gone(written_on: Town) -> None:
    asked = ask(written_on)
    assert refused(written_on, answer, replace(SYSTEM, organization=LEADING), asked) == "not-found"
    post: Json = {"resourceType": "PractitionerRole", "id": "p2", "practitioner": ref("Practitioner/p2")}
    post |= {"organization": ref(CENTER), "code": [concept("role", "officer")]}
    written_on.write(INSTALLER, {"resourceType": "Practitioner", "id": "p2"}, post)
    assert refused(written_on, answer, actor("p2"), asked) == "forbidden P13", "who reads that it is asked"
    gone(written_on, PLAN)
    assert refused(written_on, answer, LEAD, asked) == "business-rule P13"
    answer(written_on, LEAD, asked, accept=False)
    assert refused(written_on, answer, LEAD, asked) == "business-rule P13"


def test_what_is_no_plan_of_that_kind_any_more_is_confirmed_by_nobody(written_on: Town) -> None:
    asked = ask(written_on)
    gone(written_on, "CareTeam/roles")
    assert refused(written_on, answer, LEAD, asked) == "business-rule P13"


def test_who_wrote_that_version_does_not_confirm_it_though_a_colleague_asked(written_on: Town) -> None:
    for id, person, agency, function in (("p2", "p2", "center", "officer"), ("p3", "p", "lead", "lead-section")):
        post: Json = {"resourceType": "PractitionerRole", "id": id, "practitioner": ref(f"Practitioner/{person}")}
        post |= {"organization": ref(f"Organization/{agency}"), "code": [concept("role", function)]}
        written_on.write(INSTALLER, *([{"resourceType": "Practitioner", "id": person}] if person == "p2" else []), post)
    asked = ask(written_on, actor("p2"))
    assert refused(written_on, answer, P, asked) == "forbidden P13"
    answer(written_on, LEAD, asked)


def test_of_a_plan_that_is_not_there_nothing_is_confirmed(written_on: Town) -> None:
    laid(written_on, Record(asking(record="CarePlan/none") | {"id": "n"}, CENTER, "Practitioner/p", Verdict(True)))
    (task,) = [each for each in written_on.stored("Task") if each.id == "n"]
    forged = replace(ask(written_on), task=task)
    assert refused(written_on, answer, LEAD, forged) == "business-rule P13"
