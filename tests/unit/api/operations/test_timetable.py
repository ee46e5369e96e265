"""$timetable: every member of a household is named, however many they are, and so is for whom a sheet is printed."""

from __future__ import annotations

import re
from typing import Any

import orjson
import pytest

from api.operations import timetable
from resources.search import request, result_parameters
from tests.laws.worlds import extension, ref
from tests.unit.api.conftest import Calling
from tests.unit.consent.test_carrying_out import plan
from tests.unit.consent.town import INSTALLER, Json, Town, actor, case, household, patient

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


def _service(*members: str) -> dict[str, Any]:
    whom = [extension("activity-subject", valueReference=ref(f"Patient/{member}")) for member in members]
    return {"detail": {"status": "scheduled", "code": {"text": "訪問"}, **({"extension": whom} if whom else {})}}


def _planned(town: Town) -> None:
    """A mother and her son, who is called so by how he is related to her."""
    kin: Json = {"resourceType": "RelatedPerson", "id": "kin", "patient": ref("Patient/1")}
    son = patient("2", link=[{"other": ref("RelatedPerson/kin"), "type": "seealso"}])
    people = [patient("1", gender="female"), son, kin | {"relationship": [{"text": "長男"}]}]
    town.write(P, *people, household("1", "2"))
    services = [_service("1"), _service("2"), _service()]
    for each in services:
        each["detail"]["scheduledPeriod"] = {"start": "2026-04-01"}
    town.write(P, case(), plan(*services))


def test_what_is_printed_says_for_whom_and_has_what_they_may_see(calling: Calling) -> None:
    _planned(calling.town)

    def told(asked: str = "") -> Json:
        made: Json = orjson.loads(calling.ask(P, "GET", f"CarePlan/plan/$timetable?_format=json{asked}").body)
        return made

    def whom(made: Json) -> list[str]:
        return [each["for"] for each in made["other"]]

    assert (told()["recipient"], whom(told())) == (None, ["本人", "長男", "世帯全体"])
    for asked, called, services in (
        ("Patient/1", "本人", ["本人", "世帯全体"]),
        ("Patient/2", "長男", ["長男", "世帯全体"]),
        ("Group/g", "世帯全体", ["世帯全体"]),
        ("Organization/center", "center", ["本人", "長男", "世帯全体"]),
        ("PractitionerRole/p", "center", ["本人", "長男", "世帯全体"]),
    ):
        made = told(f"&recipient={asked}")
        assert (made["recipient"], whom(made)) == (called, services), asked


@pytest.mark.parametrize("form", ["html", "svg"])
@pytest.mark.parametrize(("asked", "words"), [("", "手元用"), ("&recipient=Patient/2", "お渡し先：長男")])
def test_a_sheet_says_for_whom_it_is(calling: Calling, form: str, asked: str, words: str) -> None:
    _planned(calling.town)
    drawn = calling.ask(P, "GET", f"CarePlan/plan/$timetable?_format={form}{asked}").body.decode()
    assert words in re.sub("<[^>]*>\n*", "", drawn)


@pytest.mark.parametrize(
    "asked", ["", "Patient/", "Practitioner/p", "HealthcareService/desk", "Patient/1/_history/1", "https://x/Patient/1"]
)
def test_whom_a_sheet_is_for_is_named_by_a_reference(calling: Calling, asked: str) -> None:
    _planned(calling.town)
    refused = calling.ask(P, "GET", f"CarePlan/plan/$timetable?recipient={asked}")
    assert refused.status == 400
    assert orjson.loads(refused.body)["issue"][0]["expression"] == ["recipient"]


def test_who_may_not_see_the_plan_is_handed_no_sheet(calling: Calling) -> None:
    _planned(calling.town)
    assert calling.ask(P, "GET", "CarePlan/plan/$timetable?recipient=Organization/other").status == 403
    assert calling.ask(actor("q"), "GET", "CarePlan/plan/$timetable?recipient=Organization/other").status == 404
