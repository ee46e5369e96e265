"""The holes found in the secrecy of a place (D-a to D-f), as another agency that reads by consent tries them."""

from __future__ import annotations

import base64
from typing import Any

import orjson
import pytest

from resources.record.problem import Problem
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.town import INSTALLER, Town, actor, case, household, patient
from tests.unit.consent.writing.test_superseding import consent

P, Q, COLLEAGUE = actor("p"), actor("q"), actor("p2")
PLACE = "岡山市南区かくれみの町九番地"
CODE = "702-8031"
DATA = base64.b64encode(PLACE.encode()).decode()
PICTURE = {"contentType": "text/plain", "data": DATA, "title": PLACE}
WIFE = ref("Patient/wife")
HIDEOUT = ref("Location/hideout")
Json = dict[str, Any]

RECORDS: dict[str, Json] = {
    "an attachment": {
        "resourceType": "Communication",
        "status": "completed",
        "subject": WIFE,
        "payload": [{"contentAttachment": PICTURE}, {"contentString": "かくれみの町９番地"}],
    },
    "the input of a task": {
        "resourceType": "Task",
        "status": "draft",
        "intent": "order",
        "for": WIFE,
        "description": "かくれみの町9番地へ訪問",
        "input": [
            {"type": {"text": "map"}, "valueAttachment": PICTURE},
            {"type": {"text": "x"}, "valueReference": HIDEOUT},
        ],
    },
    "a plan": {
        "resourceType": "CarePlan",
        "status": "active",
        "intent": "plan",
        "subject": WIFE,
        "title": "かくれみの中学校",
        "activity": [{"detail": {"status": "scheduled", "description": "かくれみの中学校へ送る", "location": HIDEOUT}}],
    },
    "answers": {
        "resourceType": "QuestionnaireResponse",
        "status": "completed",
        "subject": WIFE,
        "item": [
            {"linkId": "かくれみの", "answer": [{"valueAttachment": PICTURE}]},
            {"linkId": "consultation", "answer": [{"valueString": "かくれみの町9"}, {"valueReference": HIDEOUT}]},
        ],
    },
    "an observation": {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": "かくれみの"},
        "subject": WIFE,
        "valueString": PLACE,
        "component": [{"code": {"coding": [{"system": "urn:x", "code": "かくれみの"}]}, "valueInteger": 7028031}],
    },
    "extensions": {
        "resourceType": "Condition",
        "subject": WIFE,
        "extension": [{"url": "urn:x", "valueReference": HIDEOUT}, {"url": "urn:かくれみの", "valueString": PLACE}],
        "bodySite": [{"text": PLACE}],
    },
    "a list": {
        "resourceType": "List",
        "status": "current",
        "mode": "working",
        "subject": WIFE,
        "title": PLACE,
        "entry": [{"item": {"display": PLACE}}],
    },
    "a visit": {
        "resourceType": "Encounter",
        "status": "planned",
        "class": {"code": "かくれみの"},
        "subject": WIFE,
        "location": [{"location": HIDEOUT}],
        "serviceProvider": ref("Organization/council"),
    },
    "a paper": {
        "resourceType": "DocumentReference",
        "status": "current",
        "subject": WIFE,
        "description": PLACE,
        "content": [{"attachment": PICTURE}],
    },
    "a flag": {"resourceType": "Flag", "status": "active", "code": {"text": PLACE}, "subject": WIFE},
    "a goal": {
        "resourceType": "Goal",
        "lifecycleStatus": "active",
        "description": {"text": f"{PLACE}で暮らす"},
        "subject": WIFE,
    },
}
WORDS = ("かくれみの", DATA, "hideout", CODE, "council", "7028031")


@pytest.fixture
def told(town: Town) -> Town:
    """A protected wife whose Patient, and every record, another agency may read by her consent."""
    place = {"resourceType": "Location", "id": "hideout", "name": "隠れ家"}
    post: Json = {"resourceType": "PractitionerRole", "id": "p2", "practitioner": ref("Practitioner/p2")}
    post |= {"organization": ref("Organization/center"), "code": [concept("role", "officer")]}
    town.write(INSTALLER, place, {"resourceType": "Practitioner", "id": "p2"}, post)
    lived = {
        "address": [{"text": PLACE, "postalCode": CODE}],
        "telecom": [{"system": "phone", "value": "086-234-5678"}],
    }
    town.write(P, patient("wife", **lived), patient("child", address=lived["address"]))
    town.write(P, household("wife", "child"))
    for one in ("wife", "child"):
        whose = ref(f"Patient/{one}")
        town.sign(P, consent(f"s-{one}", patient=whose, performer=[whose]))
    town.protect(P, "Patient/wife", "Organization/lead", shares=("Patient/child",))
    return town


def said(town: Town, who: Any, name: str) -> str:
    return orjson.dumps(town.read(who, name)).decode()


@pytest.mark.parametrize("form", RECORDS)
def test_nothing_of_a_record_about_her_tells_where_she_is(told: Town, form: str) -> None:
    """D-c: fifteen of nineteen elements were not masked."""
    record = RECORDS[form] | {"id": "r"}
    told.write(P, record)
    shown = said(told, Q, f"{record['resourceType']}/r")
    assert '"status"' in shown or "Condition" in shown or "Goal" in shown
    assert [word for word in WORDS if word in shown] == []


def test_what_one_writes_oneself_is_answered_alike_whatever_it_says(told: Town) -> None:
    """D-a: the answer left out exactly the candidates that contained the place."""
    guesses = [f"70{number}-{CODE[4:]}" for number in range(10)] + [CODE, PLACE, "086-234-5678", "郵便番号"]
    record: Json = {"resourceType": "Observation", "id": "o", "status": "final", "code": {"text": "x"}}
    told.write(Q, record | {"subject": WIFE, "component": [{"code": {"text": guess}} for guess in guesses]})
    shown = told.read(Q, "Observation/o")
    assert [each["code"]["text"] for each in shown["component"]] == guesses


QUESTIONS = (
    ("List", "title", PLACE[:6]),
    ("Composition", "title", PLACE[:6]),
    ("Observation", "value-string", PLACE[:6]),
    ("DocumentReference", "description", PLACE[:6]),
    ("Patient", "address", PLACE[:6]),
    ("Patient", "address-postalcode", CODE),
    ("Patient", "phone", "086-234-5678"),
    ("Encounter", "location", "Location/hideout"),
    ("Encounter", "service-provider", "Organization/council"),
    ("Encounter", "location:missing", "false"),
)


@pytest.mark.parametrize(("type", "name", "value"), QUESTIONS)
def test_nobody_finds_by_what_is_withheld(told: Town, type: str, name: str, value: str) -> None:
    """D-b: search found what reading hid, letter by letter."""
    paper: Json = {"resourceType": "Composition", "status": "final", "type": {"text": "x"}, "date": "2026-01-01"}
    paper |= {"subject": WIFE, "title": PLACE, "author": [ref("PractitionerRole/p")]}
    records = [paper, *RECORDS.values()]
    told.write(P, *(each | {"id": f"r{number}"} for number, each in enumerate(records)))
    for who in (P, Q, actor("lead")):
        assert told.search(who, type, (name, value)) == []


def test_who_shares_the_dwelling_is_hidden_with_her(told: Town) -> None:
    """D-d: the child's address, the same flat, was shown and found."""
    assert CODE not in said(told, Q, "Patient/child")
    assert CODE not in said(told, P, "Patient/child")


def test_an_old_text_stays_hidden_when_the_address_has_changed(told: Town) -> None:
    """D-e: a text that named a former address was shown once the address was changed or removed."""
    told.write(P, {"resourceType": "Condition", "id": "c", "subject": WIFE, "note": [{"text": PLACE}]})
    told.write(P, told.read(P, "Patient/wife") | {"address": [{"text": "別の所"}]})
    assert "かくれみの" not in said(told, Q, "Condition/c")


def test_a_colleague_who_is_not_named_writes_no_address(told: Town) -> None:
    """D-f: a false address was appended to the true one. It is refused alike where there is none."""
    told.write(P, patient("bare"))
    told.protect(P, "Patient/bare", "Organization/lead")
    refusals = []
    for name in ("Patient/wife", "Patient/bare"):
        with pytest.raises(Problem) as caught:
            told.write(COLLEAGUE, told.read(COLLEAGUE, name) | {"address": [{"text": "偽の住所"}]})
        refusals.append((caught.value.kind, caught.value.issues))
    assert refusals[0] == refusals[1]
    assert refusals[0][0] == "forbidden"
    assert refusals[0][1][0].at == "Patient.address"


def test_a_list_is_shown_to_those_it_names_alone_also_when_it_was_lifted(told: Town) -> None:
    assert "Organization/lead" not in said(told, P, "Patient/wife")
    lead = actor("lead")
    told.lift(lead, "Patient/wife")
    told.lift(lead, "Patient/child")
    before = told.read(P, "Patient/wife", 2)
    assert before["address"] == [{"text": PLACE, "postalCode": CODE}]
    assert "security" not in before["meta"]


def test_a_word_about_a_request_is_shown_alike_to_who_does_not_see_the_request_when_that_has_gone(told: Town) -> None:
    """It is about her by the request alone, and nobody once named is lost."""
    town = told
    town.write(P, patient("hidden"))
    town.protect(actor("lead"), "Patient/hidden", "Organization/lead")
    request: Json = {"resourceType": "ServiceRequest", "id": "r", "status": "active", "intent": "order"}
    request |= {"subject": ref("Patient/hidden"), "requester": ref("Organization/center")}
    word: Json = {"resourceType": "Communication", "id": "w", "status": "completed", "note": [{"text": PLACE}]}
    word |= {"about": [ref("ServiceRequest/r")], "recipient": [ref("Organization/other")]}
    town.write(P, request | {"performer": [ref("Organization/council")]}, word)
    before = said(town, Q, "Communication/w")
    assert "recipient" in before
    assert PLACE not in before
    town.delete(P, "ServiceRequest/r")
    assert said(town, Q, "Communication/w") == before


def test_a_place_checked_by_nobody_in_our_own_extension_is_a_text_like_any_other(told: Town) -> None:
    meeting = RECORDS["a visit"] | {"id": "v", "extension": [extension("necessity", valueString=PLACE)]}
    told.write(P, meeting)
    assert PLACE in said(told, P, "Encounter/v")
    assert PLACE not in said(told, COLLEAGUE, "Encounter/v")
    assert PLACE not in said(told, Q, "Encounter/v")


def test_what_stays_of_a_service_that_was_taken_away_is_no_service_without_a_day(told: Town) -> None:
    """R37 says nothing of what the writer was not shown."""
    weekly = {"repeat": {"dayOfWeek": ["mon"], "timeOfDay": ["09:00:00"], "duration": 60, "durationUnit": "min"}}
    services = [
        {"detail": {"status": "scheduled", "description": f"{PLACE}{number}", "scheduledTiming": weekly}}
        for number in range(2)
    ]
    plan = case("plan", "total-care-plan") | {"activity": services}
    told.write(P, case(), plan)
    shown = told.read(COLLEAGUE, "CarePlan/plan")
    assert shown["activity"] == [{"detail": {"status": "scheduled", "scheduledTiming": weekly}}] * 2
    told.write(COLLEAGUE, shown | {"activity": shown["activity"][:1]})
    (stored,) = [row for row in told.stored("CarePlan") if row.reference == "CarePlan/plan"]
    kept = orjson.loads(stored.body)["activity"]
    assert [each["detail"]["description"] for each in kept] == [f"{PLACE}0", f"{PLACE}1"]
    assert "status" not in kept[1]["detail"]
    assert told.read(COLLEAGUE, "CarePlan/plan")["activity"] == shown["activity"][:1]
