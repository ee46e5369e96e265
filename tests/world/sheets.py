"""A つなぐシート as an officer fills it in: a mother, her infant, and whatever a scenario has her say.

docs/sheet.md
"""

from __future__ import annotations

from datetime import date
from typing import Any

from demo.answer import Answer
from demo.journey.city import City

Json = dict[str, Any]

BASE = "https://tsunagu.example/fhir"
_RELATION = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
AGENCY, OFFICER = "Organization/yorisoi-center", "PractitionerRole/role-yorisoi"
DESK = "Organization/health-center-kita-chuo"


def item(link: str, *answers: Json) -> Json:
    return {"linkId": link, "answer": list(answers)}


def mother(name: str) -> Json:
    rows = [
        item("member.name", {"valueString": name}),
        item("member.birthDate", {"valueString": "昭和52年3月2日"}),
        item("member.phone", {"valueString": "086-000-0001、090-0000-0002"}),
        item("member.relation", {"valueCoding": {"system": _RELATION, "code": "ONESELF"}}),
        item("member.concern", {"valueCoding": {"system": f"{BASE}/CodeSystem/concern-field", "code": "housing"}}),
    ]
    return {"linkId": "member", "item": rows}


def infant() -> Json:
    relation = {"valueCoding": {"system": _RELATION, "code": "DAUC"}}
    return {"linkId": "member", "item": [item("member.age", {"valueInteger": 0}), item("member.relation", relation)]}


def consent(signature: str | None, on: str | None) -> Json:
    rows = [item("member.consent.agency", {"valueReference": {"reference": DESK}})]
    rows += [item("member.consent.signature", {"valueString": signature})] if signature else []
    rows += [item("member.consent.date", {"valueDate": on})] if on else []
    return {"linkId": "member.consent", "item": rows}


def referral(agency: str) -> Json:
    said = [item("referral.agency", {"valueReference": {"reference": agency}})]
    return {"linkId": "referral", "item": [*said, item("referral.reason", {"valueString": "家賃を払えない"})]}


def sheet(*items: Json, on: str = "", **elements: Any) -> Json:
    """The response; `items` are members, referrals and further answers."""
    day = on or date.today().isoformat()
    head = [
        item("date", {"valueDate": day}),
        item("agency", {"valueReference": {"reference": AGENCY}}),
        item("officer", {"valueReference": {"reference": OFFICER}}),
    ]
    asked = (
        []
        if any(each["linkId"] == "other-troubles" for each in items)
        else [item("other-troubles", {"valueBoolean": False})]
    )
    return {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": f"{BASE}/Questionnaire/tsunagu-sheet",
        "status": "completed",
        "authored": f"{day}T10:00:00+09:00",
        "author": {"reference": OFFICER},
        "item": [*head, *items, *asked],
        **elements,
    }


def submit(city: City, response: Json, officer: str = "yorisoi", *, partial: bool = False) -> Answer:
    given: list[Json] = [{"name": "questionnaire-response", "resource": response}]
    given += [{"name": "partial", "valueBoolean": True}] if partial else []
    asked = {"resourceType": "Parameters", "parameter": given}
    return city.officer(officer).post("QuestionnaireResponse/$submit", asked)
