"""F1, F5, F6 and F10: the fund's account, and what bears on one request to it, as Tasks and meetings lie recorded."""

from __future__ import annotations

from dataclasses import fields
from datetime import timedelta
from typing import Any

import pytest

from consent import fund_account, vocabulary
from consent.fund_account import Bearing, Entry
from tests.laws.worlds import concept, own, ref
from tests.unit.consent.duties.asked_of_the_fund import INPUTS, paid, request, yen
from tests.unit.consent.people import CENTER
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.worked_on import OTHER, TASK

Json = dict[str, Any]

RECORDED = "2026-11-23"
"""The day on which everything is recorded, unless it says otherwise."""


def deposit(id: str, value: float, **elements: Any) -> Json:
    task: Json = {"resourceType": "Task", "id": id, "status": "completed", "code": concept("task-code", "fund-deposit")}
    return task | {"requester": ref(OTHER), "input": [yen("amount", value)]} | elements


def on(day: str) -> Json:
    return {"executionPeriod": {"start": "2019-01-01", "end": day}}


def account(lying: Lying) -> list[Entry]:
    return lying.ask(fund_account.entries)


def bearing(lying: Lying, **elements: Any) -> Bearing:
    asked = request(**elements)
    return lying.ask(lambda view: fund_account.bearing(asked, view))


# --- the account -----------------------------------------------------------------------------------------------------


def test_what_came_and_went_is_told_by_the_day_on_which_it_was_paid(lying: Lying) -> None:
    assert account(lying) == []
    lying.put(request(**paid(30_000), **on("2026-10-05")), deposit("in", 50_000, **on("2026-04-01")))
    lying.put(deposit("late", 10_000), deposit("month", 5_000, **on("2026-10")), deposit("year", 1_000, **on("2025")))
    assert account(lying) == [
        Entry("2025", 1_000, OTHER, "Task/year", 1_000),
        Entry("2026-04-01", 50_000, OTHER, "Task/in", 51_000),
        Entry("2026-10", 5_000, OTHER, "Task/month", 56_000),
        Entry("2026-10-05", -30_000, CENTER, "Task/f", 26_000),
        Entry(RECORDED, 10_000, OTHER, "Task/late", 36_000),
    ]


def test_who_is_paid_is_the_payee_and_else_who_asked(lying: Lying) -> None:
    lying.put(request(without="payee", requester=ref(OTHER), **paid(1_000)))
    assert [each.agency for each in account(lying)] == [OTHER]


def test_of_one_day_what_was_recorded_first_comes_first(lying: Lying) -> None:
    lying.put(deposit("z", 1))
    lying.now += timedelta(minutes=1)
    lying.put(deposit("a", 2))
    assert [(each.task, each.balance) for each in account(lying)] == [("Task/z", 1), ("Task/a", 3)]


def test_a_day_is_the_local_one(lying: Lying) -> None:
    lying.put(deposit("early", 1, **on("2026-11-21T23:30:00Z")), deposit("odd", 2, executionPeriod="いつか"))
    lying.put(deposit("untold", 3, executionPeriod={"end": "いつか"}), deposit("open", 4, executionPeriod={}))
    assert [(each.task, each.day) for each in account(lying)] == [
        ("Task/early", "2026-11-22"),
        ("Task/odd", RECORDED),
        ("Task/open", RECORDED),
        ("Task/untold", RECORDED),
    ]


def test_what_moves_nothing_is_not_on_it(lying: Lying) -> None:
    lying.put(request(), deposit("asked", 1, status="requested"), deposit("none", 1, input=[]))
    lying.put({**deposit("other", 1), "code": concept("task-code", "inquiry")})
    lying.put({**deposit("order", 1), "resourceType": "ServiceRequest"})
    assert account(lying) == []


def test_where_nothing_stands_recorded_nothing_bears_on_it(lying: Lying) -> None:
    assert bearing(lying) == Bearing()
    assert not any(getattr(Bearing(), each.name) for each in fields(Bearing))


# --- the household ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "received"),
    [
        *((each, True) for each in ("accepted", "in-progress", "on-hold", "completed")),
        *((each, False) for each in ("requested", "cancelled", "entered-in-error")),
    ],
)
def test_a_household_was_received_where_a_coordination_of_it_was_taken_on(
    lying: Lying, status: str, received: bool
) -> None:
    lying.put(TASK | {"status": status})
    assert bearing(lying) == Bearing(received=received)
    assert bearing(lying, **{"for": ref("Group/h")}) == Bearing()


def test_another_task_of_the_household_does_not_receive_it(lying: Lying) -> None:
    lying.put(TASK | {"code": concept("task-code", "case-review")}, {**TASK, "resourceType": "ServiceRequest"})
    lying.put(TASK | {"id": "u", "code": own("task-code", "coordinate") | {"system": "urn:x"}})
    assert bearing(lying) == Bearing()


MEETING: Json = {"resourceType": "Encounter", "id": "m", "status": "finished", "subject": ref("Group/g")}
MEETING |= {"class": own("encounter-class", "support-conference")}
MEETING |= {"type": [concept("conference-kind", "case-conference")]}


@pytest.mark.parametrize(
    ("changes", "raised"),
    [
        ({}, True),
        ({"status": "in-progress"}, True),
        ({"status": "onleave"}, True),
        ({"status": "planned"}, False),
        ({"status": "cancelled"}, False),
        ({"type": [concept("conference-kind", "adviser-conference")]}, False),
        ({"subject": ref("Group/h"), "basedOn": [ref("Group/g")]}, False),
        ({"class": {"code": "AMB"}}, False),
        ({"resourceType": "CarePlan"}, False),
    ],
)
def test_it_was_raised_in_a_case_conference_on_it_that_began(lying: Lying, changes: Json, raised: bool) -> None:
    lying.put(MEETING | changes)
    assert bearing(lying) == Bearing(raised=raised)


def divided(source: str, *parts: str, status: str = "completed") -> Json:
    task: Json = {"resourceType": "Task", "id": f"d{source}", "status": status, "focus": ref(f"Group/{source}")}
    task |= {"code": concept("task-code", "divide")}
    return task | {
        "output": [
            {"type": concept("division-input", f"part-{place}"), "valueReference": ref(f"Group/{part}")}
            for place, part in enumerate(parts, 1)
        ]
    }


def test_what_was_done_for_a_household_was_done_for_what_came_of_it_by_division(lying: Lying) -> None:
    lying.put(TASK | {"for": ref("Group/a")}, MEETING | {"subject": ref("Group/b")})
    before = request(id="before", **paid(1)) | {"for": ref("Group/a")}
    lying.put(before)
    assert bearing(lying) == Bearing()
    lying.put(divided("b", "g", "x"))
    assert bearing(lying) == Bearing(raised=True)
    lying.put(divided("a", "b", "y"), divided("z", "a"))
    whole = Bearing(received=True, raised=True, introduced=frozenset({"配食サービス"}))
    assert bearing(lying) == whole
    assert bearing(lying, **{"for": ref("Group/a")}) == Bearing(received=True, introduced=whole.introduced)
    assert bearing(lying, **{"for": ref("Group/x")}) == whole
    lying.put(divided("g", "z"))
    assert bearing(lying) == whole, "though they come of one another"


def test_who_is_only_named_by_a_division_does_not_come_of_it(lying: Lying) -> None:
    lying.put(TASK | {"for": ref("Group/a")})
    lying.put(divided("a", "x") | {"input": [{"valueReference": ref("Group/g")}]})
    assert bearing(lying) == Bearing()
    lying.put({**divided("a", "g"), "code": concept("task-code", "inquiry")})
    assert bearing(lying) == Bearing()


def test_a_request_for_a_person_or_nobody_bears_on_no_household(lying: Lying) -> None:
    lying.put(TASK | {"for": ref("Patient/1")}, request(id="b", **paid(1)) | {"for": ref("Patient/1")})
    assert bearing(lying, **{"for": ref("Patient/1")}) == bearing(lying, **{"for": {}}) == Bearing()


# --- the services ----------------------------------------------------------------------------------------------------


def test_a_service_was_introduced_where_it_was_paid_for_before_for_this_household(lying: Lying) -> None:
    lying.put(request(**paid(1)))
    assert bearing(lying, status="requested") == Bearing(), "this one itself"
    lying.put(request(id="b"), request(id="c", status="rejected"), request(id="d", **paid(1)) | {"for": ref("Group/h")})
    lying.put(request(id="e", **paid(1)) | {"for": ref("Group/h"), "basedOn": [ref("Group/g")]})
    assert bearing(lying) == Bearing()
    second = {"type": INPUTS["service"]["type"], "valueString": " Ｘ ゴミ 出し"}
    lying.put(request(second, id="x", without="service", **paid(1)), request(id="y", **paid(1)))
    assert bearing(lying).introduced == {"配食サービス", "ｘゴミ出し"}


# --- who was consulted -----------------------------------------------------------------------------------------------


def consulted(owner: str, id: str = "q", **elements: Any) -> Json:
    task: Json = {"resourceType": "Task", "id": id, "status": "completed", "partOf": [ref("Task/f")]}
    return task | {"code": concept("task-code", "fund-consultation"), "owner": ref(owner)} | elements


def staffed(lying: Lying) -> None:
    for id, function in (("lead", vocabulary.LEAD_SECTION), ("law", "adviser"), ("care", "adviser"), ("o", "officer")):
        post: Json = {"resourceType": "PractitionerRole", "id": id, "code": [concept("role", function)]}
        lying.put(post | {"specialty": [concept("adviser-field", "hardship" if id in ("law", "lead") else "medical")]})


def test_the_lead_section_was_consulted_where_it_answered(lying: Lying) -> None:
    staffed(lying)
    lying.put(consulted("PractitionerRole/lead", status="requested"))
    assert bearing(lying) == Bearing(consulted_on=True)
    lying.put(consulted("PractitionerRole/lead"))
    assert bearing(lying) == Bearing(consulted_on=True, consulted=True)
    assert bearing(lying, id="other") == Bearing()


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_what_was_taken_back_was_not_asked(lying: Lying, status: str) -> None:
    staffed(lying)
    lying.put(consulted("PractitionerRole/lead", status=status))
    assert bearing(lying) == Bearing()


def test_advisers_have_advised_in_their_fields(lying: Lying) -> None:
    staffed(lying)
    lying.put(consulted("PractitionerRole/law"), consulted("PractitionerRole/care", "r", status="accepted"))
    lying.put(consulted("PractitionerRole/o", "s"), consulted("PractitionerRole/none", "t"), consulted(OTHER, "u"))
    lying.put({name: said for name, said in consulted("", "v").items() if name != "owner"})
    assert bearing(lying) == Bearing(consulted_on=True, advised=frozenset({"hardship"}))
    lying.put(consulted("PractitionerRole/care", "r"))
    assert bearing(lying).advised == {"hardship", "medical"}


def test_only_a_consultation_is_one(lying: Lying) -> None:
    staffed(lying)
    lying.put(consulted("PractitionerRole/lead", code=concept("task-code", "inquiry")))
    lying.put({**consulted("PractitionerRole/lead", "r"), "resourceType": "ServiceRequest"})
    lying.put(consulted("PractitionerRole/lead", "s", code=concept("task-code", "coordinate")))
    assert bearing(lying) == Bearing()


# --- the balance -----------------------------------------------------------------------------------------------------


def test_the_balance_is_asked_where_it_is_to_be_paid(lying: Lying) -> None:
    lying.put(
        deposit("in", 50_000),
        request(id="b", **paid(20_000)) | {"for": ref("Group/h")},
        deposit("out", 7, status="draft"),
    )
    assert bearing(lying) == Bearing()
    assert bearing(lying, **paid(1)) == Bearing(balance=30_000)
