"""What stands around a line of a circle: the active cases and plans of its household that are written with it (R37)."""

from __future__ import annotations

from typing import Any

import pytest

from consent.duty_context import DutyContext
from consent.importing import import_duties
from tests.laws.worlds import ref
from tests.unit.consent.people import CENTER
from tests.unit.consent.town import case

Json = dict[str, Any]

STOOD = DutyContext(cases={"CarePlan/stood": "Organization/other"}, others=frozenset({"CarePlan/plan"}))


def around(record: Json, **ahead: Json) -> tuple[dict[str, str], set[str]]:
    named = {f"CarePlan/{name}": each for name, each in ahead.items()}
    found = import_duties.around(STOOD, record, named, CENTER)
    assert found.cases.items() >= STOOD.cases.items()
    assert found.others >= STOOD.others
    return {name: of for name, of in found.cases.items() if name not in STOOD.cases}, set(found.others - STOOD.others)


def test_a_case_and_a_plan_ahead_of_one_of_the_same_kind_stand_beside_it() -> None:
    plan = case("p", "total-care-plan")
    assert around(case("k"), one=case("one")) == ({"CarePlan/one": CENTER}, set())
    assert around(plan, one=plan) == ({}, {"CarePlan/one"})
    both = case("k") | {"category": [*case()["category"], *plan["category"]]}
    assert around(both, one=case("one"), two=plan) == ({"CarePlan/one": CENTER}, {"CarePlan/two"})
    assert around(case("k")) == ({}, set())


@pytest.mark.parametrize(
    "other",
    [
        {"status": "draft"},
        {"status": None},
        {"subject": ref("Group/h")},
        {"subject": None},
        {"category": case("p", "total-care-plan")["category"]},
        {"category": case("p", "resource-gap")["category"]},
        {"category": []},
    ],
)
def test_one_of_another_kind_or_household_and_one_that_is_not_active_do_not(other: Json) -> None:
    assert around(case("k"), one=case("one") | other) == ({}, set())


def test_of_no_household_nothing_stands_beside() -> None:
    bare = {name: part for name, part in case("k").items() if name != "subject"}
    assert around(bare, one=case("one")) == around(bare, one=bare) == ({}, set())
    gap = case("k", "resource-gap")
    assert around(gap, one=gap) == ({}, set())
