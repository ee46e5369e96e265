"""R15: the coordinator, under whichever name, does no work of a case; P6: what has left its mark stays."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import coordination
from consent.duty_context import DutyContext
from consent.relations.people import Person
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.people import CENTER, breaches, change, wrongs

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
    assert breaches(coordination.kept, change(task, task | {"status": "entered-in-error"})) == expected
    assert breaches(coordination.kept, change(None, task)) == []


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


def test_what_was_a_coordination_stays_one_and_ends_by_its_status() -> None:
    task = {"resourceType": "Task", "status": "accepted"} | COORDINATE
    inquiry = {"code": concept("task-code", "inquiry")}
    assert wrongs(coordination.kept, change(task, task | inquiry)) == ["P6 at Task.code"]
    assert wrongs(coordination.kept, change(task, task | {"status": "entered-in-error"})) == ["P6 at Task.status"]
    for status in ("completed", "cancelled", "in-progress"):
        assert wrongs(coordination.kept, change(task, task | {"status": status})) == []
    mistaken = task | {"status": "entered-in-error"}
    assert wrongs(coordination.kept, change(mistaken, mistaken | {"note": []})) == [], "one of an older store"
    for status in ("draft", "requested"):
        waiting = task | {"status": status}
        assert wrongs(coordination.kept, change(waiting, waiting | inquiry)) == []
        assert wrongs(coordination.kept, change(waiting, None)) == []


@pytest.mark.parametrize("code", ["coordinate", "escalate-to-coordinator", "inquiry", "fulfill", "carry-out"])
def test_a_coordinator_is_called_and_asked_and_given_no_work(code: str) -> None:
    task = {"resourceType": "Task", "owner": ref("PractitionerRole/co"), "code": concept("task-code", code)}
    expected = ["R15 at Task.owner"] if code in ("fulfill", "carry-out") else []
    assert wrongs(coordination.holds_no_case, change(None, task, duty_context=KNOWN)) == expected


def test_whether_the_sheet_was_used_is_said_as_a_case_is_brought() -> None:
    def said(before: Json | None, after: Json | None, *used: Json) -> list[str]:
        more = {"extension": [extension("sheet-used", **each) for each in used]}
        written = change(before, after | more if after else None)
        assert {each.severity for each in coordination.says_of_the_sheet(written)} <= {"warning"}
        return wrongs(coordination.says_of_the_sheet, written)

    task = {"resourceType": "Task", "status": "requested"} | COORDINATE
    for used in (True, False):
        assert said(None, task, {"valueBoolean": used}) == said(None, task, {}, {"valueBoolean": used}) == []
    for unsaid in ((), ({},), ({"valueString": "はい"},)):
        assert said(None, task, *unsaid) == ["R1 at Task.extension"]
    assert said(task, task) == said(task, None) == said(None, {"resourceType": "Task"}) == []


@pytest.mark.parametrize("status", ["accepted", "in-progress", "on-hold"])
def test_who_asked_takes_back_what_was_taken_on_as_it_is_completed(status: str) -> None:
    task = {"resourceType": "Task", "status": status} | COORDINATE
    waiting = DutyContext(waiting=("CarePlan/1#activity[0]", "CarePlan/1#activity[1]"))
    back = task | {"status": "cancelled"}
    (told,) = coordination.monitored(change(task, back, duty_context=waiting))
    assert told.text.startswith("R17: 2 of the planned supports have not started")
    assert told.text.endswith("the first is CarePlan/1#activity[0]")
    assert wrongs(coordination.monitored, change(task, back)) == ["R17 at Task.statusReason"]
    asked = task | {"status": "requested"}
    assert wrongs(coordination.monitored, change(asked, back, duty_context=waiting)) == []
    assert wrongs(coordination.monitored, change(None, back, duty_context=waiting)) == []
    assert wrongs(coordination.monitored, change(back, back | {"note": []}, duty_context=waiting)) == []


def test_what_a_record_contains_is_not_carried_out_by_a_coordinator_either() -> None:
    co, mine = ref("PractitionerRole/co"), ref("PractitionerRole/mine")
    contained: list[Any] = [
        {"resourceType": "Task", "id": "a", "owner": mine},
        {"resourceType": "Task", "id": "b", "owner": co},
        {"resourceType": "Communication", "id": "c", "owner": co},
        {"resourceType": "ServiceRequest", "id": "d", "performer": [mine, co]},
        "no record",
    ]
    plan = {"resourceType": "CarePlan", "contained": contained}
    assert wrongs(coordination.performs_nothing, change(None, plan, duty_context=KNOWN)) == [
        "R15 at CarePlan.contained[1].owner",
        "R15 at CarePlan.contained[3].performer",
    ]


def test_the_coordinator_manages_nobody_s_care() -> None:
    for manager, expected in (("PractitionerRole/co", ["R15 at EpisodeOfCare.careManager"]), ("Practitioner/p", [])):
        episode = {"resourceType": "EpisodeOfCare", "careManager": ref(manager)}
        assert wrongs(coordination.performs_nothing, change(None, episode, duty_context=KNOWN)) == expected
    bare = {"resourceType": "CareTeam", "category": [concept("record-category", "case-team")]}
    assert wrongs(coordination.performs_nothing, change(None, bare, duty_context=KNOWN)) == []
