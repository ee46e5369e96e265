"""What the newer grounds open and restrictions close on MongoDB: their own tests beside this one have the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from resources.record.problem import Problem
from tests.laws.worlds import ref
from tests.unit.consent import test_named_for_a_role
from tests.unit.consent.acts.test_breaking_glass import EM, LEAD, VERY, break_glass, refused
from tests.unit.consent.acts.test_declaring_conflict import declare
from tests.unit.consent.conftest import MEMBER
from tests.unit.consent.importing.test_importing import taken_in
from tests.unit.consent.people import NOW
from tests.unit.consent.test_carrying_out import READ, activity, again, close, decide, plan, reads
from tests.unit.consent.test_oneself import CHILD, MOTHER, REASON, SELF, WITHHELD, family
from tests.unit.consent.town import Town, actor, case, concern, household, patient

P, Q = actor("p"), actor("q")

__all__ = ["family"]


@pytest.fixture
def town(town_on_mongodb: Town) -> Town:
    return town_on_mongodb


def test_an_emergency_opens_one_household_until_its_end_and_a_conflict_closes_it(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), patient("3"), household("1", "2"))
    town.write(P, concern("c", "1"), concern("d", "2"), concern("e", "3"), concern("v", "1", **VERY))
    assert town.search(EM, "Condition") == []
    break_glass(town)
    assert sorted(town.search(EM, "Condition")) == ["Condition/c", "Condition/d"]
    assert town.search(replace(EM, now=NOW + timedelta(minutes=15)), "Condition") == []
    assert refused(town) == "business-rule"
    declare(town, LEAD, "Practitioner/em", "Patient/1")
    assert town.search(EM, "Condition") == ["Condition/d"]
    with pytest.raises(Problem, match="Condition/c"):
        town.read(EM, "Condition/c")


def test_a_person_reads_what_is_about_them_alone_and_who_signs_for_them_less(family: Town) -> None:
    family.write(
        P, concern("v", "2", **VERY), concern("w", "2", meta={"security": [WITHHELD | {"extension": [REASON]}]})
    )
    family.write(P, {"resourceType": "Communication", "id": "m", "status": "completed", "about": [ref("Condition/v")]})
    assert family.search(SELF, "Condition") == ["Condition/c"]
    assert sorted(family.search(CHILD, "Condition")) == ["Condition/d", "Condition/v", "Condition/w"]
    assert family.search(CHILD, "Communication") == ["Communication/m"]
    assert family.search(MOTHER, "Condition") == ["Condition/d"]
    assert family.search(MOTHER, "Communication") == family.search(MOTHER, "Group") == []


def test_those_who_carry_out_read_roles_plan_and_case_and_nobody_else_does(open_: Town) -> None:
    """Reading is decided, finding is asked of the database, and both tell the same (`reads`)."""
    open_.write(P, plan(activity()))
    decide(open_, "other", "center")
    close(open_)
    open_.write(P, patient("5"), household("5") | {"id": "h"}, case("kh") | {"subject": ref("Group/h")})
    assert reads(open_, Q) == reads(open_, MEMBER) == set(READ)
    assert open_.search(Q, "Patient") == ["Patient/1", "Patient/2"]
    assert open_.search(Q, "Group") == ["Group/g"]
    assert open_.search(Q, "Condition") == []
    assert reads(open_, actor("em")) == set()
    open_.write(P, again(plan(activity(description="別のこと"))))
    assert "CarePlan/plan" not in reads(open_, Q)


def test_whom_an_agency_named_for_its_role_reads_it_and_nobody_else_does(open_: Town) -> None:
    """Reading is decided, finding is asked of the database, and both tell the same (`reads` there)."""
    test_named_for_a_role.prepare(open_)
    test_named_for_a_role.colleague_of_the_seated_takes_it_on(open_)


def test_what_could_not_be_classified_is_its_custodians_alone(town: Town) -> None:
    lines = [patient("1"), concern("c", "1"), concern("d", "1", code={"text": "暮らし"})]
    taken_in(town, *lines)
    break_glass(town)
    assert town.search(EM, "Condition") == ["Condition/c"]
    assert sorted(town.search(P, "Condition")) == ["Condition/c", "Condition/d"]
