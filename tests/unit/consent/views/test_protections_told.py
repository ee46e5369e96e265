"""Whose protection is told to whom: to those its list names, and to the lead section while it awaits its word (D1)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from consent.actor import Scope
from consent.acts.protecting import Protect
from consent.views import protections_told
from consent.views.protections_told import Told
from resources.record.problem import Problem
from tests.laws.worlds import concept, ref
from tests.unit.consent.acts.test_protection_list import SDV, family, later
from tests.unit.consent.people import SYSTEM
from tests.unit.consent.town import INSTALLER, Town, actor, patient
from tests.unit.consent.views.reading import by
from tests.unit.consent.views.reading import told as named

__all__ = ["family"]

Json = dict[str, Any]

P, Q, LEAD = actor("p"), actor("q"), actor("lead")
CENTER = "Organization/center"


def told(town: Town, who: Any, id: str = "1") -> list[Told]:
    return town.run(protections_told.told(town.gate, who, id))


def refused(town: Town, who: Any, id: str = "1") -> str:
    with pytest.raises(Problem) as caught:
        told(town, who, id)
    assert caught.value.kind != "not-found" or f"`Patient/{id}`" in caught.value.issues[0].text
    return caught.value.kind


@pytest.fixture
def protected(town: Town) -> Town:
    """One person is protected, whose list names their keeper alone, and another is not."""
    town.write(P, patient("1"), patient("2"))
    town.protect(P, "Patient/1", CENTER, against=("Patient/2",))
    return town


def test_who_is_named_is_told_the_protection_and_against_whom_it_is(protected: Town) -> None:
    [one] = told(protected, P)
    assert (one.label["code"], one.awaits, one.against) == ("address-secret", False, frozenset({"Patient/2"}))
    assert any(each.startswith("Patient/1/_history/") for each in named(protected))
    assert by(protected) == {"D1"}
    event = protected.trail()[-1]
    assert (event["subtype"][0]["code"], event["entity"][-1]["name"]) == ("operation", "$protections")
    assert [each.against for each in told(protected, SYSTEM)] == [{"Patient/2"}], "its agency is named"
    assert told(protected, P, "2") == []


def test_whom_the_list_does_not_name_is_told_nothing_though_they_read_the_patient(protected: Town) -> None:
    protected.write(INSTALLER, {"resourceType": "Practitioner", "id": "p2"})
    post: Json = {"resourceType": "PractitionerRole", "id": "p2", "practitioner": ref("Practitioner/p2")}
    protected.write(INSTALLER, post | {"organization": ref(CENTER), "code": [concept("role", "officer")]})
    protected.write(P, patient("3"))
    protected.protect(P, "Patient/3", "Practitioner/p")
    assert told(protected, actor("p2"), "3") == []
    assert len(told(protected, P, "3")) == 1


def test_who_may_not_read_the_patient_is_told_of_none(protected: Town) -> None:
    for who, id in ((Q, "1"), (LEAD, "1"), (P, "none"), (LEAD, "none"), (actor("p", "statistics"), "1")):
        assert refused(protected, who, id) == "not-found"
        denied = protected.trail()[-1]
        assert denied["outcome"] == "4"
        assert f"Patient/{id}" in {each["what"]["reference"] for each in denied["entity"] if "what" in each}


def test_a_token_that_does_not_reach_patients_is_refused(protected: Town) -> None:
    assert refused(protected, replace(P, scopes=(Scope("user", "Task", frozenset("rs")),))) == "forbidden"
    assert len(told(protected, replace(P, scopes=(Scope("user", "Patient", frozenset("r")),)))) == 1


def test_while_one_awaits_its_word_the_lead_section_is_told_that_there_is_one_for_its_work_with_people(
    family: Town,
) -> None:
    later(family)
    assert [(each.awaits, each.against) for each in told(family, LEAD, "wife")] == [
        (False, frozenset()),
        (True, frozenset()),
    ]
    for other in (actor("lead", "statistics"), actor("conv"), Q):
        assert refused(family, other, "wife") == "not-found"
    assert len(told(family, actor("lead", "support-conference"), "wife")) == 2


LIVING: Json = {"shares": ("Patient/child",), "apart": ("Patient/husband",)}


def test_whom_one_is_against_decides_nothing_of_it_as_the_lead_section(family: Town) -> None:
    against = Protect("Patient/wife", SDV, ("Organization/other",), against=("Practitioner/lead",), **LIVING)
    family.run(family.gate.protect(P, against))
    assert refused(family, LEAD, "wife") == "not-found"
