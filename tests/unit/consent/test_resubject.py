"""Moving a record to somebody else unmasks nothing of what was written about a protected person: U2 and U3."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from tests.laws.worlds import concept, extension, own, ref
from tests.unit.consent.town import Town, actor, case, concern, household, patient

P, Q, COLLEAGUE = actor("p"), actor("q"), actor("p2")
SECRET = {"security": [own("secrecy-label", "address-secret")]}
PLACE = "山陽町三丁目九番地"
LOCATION = ref("Location/hideout")
WIFE, HUSBAND = ref("Patient/wife"), ref("Patient/husband")


def activity(whom: dict[str, str]) -> list[dict[str, Any]]:
    return [{"detail": {"status": "scheduled", "description": "x", "location": LOCATION} | said_of(whom)}]


def said_of(whom: dict[str, str]) -> dict[str, Any]:
    return {"extension": [extension("activity-subject", valueReference=whom)]}


UNTIED = {"status": "scheduled", "description": "x", "location": LOCATION}
ITEMS = [{"linkId": "member", "item": [{"linkId": "member.address", "answer": [{"valueString": PLACE}]}]}]
REQUEST = {"resourceType": "ServiceRequest", "status": "active", "intent": "order", "locationReference": [LOCATION]}
VISIT = {
    "resourceType": "Encounter",
    "status": "planned",
    "class": {"code": "AMB"},
    "location": [{"location": LOCATION}],
}
PAPER: dict[str, Any] = {"resourceType": "DocumentReference", "status": "current", "description": PLACE}
PAPER |= {"content": [{"attachment": {"title": PLACE}}]}
SHEET = {"resourceType": "QuestionnaireResponse", "status": "completed", "item": ITEMS}
MOVED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "RelatedPerson.patient": (
        {"resourceType": "RelatedPerson", "address": [{"text": PLACE}], "patient": WIFE},
        {"patient": HUSBAND},
    ),
    "Condition.subject": (concern("r", "wife", note=[{"text": PLACE}]), {"subject": HUSBAND}),
    "Encounter.subject": (VISIT | {"subject": WIFE}, {"subject": HUSBAND}),
    "ServiceRequest.subject": (REQUEST | {"subject": WIFE}, {"subject": HUSBAND}),
    "DocumentReference.subject": (PAPER | {"subject": WIFE}, {"subject": HUSBAND}),
    "QuestionnaireResponse.subject": (SHEET | {"subject": WIFE}, {"subject": HUSBAND}),
    "activity-subject": (
        case("r") | {"activity": activity(WIFE)},
        {"activity": [{"detail": {"status": "scheduled"} | said_of(HUSBAND)}]},
    ),
    "an activity of the household": (
        case("r") | {"activity": [{"detail": UNTIED}]},
        {"activity": [{"detail": {"status": "scheduled"} | said_of(HUSBAND)}]},
    ),
    "out of the household": (case("r") | {"activity": [{"detail": UNTIED}]}, {}),
}
HIDDEN = (PLACE, "Location/hideout")


@pytest.fixture
def family(town: Town) -> Town:
    place = {"resourceType": "Location", "id": "hideout", "name": "隠れ家"}
    installer = actor("p", purpose="installation", client="installer", scopes=())
    post: dict[str, Any] = {"resourceType": "PractitionerRole", "id": "p2", "practitioner": ref("Practitioner/p2")}
    post |= {"organization": ref("Organization/center"), "code": [concept("role", "officer")]}
    town.write(installer, place, {"resourceType": "Practitioner", "id": "p2"}, post)
    town.write(P, patient("wife", address=[{"text": PLACE}], meta=SECRET), patient("husband"))
    town.write(P, household("wife", "husband"))
    return town


@pytest.mark.parametrize("form", MOVED)
def test_what_was_hidden_stays_hidden_in_every_version(family: Town, form: str) -> None:
    record, change = MOVED[form]
    record = record | {"id": "r"}
    name = f"{record['resourceType']}/r"
    family.write(P, record)
    if form == "out of the household":
        family.write(P, household("husband") | {"meta": {"versionId": "1"}})
    shown = family.read(COLLEAGUE, name)
    assert not [word for word in HIDDEN if word in orjson.dumps(shown).decode()]
    family.write(COLLEAGUE, shown | change)
    for number in (None, 1, 2):
        assert not [word for word in HIDDEN if word in orjson.dumps(family.read(COLLEAGUE, name, number)).decode()]
    (stored,) = [row for row in family.stored(record["resourceType"]) if row.reference == name]
    assert [word for word in HIDDEN if word in stored.body.decode()], "and nothing of it was lost"


def test_a_request_with_only_a_focus_and_one_with_only_an_identifier_are_masked(family: Town) -> None:
    """U3 of the findings: they were about nobody, so nothing of them was hidden."""
    number = {"system": "https://tsunagu.example/fhir/sid/resident", "value": "7"}
    family.write(P, patient("wife", identifier=[number], meta={"versionId": "1"}))
    task = {"resourceType": "Task", "id": "t", "status": "draft", "intent": "order", "focus": ref("ServiceRequest/s")}
    task |= {"location": LOCATION, "requester": ref("Organization/center"), "owner": ref("Organization/other")}
    family.write(P, REQUEST | {"id": "s", "subject": {"identifier": number, "type": "Patient"}}, task)
    for name in ("ServiceRequest/s", "Task/t"):
        assert "hideout" not in orjson.dumps(family.read(P, name)).decode()
    assert "hideout" not in orjson.dumps(family.read(Q, "Task/t")).decode()
