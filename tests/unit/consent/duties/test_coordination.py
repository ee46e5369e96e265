"""R15: the coordinator, under whichever name, does no work of a case; P6: what has left its mark stays."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import coordination
from consent.duty_context import DutyContext
from consent.relations.people import Person
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER, breaches, change

Json = dict[str, Any]

OFFICER = Person(frozenset({"PractitionerRole/mine", "Practitioner/p"}), frozenset({"officer"}), frozenset({CENTER}))
COORDINATOR = Person(
    frozenset({"PractitionerRole/co", "PractitionerRole/co-officer", "Practitioner/co"}),
    frozenset({"coordinator", "officer"}),
    frozenset({"Organization/council"}),
)
PEOPLE = {name: person for person in (OFFICER, COORDINATOR) for name in person.references}
KNOWN = DutyContext(people=PEOPLE)

COORDINATE = {"code": concept("task-code", "coordinate")}


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        (COORDINATE | {"owner": ref("PractitionerRole/co")}, []),
        ({"owner": ref("PractitionerRole/co")}, ["R15"]),
        ({"owner": ref("Practitioner/co")}, ["R15"]),
        ({"owner": ref("PractitionerRole/co-officer")}, ["R15"]),
        ({"owner": ref("PractitionerRole/mine")}, []),
        ({"owner": ref("PractitionerRole/unknown")}, []),
        ({}, []),
    ],
)
def test_only_a_call_for_coordination_is_a_coordinators_task(elements: Json, expected: list[str]) -> None:
    task = {"resourceType": "Task"} | elements
    assert breaches(coordination.holds_no_case, change(None, task, duty_context=KNOWN)) == expected
    assert breaches(coordination.holds_no_case, change(task, None, duty_context=KNOWN)) == []


@pytest.mark.parametrize(
    ("waiting", "planned", "why", "expected"),
    [
        ((), True, "", []),
        (("CarePlan/1#activity[0]",), True, "", ["R17"]),
        (("CarePlan/1#activity[0]",), True, "連携先が決まった", ["R17"]),
        ((), False, "", ["R17"]),
        ((), False, "。", ["R17"]),
        ((), False, "連携先が決まった", []),
    ],
)
def test_a_coordination_ends_when_support_has_started_or_for_a_reason_where_none_was_planned(
    waiting: tuple[str, ...], planned: bool, why: str, expected: list[str]
) -> None:
    task = {"resourceType": "Task", "status": "accepted"} | COORDINATE
    ended = task | {"status": "completed"} | ({"statusReason": {"text": why}} if why else {})
    known = DutyContext(waiting=waiting, planned=planned)
    assert breaches(coordination.monitored, change(task, ended, duty_context=known)) == expected


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        (COORDINATE | {"status": "requested"}, []),
        (COORDINATE | {"status": "accepted"}, ["P6"]),
        (COORDINATE | {"status": "completed"}, ["P6"]),
        (COORDINATE | {"status": "cancelled"}, ["P6"]),
        ({"status": "accepted"}, []),
    ],
)
def test_a_coordination_that_may_have_left_its_mark_is_not_deleted(elements: Json, expected: list[str]) -> None:
    task = {"resourceType": "Task"} | elements
    assert breaches(coordination.kept, change(task, None)) == expected
    assert breaches(coordination.kept, change(task, task)) == []


def test_the_coordinator_performs_no_activity() -> None:
    names = (CENTER, "PractitionerRole/mine", "PractitionerRole/co", "Practitioner/co")
    performed = [{"detail": {"performer": [ref(name)]}} for name in names]
    plan = {"resourceType": "CarePlan", "activity": [*performed, {"reference": ref("Task/1")}]}
    found = list(coordination.performs_nothing(change(None, plan, duty_context=KNOWN)))
    assert [issue.at for issue in found] == [f"CarePlan.activity[{place}].detail.performer" for place in (2, 3)]
    assert list(coordination.performs_nothing(change(plan, None, duty_context=KNOWN))) == []


def test_the_coordinator_is_asked_for_no_service_and_has_no_role_in_a_case() -> None:
    names = ("PractitionerRole/mine", "Practitioner/co", "PractitionerRole/co-officer")
    request = {"resourceType": "ServiceRequest", "performer": [ref(name) for name in names]}
    found = list(coordination.performs_nothing(change(None, request, duty_context=KNOWN)))
    assert [issue.at for issue in found] == ["ServiceRequest.performer"] * 2
    team = {
        "resourceType": "CareTeam",
        "category": [concept("record-category", "case-team")],
        "participant": [{"member": ref(name)} for name in names],
    }
    found = list(coordination.performs_nothing(change(None, team, duty_context=KNOWN)))
    assert [issue.at for issue in found] == ["CareTeam.participant[1].member", "CareTeam.participant[2].member"]
    assert list(coordination.performs_nothing(change(None, team | {"category": []}, duty_context=KNOWN))) == []


def test_the_coordinator_monitors_until_every_planned_support_has_started() -> None:
    waiting = DutyContext(people=PEOPLE, waiting=("CarePlan/plan activity 1",))
    task = {"resourceType": "Task", "status": "in-progress"} | COORDINATE
    done = task | {"status": "completed"}
    assert breaches(coordination.monitored, change(task, done, duty_context=waiting)) == ["R17"]
    begun = DutyContext(people=PEOPLE, planned=True)
    assert breaches(coordination.monitored, change(task, done, duty_context=begun)) == []
    assert breaches(coordination.monitored, change(done, done | {"note": []}, duty_context=waiting)) == []
    assert breaches(coordination.monitored, change(task, task | {"status": "on-hold"}, duty_context=waiting)) == []
    assert breaches(coordination.monitored, change(done, None, duty_context=waiting)) == []
    other = {"code": concept("task-code", "inquiry")}
    assert breaches(coordination.monitored, change(task | other, done | other, duty_context=waiting)) == []
