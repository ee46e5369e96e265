"""P3 and R37: a household ends as it is divided, keeps its persons, and nothing more begins on it."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import household
from tests.laws.worlds import concept, own, ref
from tests.unit.consent.people import change, wrongs

Json = dict[str, Any]

MEMBERS = [{"entity": ref("Patient/1")}, {"entity": ref("Patient/2")}]
GROUP: Json = {"resourceType": "Group", "id": "g", "type": "person", "actual": True, "member": MEMBERS}
DIVIDED = GROUP | {"active": False, "member": [each | {"inactive": True} for each in MEMBERS]}


def ended(before: Json | None, after: Json | None) -> list[str]:
    return wrongs(household.ended_by_division, change(before, after))


def test_a_household_that_was_divided_stays_ended_and_keeps_its_persons() -> None:
    for after in (None, GROUP, DIVIDED | {"active": True}, DIVIDED | {"member": MEMBERS}, DIVIDED | {"member": []}):
        assert ended(DIVIDED, after) == ["P3 at Group.member"], after
    assert ended(DIVIDED, DIVIDED | {"name": "水無瀬家"}) == ended(DIVIDED, dict(DIVIDED)) == []
    (told,) = household.ended_by_division(change(DIVIDED, None))
    assert "this household was divided" in told.text


def test_it_ends_by_a_division_alone() -> None:
    assert ended(GROUP, DIVIDED) == ["P3 at Group.active"]
    assert ended(None, DIVIDED) == [], "as the server itself writes it, and an import"
    for after in (GROUP | {"active": False}, GROUP | {"member": MEMBERS[:1]}, DIVIDED | {"active": True}, None):
        assert ended(GROUP, after) == [], after


def begun(after: Json | None, before: Json | None = None, group: Json | None = DIVIDED) -> list[str]:
    return wrongs(household.begins_nothing_more, change(before, after, records={"Group/g": group}))


def record(type: str, status: str, code: str = "", **elements: Any) -> Json:
    element, system = ("code", "task-code") if type == "Task" else ("category", "record-category")
    said = concept(system, code)
    made: Json = {
        "resourceType": type,
        "id": "r",
        "status": status,
        "for" if type == "Task" else "subject": ref("Group/g"),
    }
    return made | ({element: said if type == "Task" else [said]} if code else {}) | elements


def meeting(status: str) -> Json:
    return record("Encounter", status) | {"class": own("encounter-class", "support-conference")}


BEGINNING = [
    *(record("CarePlan", status, "case") for status in ("draft", "active", "on-hold", "unknown")),
    *(record("CarePlan", status, "total-care-plan") for status in ("draft", "active", "on-hold", "unknown")),
    *(record("CareTeam", status, "case-team") for status in ("active", "proposed")),
    *(meeting(status) for status in ("planned", "arrived", "in-progress")),
    *(record("Task", status, "coordinate") for status in ("draft", "requested", "received", "accepted", "ready")),
    *(record("Task", status, "coordinate") for status in ("in-progress", "on-hold")),
]
ENDING = [
    *(record("CarePlan", status, "case") for status in ("completed", "revoked", "entered-in-error")),
    *(record("CareTeam", status, "case-team") for status in ("inactive", "suspended", "entered-in-error")),
    *(meeting(status) for status in ("finished", "cancelled")),
    *(record("Task", status, "coordinate") for status in ("completed", "cancelled", "rejected", "failed")),
]
OTHERS = [
    record("CarePlan", "active", "concern"),
    record("CarePlan", "active"),
    record("CareTeam", "active", "standing-roster"),
    record("Encounter", "planned"),
    record("Task", "requested", "inquiry"),
]


@pytest.mark.parametrize("made", BEGINNING, ids=lambda made: f"{made['resourceType']}-{made['status']}")
def test_nothing_more_begins_on_it(made: Json) -> None:
    at = "for" if made["resourceType"] == "Task" else "subject"
    assert begun(made) == [f"R37 at {made['resourceType']}.{at}"]
    assert begun(made, group=GROUP) == begun(made, group=None) == []
    person = made | {at: ref("Patient/1")}
    assert begun(person) == begun(made | {at: {}}) == begun(None, made) == []


@pytest.mark.parametrize("made", [*ENDING, *OTHERS], ids=lambda made: f"{made['resourceType']}-{made['status']}")
def test_what_ends_and_what_else_is_written_is_written(made: Json) -> None:
    assert begun(made) == []


def test_a_meeting_that_was_open_and_what_was_asked_goes_on() -> None:
    assert begun(meeting("in-progress") | {"note": "x"}, meeting("in-progress")) == []
    assert begun(meeting("in-progress"), meeting("planned")) == ["R37 at Encounter.subject"]
    for was in ("requested", "accepted", "on-hold"):
        assert begun(record("Task", "in-progress", "coordinate"), record("Task", was, "coordinate")) == []
    for was in ("completed", "cancelled"):
        assert begun(record("Task", "accepted", "coordinate"), record("Task", was, "coordinate")) == ["R37 at Task.for"]
    case = record("CarePlan", "active", "case")
    assert begun(case, case) == ["R37 at CarePlan.subject"], "what was its goes with its persons"
