"""P3, P10, P12: a household is of Patients, a Basic is about somebody, a desk stays, and numbers are the server's."""

from __future__ import annotations

from typing import Any

from consent.duties import basic, directory, household, statistics
from tests.laws.worlds import ref
from tests.unit.consent.people import change, wrongs

Json = dict[str, Any]


def test_the_members_of_a_household_are_patients() -> None:
    def of(*members: str) -> list[str]:
        group = {"resourceType": "Group", "member": [{"entity": ref(each)} for each in members]}
        return wrongs(household.of_patients, change(None, group))

    assert of("Patient/1", "Patient/2") == of() == []
    assert of("Patient/1", "Practitioner/p", "Group/h") == [
        "P3 at Group.member[1].entity",
        "P3 at Group.member[2].entity",
    ]
    assert wrongs(household.of_patients, change(None, {"resourceType": "Group"})) == []
    assert wrongs(household.of_patients, change({"resourceType": "Group", "member": [{}]}, None)) == []


def test_a_basic_is_about_a_person_or_a_household() -> None:
    def about(**elements: Any) -> list[str]:
        return wrongs(basic.about_somebody, change(None, {"resourceType": "Basic"} | elements))

    assert about(subject=ref("Patient/1")) == about(subject=ref("Group/g")) == []
    assert about() == about(subject=ref("Organization/center")) == ["P3 at Basic.subject"]
    assert wrongs(basic.about_somebody, change({"resourceType": "Basic"}, None)) == []


def test_a_desk_stays_with_its_agency() -> None:
    def moved(before: Json | None, after: Json | None) -> list[str]:
        return wrongs(directory.desk_stays, change(before, after))

    desk: Json = {"resourceType": "HealthcareService", "providedBy": ref("Organization/center")}
    other = desk | {"providedBy": ref("Organization/other")}
    assert moved(desk, other) == moved(desk, {"resourceType": desk["resourceType"]})
    assert moved(desk, other) == ["P12 at HealthcareService.providedBy"]
    assert moved(desk, desk | {"active": False}) == moved(None, desk) == moved(desk, None) == []


def test_numbers_are_reported_by_the_server_alone() -> None:
    report: Json = {"resourceType": "MeasureReport"}
    for before, after in ((None, report), (report, report), (report, None)):
        assert wrongs(statistics.reported_by_the_server, change(before, after)) == ["P10! at MeasureReport"]
