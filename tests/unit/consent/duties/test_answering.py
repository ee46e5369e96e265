"""R5 and R12a: step by step, on hold for a reason and a day, ended with an outcome or with who went on with it."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import answering
from consent.duty_context import DutyContext
from consent.relations.people import Person
from consent.transition import Transition
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.people import CENTER, breaches, change

Json = dict[str, Any]

ASKER = "Organization/asker"
TASK: Json = {"resourceType": "Task", "id": "1", "status": "accepted", "owner": ref(CENTER), "requester": ref(ASKER)}
PEOPLE = {"PractitionerRole/mine": Person(frozenset({"PractitionerRole/mine"}), frozenset(), frozenset({CENTER}))}
TOLD = {"text": "家族が入院している"}
CALL = {"code": concept("task-code", "coordinate")}
ON_PAPER = {"extension": [extension("carried-on-paper", valueBoolean=True)]}


def turned(before: Json, custodian: str = ASKER, /, **changes: Any) -> Transition:
    had = TASK | before
    records = {"Task/next": changes.pop("next", None)}
    context = DutyContext(people=PEOPLE)
    return change(had, had | changes, custodian=custodian, records=records, duty_context=context)


def outcome(code: str = "", **value: Any) -> Json:
    return {"output": [{"type": concept("task-outcome", code or "advised")} | value]}


def held(*days: str, reason: Json | None = None) -> Json:
    looked = [extension("look-again", valueDate=day) for day in days]
    return {"status": "on-hold", "statusReason": (TOLD if reason is None else reason) | {"extension": looked}}


def test_what_is_done_is_not_begun_anew_and_a_refusal_says_what_is_allowed_from_here() -> None:
    assert breaches(answering.in_order, turned({}, status="in-progress")) == []
    assert breaches(answering.in_order, turned({}, priority="urgent")) == []
    assert breaches(answering.in_order, turned({"status": "completed"}, status="in-progress")) == ["R5"]
    (back,) = answering.in_order(turned({}, status="requested"))
    (again,) = answering.in_order(turned({"status": "completed"}, status="accepted"))
    assert "in-progress" in back.text
    assert "in-progress" in back.ja
    assert "ask anew" in again.text
    assert "新たに依頼してください" in again.ja


def test_what_is_asked_of_a_post_by_its_office_goes_its_own_way_and_is_held_with_a_reason_too() -> None:
    assert breaches(answering.in_order, turned(CALL, status="requested")) == []
    assert breaches(answering.ended_with_outcome, turned(CALL, status="completed")) == []
    assert breaches(answering.held_with_reason, turned(CALL, status="on-hold")) == ["R5", "R5"]


def test_a_request_is_held_for_a_reason_that_says_something() -> None:
    assert breaches(answering.held_with_reason, turned({}, **held("2026-11-24"))) == []
    coded = {"coding": [{"system": "urn:x", "code": "waiting"}]}
    assert breaches(answering.held_with_reason, turned({}, **held("2026-11-24", reason=coded))) == []
    for nothing in ({}, {"text": "・"}, {"text": "-"}, {"coding": [{"display": "―"}]}):
        assert breaches(answering.held_with_reason, turned({}, **held("2026-11-24", reason=nothing))) == ["R5"]


@pytest.mark.parametrize("day", ["2026-11-23", "2026-11-24", "2027-01-01"])
def test_and_is_looked_at_again_today_or_later(day: str) -> None:
    assert breaches(answering.held_with_reason, turned({}, **held(day))) == []
    assert breaches(answering.held_with_reason, turned({}, **held("2026-11-22", day))) == []
    assert breaches(answering.held_with_reason, turned({}, **held("2026-11-22"))) == ["R5"]
    assert breaches(answering.held_with_reason, turned({}, **held())) == ["R5"]


def test_a_hold_is_judged_when_it_begins_and_when_its_reason_changes_and_of_the_one_asked() -> None:
    on_hold = held("2026-11-01")
    assert breaches(answering.held_with_reason, turned(on_hold, priority="urgent")) == []
    assert breaches(answering.held_with_reason, turned(on_hold, statusReason=TOLD)) == ["R5"]
    assert breaches(answering.held_with_reason, turned({"requester": ref(CENTER)}, CENTER, **on_hold)) == []
    assert breaches(answering.held_with_reason, turned(ON_PAPER, CENTER, **on_hold)) == ["R5"]
    assert breaches(answering.held_with_reason, turned(on_hold, status="in-progress")) == []


def test_what_is_done_says_what_was_done() -> None:
    done = {"status": "completed"}
    assert breaches(answering.ended_with_outcome, turned({}, **done)) == ["R5"]
    assert breaches(answering.ended_with_outcome, turned({}, **done, output=[{"type": {"text": "済"}}])) == ["R5"]
    nothing: tuple[Json, ...] = ({}, {"valueString": "."}, {"valueMarkdown": "―"}, {"valueInteger": 3})
    something: tuple[Json, ...] = (
        {"valueString": "家計簿を一緒に作った"},
        {"valueMarkdown": "訪問した"},
        {"valueReference": ref("CarePlan/1")},
    )
    for value in nothing:
        assert breaches(answering.ended_with_outcome, turned({}, **done, **outcome(**value))) == ["R5"]
    for value in something:
        assert breaches(answering.ended_with_outcome, turned({}, **done, **outcome(**value))) == []


def test_and_what_was_done_is_not_taken_away_afterwards() -> None:
    ended = TASK | {"status": "completed"} | outcome(valueString="訪問した")
    for left in ([], [{"type": {"text": "済"}}]):
        emptied = change(ended, ended | {"output": left}, custodian=ASKER, duty_context=DutyContext())
        assert breaches(answering.ended_with_outcome, emptied) == ["R5"]
    noted = change(ended, ended | {"note": [{"text": "後日"}]}, custodian=ASKER, duty_context=DutyContext())
    assert breaches(answering.ended_with_outcome, noted) == []


def test_only_the_end_of_anothers_request_is_asked_for_its_outcome() -> None:
    assert breaches(answering.ended_with_outcome, turned({}, CENTER, status="completed", requester=None)) == []
    assert breaches(answering.ended_with_outcome, turned(ON_PAPER, CENTER, status="completed")) == ["R5"]
    assert breaches(answering.ended_with_outcome, turned({"status": "completed"}, priority="urgent")) == []
    assert breaches(answering.ended_with_outcome, turned({}, status="in-progress")) == []
    written = change(None, TASK | {"status": "completed"}, custodian=ASKER, duty_context=DutyContext())
    assert breaches(answering.ended_with_outcome, written) == []


@pytest.mark.parametrize("status", ["accepted", "in-progress", "completed"])
def test_it_is_handed_on_once_the_next_agency_has_accepted(status: str) -> None:
    handed = {"status": "completed"} | outcome("handed-on", valueReference=ref("Task/next"))
    following: Json = {"resourceType": "Task", "id": "next", "status": status, "partOf": [ref("Task/1")]}
    assert breaches(answering.ended_with_outcome, turned({}, **handed, next=following)) == []
    for unaccepted in (
        None,
        following | {"status": "requested"},
        following | {"status": "rejected"},
        following | {"partOf": [ref("Task/2")]},
        following | {"partOf": []},
    ):
        assert breaches(answering.ended_with_outcome, turned({}, **handed, next=unaccepted)) == ["R12a"]


def test_what_was_taken_down_for_who_asked_on_paper_is_answered_like_any_other() -> None:
    """The clerk's own agency keeps it and owns it; a third one asked."""
    done = {"status": "completed"}
    assert breaches(answering.ended_with_outcome, turned({}, CENTER, **done)) == ["R5"]
    mine = {"owner": ref("PractitionerRole/mine")}
    assert breaches(answering.ended_with_outcome, turned(mine, CENTER, **done)) == ["R5"]
    asked_by_itself = {"requester": ref(CENTER)}
    assert breaches(answering.ended_with_outcome, turned(asked_by_itself, CENTER, **done)) == []
    elsewhere = {"owner": ref("Organization/other")}
    assert breaches(answering.ended_with_outcome, turned(elsewhere, CENTER, **done)) == []
