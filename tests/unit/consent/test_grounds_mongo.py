"""What the newer grounds open and restrictions close on MongoDB: their own tests beside this one have the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from resources.record.problem import Problem
from tests.laws.worlds import ref
from tests.unit.consent.people import NOW
from tests.unit.consent.test_breaking_glass import EM, LEAD, VERY, break_glass, refused
from tests.unit.consent.test_declaring_conflict import declare
from tests.unit.consent.test_importing import taken_in
from tests.unit.consent.test_oneself import CHILD, MOTHER, REASON, SELF, WITHHELD, family
from tests.unit.consent.town import Town, actor, concern, household, patient

P = actor("p")

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


def test_what_could_not_be_classified_is_its_custodians_alone(town: Town) -> None:
    lines = [patient("1"), concern("c", "1"), concern("d", "1", code={"text": "暮らし"})]
    taken_in(town, *lines)
    break_glass(town)
    assert town.search(EM, "Condition") == ["Condition/c"]
    assert sorted(town.search(P, "Condition")) == ["Condition/c", "Condition/d"]
