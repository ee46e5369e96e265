"""R13 and R14: a case is brought to the coordinator by who answers for it, accepted by that one, and stands since."""

from __future__ import annotations

from typing import Any

import pytest

from consent.standing import coordination
from consent.verdict import Verdict
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER, officer, post
from tests.unit.consent.standing.filed import AGENCIES, MINE, OTHER, Json, filing, wrongs

CASE: Json = {"resourceType": "CarePlan", "category": [concept("record-category", "case")], "subject": ref("Group/g")}
CO = {"resourceType": "PractitionerRole", "code": [concept("role", "coordinator")]}
RECORDS = {"CarePlan/k": CASE, "PractitionerRole/co": CO, "PractitionerRole/co2": CO, "PractitionerRole/x": {}}
RECORDS |= {"Condition/k": CASE, "CarePlan/own": CASE | {"subject": ref("Patient/1")}, OTHER: CO}
"""What says of itself that it is a case, or a coordinator, and is none; the case of a person alone."""
CALL: Json = {"resourceType": "Task", "id": "t", "status": "requested", "code": concept("task-code", "coordinate")}
CALL |= {"reasonCode": concept("coordination-ground", "no-roles"), "focus": ref("CarePlan/k"), "for": ref("Group/g")}
CALL |= {"requester": ref(CENTER), "owner": ref("PractitionerRole/co")}
LEAD = {"facts": officer(post("lead-section")), "kept": {}, "care": {}}
COORDINATOR = {"facts": officer(post("coordinator", name="co", agency=OTHER)), "custodian": CENTER}
MARKED = frozenset({"Group/g", "Patient/1"})
ACCEPTED = CALL | {"status": "accepted"}
HAD = Verdict(True, fixed=MARKED)


def told(before: Json | None, after: Json, **known: Any) -> list[str]:
    agencies = {**AGENCIES, "PractitionerRole/co": frozenset({OTHER}), "PractitionerRole/co2": frozenset({OTHER})}
    return wrongs(coordination.KIND, filing(before, after, RECORDS, **{"agencies": agencies} | known))


def judged(before: Json | None, after: Json, **known: Any) -> Verdict:
    agencies = {**AGENCIES, "PractitionerRole/co": frozenset({OTHER}), "PractitionerRole/co2": frozenset({OTHER})}
    return coordination.judged(filing(before, after, RECORDS, **{"agencies": agencies} | known))


BY_WHOM = "R14 at Task.requester!"


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        ({}, []),
        ({"reasonCode": {"text": "困っている"}}, ["R13 at Task.reasonCode"]),
        ({"focus": ref("CarePlan/other")}, ["R13 at Task.focus", BY_WHOM]),
        ({"focus": ref("Condition/k")}, ["R13 at Task.focus", BY_WHOM]),
        ({"for": ref("Group/h")}, ["R13 at Task.for", BY_WHOM]),
        ({"for": ref("Patient/1")}, ["R13 at Task.for"]),
        ({"for": ref("Patient/1"), "focus": ref("CarePlan/own")}, ["R13 at Task.for", BY_WHOM]),
        ({"requester": ref("Patient/1")}, ["R14 at Task.requester"]),
        ({"requester": ref("RelatedPerson/1")}, ["R14 at Task.requester"]),
        ({"requester": ref(MINE)}, []),
        ({"requester": ref("Practitioner/p")}, []),
        ({"requester": ref(OTHER)}, [BY_WHOM]),
        ({"owner": ref("PractitionerRole/x")}, ["R13 at Task.owner"]),
        ({"owner": ref("PractitionerRole/unknown")}, ["R13 at Task.owner"]),
        ({"owner": ref(OTHER)}, ["R13 at Task.owner"]),
    ],
)
def test_what_a_call_says(changed: Json, wrong: list[str]) -> None:
    assert told(None, CALL | changed) == wrong
    assert judged(None, CALL | changed).counts is (not wrong)
    assert told(CALL | {"note": []}, CALL | changed) == (wrong if changed else []), "and once it is changed"
    other = CALL | {"code": concept("task-code", "inquiry")}
    assert told(None, other | changed) == [], "another request"
    assert judged(None, other | changed) == Verdict(True)


def test_by_whom_it_is_brought() -> None:
    assert told(None, CALL, kept={}) == [BY_WHOM], "who does not keep the case"
    assert told(None, CALL, care={}) == [BY_WHOM], "who has a member in no care"
    for_a_reason = CALL | {"reasonCode": CALL["reasonCode"] | {"text": "二つの機関の間で止まっている"}}
    assert told(None, for_a_reason, kept={}) == [BY_WHOM]
    assert told(None, for_a_reason, **LEAD) == []
    assert told(None, CALL, **LEAD) == [BY_WHOM], "the lead section says why"
    silent = {name: value for name, value in CALL.items() if name != "reasonCode"}
    assert told(None, silent, **LEAD) == ["R13 at Task.reasonCode", BY_WHOM]
    for nothing in ("", "。", " "):
        said = CALL | {"reasonCode": CALL["reasonCode"] | {"text": nothing}}
        assert told(None, said, **LEAD) == [BY_WHOM]
    assert told(None, for_a_reason | {"requester": ref(OTHER)}, **LEAD) == [BY_WHOM]


def test_the_coordinator_whose_it_is_accepts_it_and_marks_the_household() -> None:
    assert told(CALL, ACCEPTED, **COORDINATOR) == []
    assert judged(CALL, ACCEPTED, **COORDINATOR) == HAD
    assert judged(CALL, CALL) == Verdict(True), "not before that"
    refusal = ["R13 at Task.status!"]
    assert told(CALL, ACCEPTED) == refusal
    assert judged(CALL, ACCEPTED) == Verdict()
    assert told(None, ACCEPTED) == refusal
    another = {"facts": officer(post("coordinator", name="co2", agency=OTHER))}
    assert told(CALL, ACCEPTED, **another) == refusal
    renamed = ACCEPTED | {"owner": ref("PractitionerRole/co2")}
    assert refusal[0] in told(CALL, renamed, **another), "who was asked before"
    assert told(CALL, CALL | {"status": "received"}) == []
    assert judged(CALL, ACCEPTED, had=Verdict(), **COORDINATOR) == Verdict()


@pytest.mark.parametrize("status", ["accepted", "in-progress", "on-hold"])
def test_what_was_taken_on_goes_on_and_is_completed_as_the_coordinator_says(status: str) -> None:
    refusal = ["R17 at Task.status!"]
    for becomes in ("in-progress", "on-hold", "accepted", "completed"):
        before, after = CALL | {"status": status}, CALL | {"status": becomes}
        assert told(before, after, had=HAD, **COORDINATOR) == []
        assert told(before, after, had=HAD) == (refusal if becomes != status else [])
    for becomes in ("cancelled", "entered-in-error"):
        assert told(CALL | {"status": status}, CALL | {"status": becomes}, had=HAD) == []
    for becomes in ("rejected", "failed"):
        assert told(CALL | {"status": status}, CALL | {"status": becomes}, had=HAD, **COORDINATOR) == refusal
    assert told(CALL, CALL | {"status": "completed"}, had=HAD) == refusal
    assert told(CALL, CALL | {"status": "cancelled"}, had=HAD) == []
    assert told(CALL | {"status": status}, CALL | {"status": "completed"}) == [], "nobody had taken it on"


@pytest.mark.parametrize("status", ["completed", "cancelled", "rejected", "failed"])
def test_one_that_has_ended_is_not_taken_up_again(status: str) -> None:
    assert told(CALL | {"status": status}, CALL) == ["R13 at Task.status"]
    assert told(CALL | {"status": status}, CALL, had=HAD) == ["R13 at Task.status"], "nor is it said how it goes on"
    assert told(CALL | {"status": status}, CALL | {"status": status, "note": [{"text": "控え"}]}) == []


@pytest.mark.parametrize(
    ("element", "changed"),
    [
        ("code", {"code": {"coding": [*CALL["code"]["coding"], *concept("task-code", "inquiry")["coding"]]}}),
        ("reasonCode", {"reasonCode": concept("coordination-ground", "no-consent")}),
        ("focus", {"focus": ref("CarePlan/other")}),
        ("for", {"for": ref("Group/h")}),
        ("requester", {"requester": ref(OTHER)}),
        ("owner", {"owner": ref("PractitionerRole/co2")}),
        ("basedOn", {"basedOn": [ref("ServiceRequest/x")]}),
        ("partOf", {"partOf": [ref("Task/x")]}),
    ],
)
def test_what_it_is_stands_once_it_was_accepted_and_changes_what_counts_before(element: str, changed: Json) -> None:
    assert told(ACCEPTED, ACCEPTED | changed, had=HAD) == [f"R13 at Task.{element}"]
    same = ACCEPTED | {"note": [{"text": "控え"}]}
    assert told(ACCEPTED, same, had=HAD) == []
    assert judged(ACCEPTED, same, had=HAD) == HAD
    again = judged(CALL, CALL | changed, had=Verdict())
    assert again.counts is (element not in ("focus", "for", "requester")), "as it is brought now"


def test_the_household_stays_marked_whatever_becomes_of_it() -> None:
    for after in (CALL | {"status": "cancelled"}, CALL | {"code": concept("task-code", "inquiry")}):
        assert judged(ACCEPTED, after, had=HAD).fixed == MARKED
    ended = CALL | {"status": "completed"}
    assert judged(ACCEPTED, ended, had=HAD) == HAD
    grown = {"members": {"Group/g": frozenset({"Patient/1", "Patient/2"})}}
    assert judged(ACCEPTED, ACCEPTED, had=HAD, **grown).fixed == MARKED | {"Patient/2"}, "with who came to it"
