"""R13, R14 and R15: on six grounds, from agencies, and never doing the work of a case."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duties import coordination
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER, breaches, change

Json = dict[str, Any]

POSTS: Json = {
    "PractitionerRole/mine": {"resourceType": "PractitionerRole", "organization": ref(CENTER)},
    "PractitionerRole/co": {"resourceType": "PractitionerRole", "code": [concept("role", "coordinator")]},
}

COORDINATE = {"code": concept("task-code", "coordinate")}
GROUNDED = COORDINATE | {"reasonCode": concept("coordination-ground", "no-roles"), "requester": ref(CENTER)}


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        (GROUNDED, []),
        (GROUNDED | {"requester": ref("PractitionerRole/mine")}, []),
        (GROUNDED | {"reasonCode": concept("coordination-ground-of-others", "no-roles")}, ["R13"]),
        (COORDINATE | {"requester": ref("Patient/1")}, ["R13", "R14"]),
        (GROUNDED | {"requester": None}, ["R14"]),
        (GROUNDED | {"owner": ref("PractitionerRole/co")}, []),
        ({"owner": ref("PractitionerRole/co")}, ["R15"]),
        ({"owner": ref("PractitionerRole/mine")}, []),
        ({"owner": ref("PractitionerRole/unknown")}, []),
    ],
)
def test_the_coordinator_takes_cases_on_six_grounds_from_agencies(elements: Json, expected: list[str]) -> None:
    task = {"resourceType": "Task"} | elements
    assert breaches(coordination.grounded, change(None, task, records=POSTS)) == expected
    assert breaches(coordination.grounded, change(task, None, records=POSTS)) == []


def test_the_coordinator_performs_no_activity() -> None:
    performed = [
        {"detail": {"performer": [ref(name)]}} for name in (CENTER, "PractitionerRole/mine", "PractitionerRole/co")
    ]
    plan = {"resourceType": "CarePlan", "activity": [*performed, {"reference": ref("Task/1")}]}
    found = list(coordination.performs_nothing(change(None, plan, records=POSTS)))
    assert [issue.at for issue in found] == ["CarePlan.activity[2].detail.performer"]
    assert list(coordination.performs_nothing(change(plan, None, records=POSTS))) == []
