"""R5: who says how a request goes on: who was asked, who carries it on paper, and who asks only of itself."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import answering
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.duties.test_answering import ASKER, CALL, ON_PAPER, TASK, held, outcome, turned
from tests.unit.consent.people import CENTER, breaches, change

Json = dict[str, Any]

OTHER = {"owner": ref("Organization/other")}
ASKING = OTHER | {"requester": ref(CENTER)}
"""Asked by the center of another agency."""
UNTRUE = {"extension": [extension("carried-on-paper", valueBoolean=False)]}


def test_who_asks_says_how_it_goes_on_of_its_own_and_of_what_it_carries_on_paper_alone() -> None:
    for says in (ASKING | ON_PAPER, {"requester": ref(CENTER)}, {"owner": ref("PractitionerRole/mine")}):
        assert breaches(answering.in_order, turned(says, CENTER, status="in-progress")) == []
    for says in (ASKING, ASKING | UNTRUE, OTHER):
        assert breaches(answering.in_order, turned(says, CENTER, status="in-progress")) == ["R5"]
        assert breaches(answering.in_order, turned(says, CENTER, status="cancelled")) == []
    assert breaches(answering.in_order, turned(OTHER, status="in-progress")) == [], "whoever was asked"


@pytest.mark.parametrize("status", ["rejected", "cancelled", "failed", "entered-in-error"])
def test_of_a_refusal_by_who_was_asked_another_duty_says_more(status: str) -> None:
    assert breaches(answering.in_order, turned(OTHER, status=status)) == []
    if status in ("rejected", "failed"):
        assert breaches(answering.in_order, turned(ASKING, CENTER, status=status)) == ["R5"], "nobody asked is refused"


def test_what_may_follow_is_listed_in_both_languages() -> None:
    (told,) = answering.in_order(turned({}, status="requested"))
    listed = "in-progress, on-hold, completed"
    assert told.text == f"R5: a request does not go from `accepted` to `requested`: from here, {listed}"
    assert told.ja == f"R5: 依頼を `accepted` から `requested` にはできません。できるのは {listed} です"
    (over,) = answering.in_order(turned({"status": "completed"}, status="requested"))
    assert over.text == "R5: a request does not go from `completed` to `requested`: it is over: ask anew"
    said = "R5: 依頼を `completed` から `requested` にはできません。終わった依頼です。新たに依頼してください"
    assert over.ja == said


@pytest.mark.parametrize("code", ["verify", "inquiry", "confirm-guardian", "carry-out", "fund-request", "case-review"])
def test_what_is_asked_of_an_office_goes_its_own_way(code: str) -> None:
    said = {"code": concept("task-code", code)}
    assert breaches(answering.in_order, turned(said, status="requested")) == []
    assert breaches(answering.ended_with_outcome, turned(said, status="completed")) == []


@pytest.mark.parametrize("code", ["escalate-to-coordinator", "fulfill", "cooperate"])
def test_any_other_request_goes_the_way_of_requests(code: str) -> None:
    said = {"code": concept("task-code", code)}
    assert breaches(answering.in_order, turned(said, status="requested")) == ["R5"]
    assert breaches(answering.ended_with_outcome, turned(said, status="completed")) == ["R5"]


def test_what_begins_and_what_is_deleted_goes_on_from_nothing() -> None:
    held_ = TASK | {"status": "on-hold"} | CALL
    for duty in (answering.in_order, answering.held_with_reason, answering.ended_with_outcome):
        for task in (held_, TASK | {"status": "completed"}):
            assert breaches(duty, change(task, None, custodian=ASKER)) == []
    assert breaches(answering.in_order, change(None, TASK, custodian=ASKER)) == []


def test_a_reason_is_said_in_words_or_by_a_code() -> None:
    inside: Json = {"coding": [{"display": "家族が入院している"}]}
    for reason in (inside, {"text": "家族が入院している", "coding": [{"display": "―"}]}):
        assert breaches(answering.held_with_reason, turned({}, **held("2026-11-24", reason=reason))) == []


def test_an_answer_is_owed_to_whoever_asked_whoever_of_the_agency_was_asked() -> None:
    done: Json = {"status": "completed"}
    assert breaches(answering.ended_with_outcome, turned({"owner": ref("PractitionerRole/unknown")}, **done)) == ["R5"]
    assert breaches(answering.ended_with_outcome, turned(ASKING | ON_PAPER, CENTER, **done)) == ["R5"]
    for says in (ASKING, ASKING | UNTRUE):
        assert breaches(answering.ended_with_outcome, turned(says, CENTER, **done)) == []


def test_it_is_handed_on_by_a_task_and_by_nothing_else() -> None:
    handed = {"status": "completed"} | outcome("handed-on", valueReference=ref("Procedure/next"))
    done: Json = {"resourceType": "Procedure", "status": "completed", "partOf": [ref("Task/1")]}
    ended = change(TASK, TASK | handed, custodian=ASKER, records={"Procedure/next": done})
    assert breaches(answering.ended_with_outcome, ended) == ["R12a"]
