"""What an officer with a real post would try, to close a record to those whom it is for or to keep one open."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import orjson
import pytest

from consent.acts.confirming_posts import confirmed
from resources.record import coding
from resources.record.problem import Problem
from tests.laws.worlds import concept, ref
from tests.unit.consent.forgeries import group
from tests.unit.consent.people import NOW
from tests.unit.consent.test_conference_course import refused
from tests.unit.consent.town import INSTALLER, Town, actor, case, concern, conference, coordination, household, patient

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


NOTED: dict[str, Json] = {
    "by a note": {"note": [{"text": "確かめます"}]},
    "by taking it on": {"status": "accepted"},
    "by closing it": {"status": "completed", "output": said({"valueString": "確かめた"})},
}


@pytest.mark.parametrize("answer", NOTED.values(), ids=list(NOTED))
def test_who_answers_what_the_server_asks_has_nobody_in_care_by_that(asked: Town, answer: Json) -> None:
    """The lead section would read a protected person's card by writing a word on the Task."""
    asked.write(Q, group("n", "decoy", "1"))
    [review] = [each for each in asked.stored("Task") if b"review-restriction" in each.body]
    seen = {name: asked.reads(LEAD, name) for name in ("Patient/1", "Task/t")}
    assert not any(seen.values())
    noted = orjson.loads(review.body) | answer | {"meta": {"versionId": "1"}}
    asked.write(LEAD, noted)
    assert {name: asked.reads(LEAD, name) for name in seen} == seen
    assert asked.search(LEAD, "Patient") == []
    asked.write(LEAD, noted | {"note": [{"text": "もう一言"}], "meta": {"versionId": "2"}})
    assert asked.search(LEAD, "Patient") == []


COLLEAGUE = replace(P, person="Practitioner/p2")


@pytest.fixture
def hidden(town: Town) -> Town:
    """Two concerns of a protected person, one with a text; and a colleague who is on no list."""
    post = {"resourceType": "PractitionerRole", "id": "p2", "practitioner": ref("Practitioner/p2"), "active": True}
    post |= {"organization": ref("Organization/center"), "code": [concept("role", "officer")]}
    town.write(INSTALLER, {"resourceType": "Practitioner", "id": "p2"}, post | {"period": {"start": "2020-01-01"}})
    town.write(P, patient("1"), concern("told", "1", onsetString="山陽町に移った頃"), concern("silent", "1"))
    town.protect(P, "Patient/1", "Organization/other")
    return town


@pytest.mark.parametrize("id", ["told", "silent"])
def test_a_choice_of_which_one_was_shown_nothing_is_not_made_anew(hidden: Town, id: str) -> None:
    """A date beside a withheld text would be a record that R4 does not allow."""
    sent = hidden.read(COLLEAGUE, f"Condition/{id}")
    assert "onsetString" not in sent
    with pytest.raises(Problem) as caught:
        hidden.write(COLLEAGUE, sent | {"onsetDateTime": "2026-10-01"})
    assert (caught.value.kind, caught.value.rules) == ("forbidden", ("D1",))
    hidden.write(COLLEAGUE, sent | {"recordedDate": "2026-10-01"})
    assert hidden.read(P, f"Condition/{id}").get("onsetString") == ("山陽町に移った頃" if id == "told" else None)


def test_who_first_wrote_a_record_chooses_anew_and_one_choice_stands(hidden: Town) -> None:
    hidden.write(P, hidden.read(P, "Condition/told") | {"note": [{"text": "面談"}]})
    sent = hidden.read(P, "Condition/told")
    del sent["onsetString"]
    hidden.write(P, sent | {"onsetDateTime": "2026-10-01"})
    found = hidden.read(P, "Condition/told")
    assert ("onsetString" in found, found["onsetDateTime"]) == (False, "2026-10-01")


LETTER: Json = {"resourceType": "Communication", "id": "l", "status": "completed", "subject": ref("Patient/1")}
LETTER |= {"sender": ref("Organization/center"), "recipient": [ref("Organization/other")]}


@pytest.mark.parametrize("status", ["accepted", "in-progress", "completed"])
def test_what_another_agency_took_on_is_not_deleted_by_who_asked(town: Town, status: str) -> None:
    town.write(P, patient("1"), TASK)
    town.write(Q, at(1, TASK, status="accepted"))
    if status != "accepted":
        town.write(Q, at(2, TASK, status="in-progress"))
    if status == "completed":
        town.write(Q, at(3, TASK, status="completed", output=said({"valueString": "面談した"})))
    with pytest.raises(Problem) as caught:
        town.delete(P, "Task/t")
    assert (caught.value.kind, caught.value.rules) == ("business-rule", ("P2",))
    assert town.read(Q, "Task/t")["status"] == status


def test_what_was_not_taken_on_and_what_one_asks_oneself_is_deleted(town: Town) -> None:
    town.write(P, patient("1"), TASK, TASK | {"id": "own", "status": "accepted", "owner": ref("PractitionerRole/p")})
    town.delete(P, "Task/t")
    town.delete(P, "Task/own")


def test_a_letter_that_another_agency_received_stays(town: Town) -> None:
    town.write(P, patient("1"), LETTER, LETTER | {"id": "own", "recipient": [ref("Organization/center")]})
    with pytest.raises(Problem) as caught:
        town.delete(P, "Communication/l")
    assert (caught.value.kind, caught.value.rules) == ("business-rule", ("P2",))
    assert refused(town, P, at(1, LETTER, recipient=[ref("Organization/center")])) == ["P2"]
    town.write(P, at(1, LETTER, recipient=[ref("PractitionerRole/conv"), *LETTER["recipient"]]))
    town.delete(P, "Communication/own")


KEEPER = actor("dk")


SECOND = actor("dk2")


@pytest.fixture
def kept(town: Town) -> Town:
    """Two directory keepers, one for the council and one for the center; and an agency in which nobody is yet."""
    post: Json = {"resourceType": "PractitionerRole", "period": {"start": "2020-01-01"}}
    post |= {"code": [concept("role", "directory-keeper")]}
    people = [{"resourceType": "Practitioner", "id": id} for id in ("dk", "dk2", "friend")]
    keepers = [("dk", "council"), ("dk2", "center")]
    held = [{"id": id, "practitioner": ref(f"Practitioner/{id}")} for id, _ in keepers]
    agencies = [{"organization": ref(f"Organization/{agency}")} for _, agency in keepers]
    posts = [post | each | agency for each, agency in zip(held, agencies, strict=True)]
    far = {"resourceType": "Organization", "id": "far", "name": "far"}
    town.write(INSTALLER, *people, *posts, far)
    friend: Json = {"id": "f", "practitioner": ref("Practitioner/friend"), "organization": ref("Organization/far")}
    town.write(KEEPER, post | friend | {"code": [concept("role", "officer")]})
    return town


def confirm(town: Town, who: Any, name: str) -> str:
    """By which rule it is refused; empty where it is confirmed."""
    try:
        town.run(town.gate.operate(who, ("$confirm-posts",), partial(confirmed, named=[name])))
    except Problem as problem:
        return problem.rules[0] if problem.kind == "forbidden" else str(problem)
    return ""


FAR = at(1, {"resourceType": "Organization", "id": "far", "name": "far"})
DEPARTMENT: Json = {"resourceType": "OrganizationAffiliation", "id": "a", "code": [concept("role", "department")]}
DEPARTMENT |= {"organization": ref("Organization/far")}
PLACES = {
    "part of": (FAR | {"partOf": ref("Organization/other")}, "Organization/far"),
    "department": (DEPARTMENT | {"participatingOrganization": ref("Organization/other")}, "OrganizationAffiliation/a"),
}


@pytest.mark.parametrize("place", PLACES.values(), ids=list(PLACES))
@pytest.mark.parametrize("who", [SECOND, LEAD], ids=["a second keeper", "the lead section"])
def test_who_is_in_charge_of_an_agency_is_not_said_by_one_keeper_alone(
    kept: Town, place: tuple[Json, str], who: Any
) -> None:
    """A colleague of a friend's would confirm the friend's post, in an agency to which requests come on paper."""
    said, name = place
    kept.write(KEEPER, said)
    assert confirm(kept, Q, "PractitionerRole/f") == "P12"
    assert [confirm(kept, each, name) for each in (KEEPER, Q, CO, P)] == ["P12"] * 4
    assert confirm(kept, who, name) == ""
    assert confirm(kept, Q, "PractitionerRole/f") == ""


def test_what_else_is_written_of_an_agency_moves_nothing_and_a_further_move_waits_again(kept: Town) -> None:
    moved = FAR | {"partOf": ref("Organization/other")}
    kept.write(INSTALLER, moved)
    kept.write(KEEPER, at(2, moved, alias=["遠くの機関"]))
    assert confirm(kept, Q, "PractitionerRole/f") == ""
    kept.write(KEEPER, at(3, moved, partOf=ref("Organization/center")))
    kept.write(KEEPER, at(4, moved, partOf=ref("Organization/center"), alias=["さらに遠くの機関"]))
    kept.write(KEEPER, kept.read(KEEPER, "PractitionerRole/f") | {"code": [concept("role", "deputy")]})
    assert confirm(kept, P, "PractitionerRole/f") == "P12"
    assert confirm(kept, SECOND, "Organization/far") == "P12", "who is of the agency that would be in charge"
    assert confirm(kept, LEAD, "PractitionerRole/f") == "", "as long as nobody is in charge"


def test_where_somebody_is_the_agency_itself_confirms_its_place(kept: Town) -> None:
    other = at(1, {"resourceType": "Organization", "id": "other", "name": "other"}, partOf=ref("Organization/council"))
    kept.write(KEEPER, other)
    assert [confirm(kept, each, "Organization/other") for each in (SECOND, LEAD, CO)] == ["P12"] * 3
    assert confirm(kept, Q, "Organization/other") == ""


def test_a_move_that_waits_lets_nobody_onto_a_list(kept: Town) -> None:
    """The department of an agency on a list names a substitute, and a keeper does not say which that is."""
    head: Json = {"resourceType": "PractitionerRole", "id": "h", "practitioner": ref("Practitioner/co")}
    head |= {"organization": ref("Organization/council"), "code": [concept("role", "department")]}
    kept.write(INSTALLER, head, {"resourceType": "Practitioner", "id": "deputy"})
    post = {"resourceType": "PractitionerRole", "id": "p2", "practitioner": ref("Practitioner/deputy")}
    kept.write(INSTALLER, post | {"organization": ref("Organization/center")} | {"code": [concept("role", "deputy")]})
    kept.write(P, patient("1"))
    kept.protect(P, "Patient/1", "Organization/center")
    center = {"resourceType": "Organization", "id": "center", "name": "center", "partOf": ref("Organization/council")}
    kept.write(KEEPER, at(1, center))
    named: dict[str, Any] = {"named": ("PractitionerRole/p2",), "until": f"{NOW.date()}"}
    with pytest.raises(Problem):
        kept.of_list(CO, "$extend-protection", "Patient/1", **named)
    assert confirm(kept, P, "Organization/center") == ""
    kept.of_list(CO, "$extend-protection", "Patient/1", **named)
