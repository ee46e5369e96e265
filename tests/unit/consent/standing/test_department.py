"""P12: where an agency stands in the city waits for its word, unless the installer says it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from consent import vocabulary
from consent.facts import Facts
from consent.standing import department
from consent.verdict import NONE, Verdict
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER, OFFICER
from tests.unit.consent.standing.filed import OTHER, THIRD, Json, filing

PART: Json = {"resourceType": "Organization", "id": "center", "name": "窓口", "partOf": ref(THIRD)}
CHARGE: Json = {"resourceType": "OrganizationAffiliation", "id": "a", "active": True, "organization": ref(CENTER)}
CHARGE |= {"participatingOrganization": ref(THIRD), "code": [concept("role", "department")]}
INSTALLER = Facts(replace(OFFICER, person="", purpose=vocabulary.INSTALLATION))
VOID = Verdict(void=True)


def test_which_agency_stands_under_which_and_by_which_records_it_is_said() -> None:
    assert [each["resourceType"] for each in (PART, CHARGE)] == list(department.TYPES)
    assert (department.agency(PART), department.in_charge(PART)) == (CENTER, THIRD)
    assert (department.agency(CHARGE), department.in_charge(CHARGE)) == (CENTER, THIRD)
    assert department.agency({"resourceType": "Organization", "id": "center"}) == ""
    assert department.agency(CHARGE | {"code": [concept("role", "member")]}) == ""


@pytest.mark.parametrize(
    ("record", "changed"),
    [
        (PART, {"partOf": ref(OTHER)}),
        (CHARGE, {"organization": ref(OTHER)}),
        (CHARGE, {"participatingOrganization": ref(OTHER)}),
        (CHARGE, {"code": [concept("role", "department"), concept("role", "member")]}),
        (CHARGE, {"active": False}),
        (CHARGE, {"period": {"end": "2027"}}),
    ],
)
def test_what_a_keeper_says_of_it_waits_to_be_confirmed_and_again_once_it_has_changed(
    record: Json, changed: Json
) -> None:
    assert department.judged(filing(None, record)) == VOID
    assert department.judged(filing(record, record | {"name": "別の名"})) == NONE
    assert department.judged(filing(record, record, had=VOID)) == VOID
    assert department.judged(filing(record, record | changed)) == VOID
    assert department.judged(filing(record, record | changed, facts=INSTALLER)) == NONE
    assert department.judged(filing(None, record, facts=INSTALLER)) == NONE
    assert not list(department.refused(filing(None, record)))


def test_that_there_is_none_waits_for_nobody() -> None:
    alone = {name: value for name, value in PART.items() if name != "partOf"}
    assert department.judged(filing(PART, alone, had=VOID)) == NONE
    assert department.judged(filing(CHARGE, CHARGE | {"code": []})) == NONE
