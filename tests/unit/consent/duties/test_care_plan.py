"""R37: a total care plan that cannot be drawn is refused."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import care_plan
from consent.duty_context import DutyContext
from resources.record.problem import Issue
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.people import breaches, change, wrongs

Json = dict[str, Any]


def test_a_total_care_plan_can_be_drawn() -> None:
    plan = {"resourceType": "CarePlan", "category": [concept("record-category", "total-care-plan")]}
    unclear = {
        "activity": [
            {
                "detail": {
                    "status": "scheduled",
                    "description": "通所",
                    "scheduledTiming": {"repeat": {"dayOfWeek": ["someday"]}},
                }
            }
        ]
    }
    assert breaches(care_plan.drawable, change(None, plan)) == []
    assert breaches(care_plan.drawable, change(None, plan | unclear)) != []
    assert breaches(care_plan.drawable, change(None, unclear | {"resourceType": "CarePlan"})) == []
    assert breaches(care_plan.drawable, change(plan, None)) == []


def test_a_case_and_a_total_care_plan_stay_what_they_are_until_they_end() -> None:
    def turned(kind: str, *kinds: str, status: str = "active") -> list[str]:
        before, after = ({"resourceType": "CarePlan", "category": [concept("record-category", each) for each in given]}
                         for given in ((kind,), kinds))  # fmt: skip
        return wrongs(care_plan.stays_what_it_is, change(before, after | {"status": status}))

    for kind, other in (("total-care-plan", "case"), ("case", "total-care-plan")):
        assert turned(kind) == turned(kind, other) == turned(kind, status="completed") == ["R37 at CarePlan.category"]
        assert turned(kind, kind) == turned(kind, kind, other) == turned(kind, status="entered-in-error") == []
    assert turned("concern") == []
    plan = {"resourceType": "CarePlan", "category": [concept("record-category", "case")]}
    assert wrongs(care_plan.stays_what_it_is, change(plan, None)) == []
    assert wrongs(care_plan.stays_what_it_is, change(None, plan)) == []


@pytest.mark.parametrize("kind", ["total-care-plan", "case"])
def test_a_total_care_plan_that_was_in_force_is_no_draft_again(kind: str) -> None:
    plan = {"resourceType": "CarePlan", "category": [concept("record-category", kind)]}
    expected = ["R37 at CarePlan.status"] if kind == "total-care-plan" else []
    for status in ("active", "on-hold", "completed", "revoked", "unknown"):
        before, after = plan | {"status": status}, plan | {"status": "draft"}
        assert wrongs(care_plan.stays_what_it_is, change(before, after)) == expected
        assert wrongs(care_plan.stays_what_it_is, change(after, before)) == []
    for status in ("draft", "entered-in-error"):
        assert wrongs(care_plan.stays_what_it_is, change(plan | {"status": status}, plan | {"status": "draft"})) == []


def test_every_service_of_it_says_when() -> None:
    plan = {"resourceType": "CarePlan", "category": [concept("record-category", "total-care-plan")]}
    services = {
        "activity": [
            {"detail": {"status": "scheduled", "description": "通院", "scheduledString": "月1回"}},
            {"detail": {"status": "scheduled", "description": "通所"}},
        ]
    }
    (violation,) = care_plan.drawable(change(None, plan | services))
    assert (violation.text[:4], violation.at) == ("R37:", "CarePlan.activity[1].detail.scheduled")


def plan_of(status: str = "active", kind: str = "total-care-plan", **elements: Any) -> Json:
    made: Json = {"resourceType": "CarePlan", "status": status, "category": [concept("record-category", kind)]}
    return made | {"subject": ref("Group/g")} | elements


def test_a_household_has_one_active_plan() -> None:
    def beside(before: Json | None, after: Json | None, *others: str) -> list[str]:
        around = DutyContext(others=frozenset(others))
        return wrongs(care_plan.one_for_the_household, change(before, after, duty_context=around))

    other, one = "CarePlan/other", ["R37 at CarePlan.status"]
    assert beside(None, plan_of(), other) == one
    assert beside(None, plan_of()) == beside(None, plan_of("draft"), other) == beside(plan_of(), None, other) == []
    assert beside(None, plan_of(kind="case"), other) == beside(None, {"resourceType": "CarePlan"}, other) == []
    assert beside(plan_of("draft"), plan_of(), other) == beside(plan_of("on-hold"), plan_of(), other) == one
    assert beside(plan_of(subject=ref("Group/h")), plan_of(), other) == beside(plan_of(kind="case"), plan_of(), other)
    assert beside(plan_of(subject=ref("Group/h")), plan_of(), other) == one
    assert beside(plan_of(), plan_of(title="続き"), other) == [], "what stood beside it already is amended"


def test_when_a_plan_was_made_can_be_read() -> None:
    made = plan_of(created="2026-02-30", period={"start": "2026-04-01"})
    assert wrongs(care_plan.drawable, change(None, made)) == ["R37 at CarePlan.created"]


def service(at: str, whom: str = "Patient/1", **timing: Any) -> Json:
    whose = [extension("activity-subject", valueReference=ref(whom))]
    repeat = {"frequency": 1, "period": 1, "periodUnit": "wk", "timeOfDay": [at], "duration": 1, "durationUnit": "h"}
    detail: Json = {"status": "scheduled", "description": "通所", "extension": whose}
    return {"detail": detail | {"scheduledTiming": {"repeat": repeat | timing}}}


def test_two_services_at_one_time_for_one_person_are_written_and_said() -> None:
    def told(*services: Json) -> list[Issue]:
        return list(care_plan.drawable(change(None, plan_of(activity=list(services), period={"start": "2026-04-01"}))))

    monday: Json = {"dayOfWeek": ["mon"]}
    found = told(service("10:00:00", **monday), service("13:00:00", **monday), service("10:30:00", **monday))
    assert [(each.rule, each.severity, each.at) for each in found] == [
        ("R37", "warning", f"CarePlan.activity[{place}].detail.scheduled") for place in (0, 2)
    ]
    assert {each.text for each in found} == {
        "R37: two services at one time for one person: Monday, 10:30; put one of them elsewhere, or leave it so"
    }
    assert "月曜日 10:30" in found[0].ja
    assert told(service("10:00:00", **monday), service("10:30:00", dayOfWeek=["tue"])) == []
    assert told(service("10:00:00", **monday), service("10:30:00", "Patient/2", **monday)) == []


def test_of_two_that_meet_on_one_day_the_day_is_said() -> None:
    rule = extension("recurrence-rule", valueString="FREQ=MONTHLY;BYDAY=1TU")
    monthly = service("10:30:00")
    monthly["detail"]["scheduledTiming"] = {"extension": [rule], "repeat": {"timeOfDay": ["10:30:00"]}}
    meeting = plan_of(activity=[service("10:00:00", dayOfWeek=["tue"]), monthly], period={"start": "2026-04-01"})
    found = list(care_plan.drawable(change(None, meeting)))
    assert [each.severity for each in found] == ["warning", "warning"]
    assert all("2026-04-07, 10:30;" in each.text and "2026-04-07 10:30" in each.ja for each in found)
