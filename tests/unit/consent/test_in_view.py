"""A duty asks only what its actor reads: whether another agency has a plan of the household is told by no answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from consent.actor import Scope
from resources.record.problem import Problem
from tests.laws.worlds import concept, extension, ref
from tests.unit.consent.test_in_sight import CO, PLAN, P, Q, at, refused
from tests.unit.consent.test_strayed import both_care
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import INSTALLER, WITHOUT_A_PLAN, Town, case, coordination, household, patient

Json = dict[str, Any]

THEIRS = PLAN | {"id": "theirs"}
STEP: Json = {"detail": {"status": "not-started", "description": "見守り", "scheduledString": "毎朝"}}
there = pytest.mark.parametrize("there", [False, True], ids=["none", "theirs"])


@pytest.fixture
def two(town: Town) -> Town:
    """Two agencies have the household in care, and keep a case of it each; the other one reads of whom it is."""
    town.write(P, patient("1"), household("1"), case())
    both_care(town)
    town.write(Q, case("kq"))
    return town


@there
def test_that_the_household_has_a_plan_of_another_agency_is_told_to_nobody(two: Town, there: bool) -> None:
    if there:
        two.write(Q, THEIRS)
    assert not two.reads(P, "CarePlan/theirs")
    two.write(P, PLAN)
    assert refused(two, P, PLAN | {"id": "second"}) == ["R37"]


@there
def test_nor_to_who_takes_a_coordination_back(two: Town, there: bool) -> None:
    two.write(P, coordination("requested"))
    two.write(CO, coordination() | again())
    if there:
        two.write(Q, THEIRS | {"activity": [STEP]})
    assert refused(two, P, coordination("cancelled") | at(2)) == ["R17"]
    two.write(P, coordination("cancelled") | WITHOUT_A_PLAN | at(2))


def test_the_coordinator_who_reads_it_goes_by_it(two: Town) -> None:
    two.write(P, coordination("requested"))
    two.write(CO, coordination() | again())
    two.write(Q, THEIRS | {"activity": [STEP]})
    assert two.reads(CO, "CarePlan/theirs")
    assert refused(two, CO, coordination("completed") | WITHOUT_A_PLAN | at(2)) == ["R17"]
    assert refused(two, CO, PLAN) == ["R37"]


def test_who_asks_for_less_escapes_nothing(two: Town) -> None:
    """By a token that reads no plans."""
    little = replace(CO, scopes=(Scope("user", "Task", frozenset("cruds")),))
    two.write(P, coordination("requested"))
    two.write(CO, coordination() | again())
    two.write(P, PLAN | {"activity": [STEP]})
    with pytest.raises(Problem) as caught:
        two.write(little, coordination("completed") | WITHOUT_A_PLAN | at(2))
    assert caught.value.rules == ("R17",)


def programme(id: str, side: str, pair: str) -> Json:
    said = extension("programme-pair", valueReference=ref(f"HealthcareService/{pair}"))
    service: Json = {"resourceType": "HealthcareService", "id": id, "extension": [said]}
    service |= {"providedBy": ref("Organization/center"), "name": id}
    return service | {"eligibility": [{"code": concept("programme-side", side)}]}


def by(name: str) -> Json:
    detail = STEP["detail"] | {"status": "in-progress", "performer": [ref(f"HealthcareService/{name}")]}
    return {"activity": [{"detail": detail}]}


@there
def test_nor_does_a_plan_of_theirs_come_between_one_s_own_and_the_next(two: Town, there: bool) -> None:
    """R45: of what was provided in the plan before the next one is asked, whatever another agency has ended since."""
    pairs = [("a", "in-hardship", "b"), ("b", "assisted", "a"), ("c", "assisted", "d"), ("d", "in-hardship", "c")]
    two.write(INSTALLER, *(programme(*each) for each in pairs))
    two.write(P, PLAN | by("a"))
    two.write(P, PLAN | by("a") | {"status": "completed"} | again())
    if there:
        two.write(Q, THEIRS | {"status": "completed"})
    assert refused(two, P, PLAN | {"id": "next"} | by("c")) == ["R45"]
    two.write(P, PLAN | {"id": "next"} | by("b"))
