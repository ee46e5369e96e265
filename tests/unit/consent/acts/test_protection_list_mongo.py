"""Lists of protections, and marks of texts, on MongoDB: test_protection_list.py has the rest."""

from __future__ import annotations

import pytest

from tests.unit.consent.acts.test_protecting import labels
from tests.unit.consent.town import Town, actor, concern, household, patient

P, Q = actor("p"), actor("q")


@pytest.fixture
def town(town_on_mongodb: Town) -> Town:
    return town_on_mongodb


def test_a_list_is_extended_for_everybody_on_whom_the_protection_lies_and_a_text_is_marked(town: Town) -> None:
    town.write(P, patient("wife", address=[{"text": "隠れ家"}]), patient("child"), household("wife", "child"))
    town.protect(P, "Patient/wife", "Practitioner/q", shares=("Patient/child",))
    town.write(P, concern("c", "wife", note=[{"text": "面談した"}]))
    assert "address" not in town.read(P, "Patient/wife")
    town.check(P, "Condition/c", "Condition.note[0]")
    (stored,) = town.stored("Condition")
    assert ".checked /note/0" in stored.terms
    town.of_list(Q, "$extend-protection", "Patient/wife", named=("Practitioner/p",))
    assert labels(town, "Patient/wife") == labels(town, "Patient/child")
    assert "address" in town.read(P, "Patient/wife")
