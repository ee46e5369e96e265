"""R37: a total care plan that cannot be drawn is refused."""

from __future__ import annotations

from typing import Any

from consent.duties import care_plan
from tests.laws.worlds import concept
from tests.unit.consent.people import breaches, change

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
