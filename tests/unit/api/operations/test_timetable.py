"""$timetable: every member of a household is named, however many they are."""

from __future__ import annotations

from typing import Any

import orjson

from resources.search import request, result_parameters
from tests.laws.worlds import extension, ref
from tests.unit.api.conftest import Calling
from tests.unit.consent.town import actor, household, patient

P = actor("p")
MEMBERS = max(request.MOST_VALUES, result_parameters.MOST_COUNT) + 2


def test_a_household_of_more_members_than_one_search_may_name(calling: Calling) -> None:
    names = [f"m{n}" for n in range(MEMBERS)]
    kin: list[dict[str, Any]] = [
        {"resourceType": "RelatedPerson", "id": f"k{n}", "patient": ref("Patient/m0")} for n in range(1, MEMBERS)
    ]
    for n, each in enumerate(kin, 1):
        each["relationship"] = [{"text": f"親族{n}"}]
    people = [patient(names[0]), *kin]
    people += [
        patient(name, link=[{"other": ref(f"RelatedPerson/k{n}"), "type": "seealso"}])
        for n, name in enumerate(names[1:], 1)
    ]
    activity = [_service(name) for name in (names[0], names[-1])]
    plan: dict[str, Any] = {"resourceType": "CarePlan", "id": "plan", "status": "draft", "intent": "plan"}
    calling.town.write(P, *people)
    calling.town.write(P, household(*names), plan | {"subject": ref("Group/g"), "activity": activity})
    answer = calling.ask(P, "GET", "CarePlan/plan/$timetable?_format=json")
    assert answer.status == 200
    assert [each["for"] for each in orjson.loads(answer.body)["other"]] == ["本人", f"親族{MEMBERS - 1}"]


def _service(member: str) -> dict[str, Any]:
    whom = extension("activity-subject", valueReference=ref(f"Patient/{member}"))
    return {"detail": {"status": "scheduled", "code": {"text": "訪問"}, "extension": [whom]}}
