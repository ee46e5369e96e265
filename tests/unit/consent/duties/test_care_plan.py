"""R37: a total care plan that cannot be drawn is refused."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import care_plan
from tests.laws.worlds import concept
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
