"""$timetable: every member of a household is named, however many they are."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from api.operations import timetable
from resources.search import request, result_parameters
from tests.laws.worlds import extension, ref
from tests.unit.api.conftest import Calling
from tests.unit.consent.town import INSTALLER, actor, household, patient

P = actor("p")
MEMBERS = max(request.MOST_VALUES, result_parameters.MOST_COUNT) + 2


def test_a_household_of_more_members_than_one_search_may_name(calling: Calling) -> None:
    names = [f"m{n}" for n in range(MEMBERS)]
    people = [patient(names[0])]
    for n, name in enumerate(names[1:], 1):
        kin: dict[str, Any] = {"resourceType": "RelatedPerson", "id": f"k{n}", "patient": ref("Patient/m0")}
        people.append(kin | {"relationship": [{"text": f"親族{n}"}]})
        people.append(patient(name, link=[{"other": ref(f"RelatedPerson/k{n}"), "type": "seealso"}]))
    activity = [_service(name) for name in (names[0], names[-1])]
    plan: dict[str, Any] = {"resourceType": "CarePlan", "id": "plan", "status": "draft", "intent": "plan"}
    whole = plan | {"subject": ref("Group/g"), "activity": activity}
    calling.town.write(P, *people[:801])
    calling.town.write(P, *people[801:])
    calling.town.write(P, household(*names), whole)
    answer = calling.ask(P, "GET", "CarePlan/plan/$timetable?_format=json")
    assert answer.status == 200
    assert [each["for"] for each in orjson.loads(answer.body)["other"]] == ["本人", f"親族{MEMBERS - 1}"]


@pytest.mark.parametrize("form", ["html", "svg", "pdf", "png"])
def test_a_plan_of_more_text_than_a_sheet_has_is_told_and_not_drawn(calling: Calling, form: str) -> None:
    plan: dict[str, Any] = {"resourceType": "CarePlan", "id": "long", "status": "draft", "intent": "plan"}
    calling.town.write(P, patient("m0"), household("m0"))
    note = {"text": "長" * (timetable.MOST_DRAWN // 3)}
    calling.town.write(P, plan | {"subject": ref("Group/g"), "activity": [_service("m0")], "note": [note]})
    refused = calling.ask(P, "GET", f"CarePlan/long/$timetable?_format={form}")
    assert refused.status == 422
    assert orjson.loads(refused.body)["issue"][0]["code"] == "too-costly"
    assert calling.ask(P, "GET", "CarePlan/long/$timetable?_format=json").status == 200


def test_a_very_long_word_is_shown_by_its_beginning(calling: Calling) -> None:
    plan: dict[str, Any] = {"resourceType": "CarePlan", "id": "word", "status": "draft", "intent": "plan"}
    calling.town.write(P, patient("m0"), household("m0"))
    service = _service("m0")
    service["detail"] |= {
        "code": {"text": "訪" * 100_000},
        "scheduledTiming": {"repeat": {"dayOfWeek": ["mon"], "timeOfDay": ["10:00:00"], "duration": 60}},
    }
    service["detail"]["scheduledTiming"]["repeat"] |= {"durationUnit": "min", "period": 1, "periodUnit": "wk"}
    calling.town.write(P, plan | {"subject": ref("Group/g"), "activity": [service]})
    drawn = calling.ask(P, "GET", "CarePlan/word/$timetable?_format=svg")
    assert drawn.status == 200
    assert "訪…".encode() in drawn.body


def test_who_holds_a_post_is_called_what_the_plan_calls_them_and_has_their_agencys_number_without_one(
    calling: Calling,
) -> None:
    own = [{"system": "phone", "value": "090-0000-0001"}]
    desk: dict[str, Any] = {"resourceType": "HealthcareService", "id": "d", "providedBy": ref("Organization/other")}
    post: dict[str, Any] = {"resourceType": "PractitionerRole", "practitioner": ref("Practitioner/q")}
    post |= {"organization": ref("Organization/other")}
    there = [post | {"id": "own", "telecom": own}, post | {"id": "none"}]
    calling.town.write(INSTALLER, desk | {"telecom": [{"system": "phone", "value": "086-000-0002"}]}, *there)
    calling.town.write(P, patient("m0"), household("m0"))
    service = _service("m0")
    named = [ref("PractitionerRole/own") | {"display": "民生委員"}, ref("PractitionerRole/none") | {"display": "校長"}]
    service["detail"]["performer"] = named
    plan: dict[str, Any] = {"resourceType": "CarePlan", "id": "plan", "status": "draft", "intent": "plan"}
    calling.town.write(P, plan | {"subject": ref("Group/g"), "activity": [service]})
    told = orjson.loads(calling.ask(P, "GET", "CarePlan/plan/$timetable?_format=json").body)["contacts"]
    assert [(each["name"], each["phones"]) for each in told] == [
        ("民生委員", ["090-0000-0001"]),
        ("校長", ["086-000-0002"]),
    ]


def _service(member: str) -> dict[str, Any]:
    whom = extension("activity-subject", valueReference=ref(f"Patient/{member}"))
    return {"detail": {"status": "scheduled", "code": {"text": "訪問"}, "extension": [whom]}}
