"""R17: which of what a coordination is on its coordinator would not read, of records as they lie."""

from __future__ import annotations

from typing import Any

import pytest

from consent import strayed
from resources.record.version import Version
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.worked_on import (
    ASKED,
    CASE,
    DRAFT,
    MISTAKEN,
    OTHER,
    PLAN,
    STRAYS,
    TASK,
    THIRD,
    deleted,
    handed,
    written,
)

Json = dict[str, Any]

OF_H: Json = {"subject": ref("Group/h")}


def of(lying: Lying, task: Json = TASK) -> list[str]:
    return [each.reference for each in lying.ask(lambda view: strayed.of(task, view))]


def brought(lying: Lying, after: Version, *kept: str) -> set[str]:
    return set(lying.ask(lambda view: strayed.brought(after, view, kept or (CENTER,))))


def test_the_case_and_the_plans_of_its_keeper_are_told_that_are_of_another_household_too(lying: Lying) -> None:
    lying.put(CASE, PLAN)
    assert of(lying) == []
    lying.put(PLAN | STRAYS, PLAN | STRAYS | {"id": "q"})
    assert of(lying) == ["CarePlan/p", "CarePlan/q"]
    lying.put(CASE | STRAYS)
    assert of(lying) == ["CarePlan/k", "CarePlan/p", "CarePlan/q"], "the case first"


@pytest.mark.parametrize(
    "changes",
    [DRAFT, MISTAKEN, {"status": "completed"}, {"status": "revoked"}, OF_H | {"supportingInfo": [ref("Group/g")]}],
    ids=["a draft", "a mistake", "completed", "revoked", "of the other household"],
)
def test_a_plan_by_which_nobody_works_on_this_household_is_not_told(lying: Lying, changes: Json) -> None:
    lying.put(CASE, PLAN | STRAYS | changes)
    lying.put({**PLAN, "resourceType": "CareTeam"} | STRAYS, CASE | STRAYS | {"id": "x"})
    assert of(lying) == []


def test_a_plan_of_another_keeper_is_told_where_that_keeps_the_case(lying: Lying) -> None:
    lying.put(CASE)
    lying.put(PLAN | STRAYS, keeper=OTHER)
    assert of(lying) == []
    handed(lying, "CarePlan/k", OTHER)
    assert of(lying) == ["CarePlan/p"]
    handed(lying, "CarePlan/p", THIRD)
    assert of(lying) == []


@pytest.mark.parametrize("status", ["completed", "entered-in-error", "draft"])
def test_the_case_itself_is_told_whatever_its_status(lying: Lying, status: str) -> None:
    lying.put(CASE | STRAYS | {"status": status})
    assert of(lying) == ["CarePlan/k"]
    lying.put(CASE | STRAYS | OF_H)
    assert of(lying) == ["CarePlan/k"]


def test_a_plan_that_is_coordinated_itself_is_told_once(lying: Lying) -> None:
    lying.put(PLAN | STRAYS)
    assert of(lying, TASK | {"focus": ref("CarePlan/p")}) == ["CarePlan/p"]


def test_what_is_no_coordination_or_on_nothing_is_on_nothing_that_strays(lying: Lying) -> None:
    lying.put(CASE | STRAYS, {**CASE, "resourceType": "Task", **STRAYS})
    assert of(lying, TASK | {"code": concept("task-code", "case-review")}) == []
    for focus in (ref("Task/k"), ref("CarePlan/none"), {"display": "ケース"}):
        assert of(lying, TASK | {"focus": focus}) == []
    lying.delete("CarePlan/k")
    assert of(lying) == []


@pytest.mark.parametrize(
    ("status", "waits"),
    [
        *((each, True) for each in ("draft", "requested", "received", "ready")),
        *((each, False) for each in ("accepted", "in-progress", "on-hold", "completed", "cancelled", "rejected")),
    ],
)
def test_of_a_call_that_nobody_has_accepted_what_these_agencies_keep_is_told(
    lying: Lying, status: str, waits: bool
) -> None:
    lying.put(CASE | STRAYS)
    call = written(TASK, status=status)
    assert brought(lying, call) == ({"CarePlan/k"} if waits else set())
    assert brought(lying, call, OTHER) == set()
    handed(lying, "CarePlan/k", OTHER)
    assert brought(lying, call) == set()
    assert brought(lying, call, CENTER, OTHER) == ({"CarePlan/k"} if waits else set())


def test_what_is_no_task_calls_nobody(lying: Lying) -> None:
    lying.put(CASE | STRAYS)
    assert brought(lying, written(ASKED)) == {"CarePlan/k"}
    assert brought(lying, written({**ASKED, "resourceType": "ServiceRequest"})) == set()
    assert brought(lying, deleted(ASKED)) == set()
