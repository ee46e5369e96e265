"""R17: what a coordination still waits for, of the plans of its household that who ends it reads."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pytest

from consent import coordinated
from consent.verdict import Verdict
from resources import division
from resources.record.version import Version
from tests.laws.worlds import ref
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.worked_on import CASE, HOUSE, OTHER, PLAN, STRAYS, TASK

Json = dict[str, Any]

STEP: Json = {"activity": [{"detail": {"status": "not-started", "description": "見守り"}}]}
BEGUN: Json = {"activity": [{"detail": {"status": "in-progress", "description": "見守り"}}]}
OF_H: Json = {"subject": ref("Group/h")}
PART = HOUSE | {"id": "h"}
DIVIDED = Verdict(True, fixed=frozenset({"Group/g", "Group/h", "Patient/1"}))


def waits(lying: Lying, unseen: Collection[str] = (), task: Json = TASK) -> tuple[tuple[str, ...], bool]:
    async def sees(version: Version) -> bool:
        return version.reference not in unseen

    return lying.ask(lambda view: coordinated.supports(task, view, sees))


def test_it_waits_for_the_supports_of_the_plan_that_have_not_begun(lying: Lying) -> None:
    lying.put(HOUSE, CASE | STEP, PLAN | {"id": "h"} | OF_H | STEP, PLAN | {"id": "strays"} | OF_H | STEP | STRAYS)
    lying.put(PLAN | {"id": "named"} | OF_H | STEP | {"supportingInfo": [ref("Group/g")]})
    assert waits(lying) == ((), False), "no plan of this household"
    lying.put(PLAN | BEGUN)
    assert waits(lying) == ((), True)
    lying.put(PLAN | STEP)
    assert waits(lying) == (("CarePlan/p#activity[0]",), True)
    assert waits(lying, ["CarePlan/p"]) == ((), False), "who ends it does not read it"


@pytest.mark.parametrize("status", ["draft", "entered-in-error"])
def test_a_draft_and_a_mistake_are_no_plan(lying: Lying, status: str) -> None:
    lying.put(HOUSE, PLAN | STEP | {"status": status})
    assert waits(lying) == ((), False)


@pytest.mark.parametrize("status", ["completed", "revoked"])
def test_a_plan_that_is_over_was_one_and_waits_for_nothing(lying: Lying, status: str) -> None:
    lying.put(HOUSE, PLAN | STEP | {"status": status}, keeper=OTHER)
    assert waits(lying) == ((), True)


def test_where_the_household_was_divided_it_waits_for_each_part(lying: Lying) -> None:
    lying.put(HOUSE, PART, PLAN | STEP, PLAN | {"id": "h"} | OF_H | STEP)
    lying.put(TASK, judged=Verdict(True, fixed=frozenset({"Group/g", "Patient/1"})))
    assert waits(lying) == (("CarePlan/p#activity[0]",), True)
    lying.put(TASK, judged=DIVIDED)
    assert waits(lying) == (("CarePlan/h#activity[0]", "CarePlan/p#activity[0]"), True)
    assert waits(lying, ["CarePlan/h"]) == (("CarePlan/p#activity[0]",), False), "of one part no plan is read"


def test_what_was_divided_and_is_no_household_any_more_is_not_waited_for(lying: Lying) -> None:
    lying.put(HOUSE, PART, PLAN | {"id": "h"} | OF_H | STEP)
    lying.put(TASK, judged=DIVIDED)
    assert waits(lying) == (("CarePlan/h#activity[0]",), False)
    lying.put(division.ended(HOUSE | {"member": [{"entity": ref("Patient/1")}]}, "2026-11-20"))
    assert waits(lying) == (("CarePlan/h#activity[0]",), True)
    lying.put(PLAN | BEGUN)
    alone = TASK | {"id": "alone"}
    lying.put(alone, judged=Verdict(True, fixed=frozenset({"Group/g"})))
    assert waits(lying, task=alone) == ((), True), "one that nothing came of is waited for"
    lying.put(TASK | {"id": "x"}, judged=Verdict(True, fixed=frozenset({"Group/h", "Group/none"})))
    assert waits(lying, task=TASK | {"id": "x"}) == (("CarePlan/h#activity[0]",), False), (
        "what lies nowhere is not over"
    )


def test_a_coordination_of_nobody_waits_for_nothing(lying: Lying) -> None:
    bare = {key: said for key, said in TASK.items() if key != "for"}
    lying.put(PLAN | STEP)
    assert waits(lying, task=bare) == waits(lying, task=bare | {"for": ref("")}) == ((), False)
    lying.put(bare, judged=Verdict(True, fixed=frozenset({"Group/g"})))
    assert waits(lying, task=bare) == (("CarePlan/p#activity[0]",), True), "it is marked as this household's"
    stored = {key: said for key, said in bare.items() if key != "id"}
    assert waits(lying, task=stored | {"for": ref("Group/g")}) == (("CarePlan/p#activity[0]",), True), "as it is new"
