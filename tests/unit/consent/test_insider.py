"""What an officer with a real post would try, to close a record to those whom it is for or to keep one open."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from resources.record import coding
from resources.record.problem import Problem
from tests.laws.worlds import concept, ref
from tests.unit.consent.forgeries import group
from tests.unit.consent.test_conference_course import refused
from tests.unit.consent.town import Town, actor, case, concern, conference, coordination, household, patient

P, Q, CO, CONV, LEAD = (actor(person) for person in ("p", "q", "co", "conv", "lead"))
Json = dict[str, Any]

TASK: Json = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order"}
TASK |= {"for": ref("Patient/1"), "requester": ref("Organization/center"), "owner": ref("Organization/other")}
TASK |= {"note": [{"text": "急ぎでお願いします"}]}
DECOY = "Patient/decoy"


def at(version: int, record: Json, **elements: Any) -> Json:
    return record | elements | {"meta": {"versionId": str(version)}}


def said(value: Json) -> list[Json]:
    return [{"type": concept("task-outcome", "supported"), **value}]


@pytest.fixture
def asked(town: Town) -> Town:
    """The other agency has accepted a request, and protects a person of its own."""
    town.write(P, patient("1"), patient("2"), household("1", "2"), TASK)
    town.write(Q, at(1, TASK, status="accepted"))
    town.write(Q, patient("decoy"))
    town.protect(Q, DECOY, "Organization/other")
    return town


ANSWERS: dict[str, Json] = {
    "as the outcome": {"output": said({"valueReference": ref(DECOY)})},
    "as who wrote a note": {"note": [*TASK["note"], {"text": "済", "authorReference": ref(DECOY)}]},
    "beside a reason": {
        "statusReason": {"text": "済", "extension": [{"url": "urn:x", "valueReference": ref(DECOY)}]},
    },
    "in a version of theirs": {"output": said({"valueReference": ref(f"{DECOY}/_history/1")})},
}


@pytest.mark.parametrize("answer", ANSWERS.values(), ids=list(ANSWERS))
def test_who_is_asked_makes_a_request_about_nobody_else(asked: Town, answer: Json) -> None:
    """A protected person drawn into it would hide the asker's own words, from its colleagues and from its searches."""
    with pytest.raises(Problem) as caught:
        asked.write(Q, at(2, TASK, status="in-progress", **answer))
    assert (caught.value.kind, caught.value.rules) == ("forbidden", ("P1",))
    assert asked.read(P, "Task/t")["note"] == TASK["note"]


def test_an_answer_names_a_record_of_one_s_own_whoever_that_is_about(asked: Town) -> None:
    asked.write(Q, concern("own", "decoy"))
    answer = {"output": said({"valueReference": ref("Condition/own")})}
    asked.write(Q, at(2, TASK, status="in-progress", **answer))
    assert asked.read(actor("p"), "Task/t")["note"] == TASK["note"]


def test_whom_a_request_is_about_stands_once_it_is_accepted(asked: Town) -> None:
    """What the one asked has written of it would be about them too."""
    asked.write(P, patient("later"))
    noted = [*TASK["note"], {"text": "追記", "authorReference": ref("Patient/later")}]
    assert refused(asked, P, at(2, TASK, status="accepted", note=noted)) == ["R12a"]
    asked.write(P, at(2, TASK, status="accepted", note=[*TASK["note"], {"text": "追記"}]))


def test_the_coordinator_names_in_a_plan_who_is_in_the_household_and_nobody_else(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), household("1", "2"), case(), case("plan", "total-care-plan"))
    town.write(P, coordination("requested"))
    town.write(CO, at(1, coordination()))
    town.write(CO, patient("decoy"))
    plan = case("plan", "total-care-plan")
    told = {"url": "urn:x", "valueReference": ref(DECOY)}
    assert refused(town, CO, at(1, plan, extension=[told])) == ["P1"]
    town.write(CO, at(1, plan, extension=[told | {"valueReference": ref("Patient/2")}]))


def test_an_open_meeting_ends_with_the_day_on_which_it_was_opened(open_: Town) -> None:
    """Moved from day to day it would never close."""
    (meeting,) = open_.stored("Encounter")
    sent = conference("in-progress", "q", "p")
    tomorrow = {"start": "2026-11-24T09:00:00+09:00", "end": "2026-11-24T17:00:00+09:00"}
    assert refused(open_, CONV, at(meeting.number, sent, period=tomorrow)) == ["P4"]
    longer = {**sent["period"], "end": f"{sent['period']['start'][:10]}T23:00:00+09:00"}
    open_.write(CONV, at(meeting.number, sent, period=longer))


def reviews(town: Town) -> set[str]:
    """About whom the lead section is asked to look at a protection."""
    tasks = (orjson.loads(each.body) for each in town.stored("Task"))
    asked = [task for task in tasks if "review-restriction" in coding.codes(task.get("code"), "task-code")]
    assert all(task["owner"] == ref("Organization/lead") for task in asked)
    return {task["for"]["reference"] for task in asked}


def test_a_protection_got_by_joining_a_household_is_put_before_the_lead_section(asked: Town) -> None:
    """Who has a person in care sets a protection, and it is seen: by way of a household too."""
    asked.write(Q, group("n", "decoy", "1"))
    assert "Patient/1" in [each.reference for each in asked.stored("Patient") if b"address-secret" in each.body]
    assert reviews(asked) == {"Patient/1"}


def test_a_protection_of_who_shares_the_dwelling_is_put_before_the_lead_section(asked: Town) -> None:
    asked.write(Q, patient("own"), group("n", "own", "1"))
    asked.write(Q, at(2, TASK, status="completed", output=said({"valueString": "面談した"})))
    asked.protect(Q, "Patient/own", "Organization/other", shares=("Patient/1",))
    assert reviews(asked) == {"Patient/1"}
