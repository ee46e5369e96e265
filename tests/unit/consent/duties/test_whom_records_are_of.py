"""P3, P10, P12: a household is of Patients, a Basic is about somebody, a desk stays, and numbers are the server's."""

from __future__ import annotations

from typing import Any

from consent.duties import basic, directory, household, statistics
from tests.laws.worlds import concept, extension, ref
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


def test_the_pair_of_a_programme_is_on_the_other_side_and_of_the_same_provider() -> None:
    def run(side: str = "in-hardship", agency: str = "Organization/center", pair: str = "", **more: Any) -> Json:
        named = [extension("programme-pair", valueReference=ref(pair))] if pair else []
        made: Json = {"resourceType": "HealthcareService", "providedBy": ref(agency), "extension": named}
        return made | {"eligibility": [{"code": concept("programme-side", side)}] if side else []} | more

    others = {
        "HealthcareService/assisted": run("assisted"),
        "HealthcareService/hardship": run("in-hardship"),
        "HealthcareService/theirs": run("assisted", "Organization/other"),
        "HealthcareService/desk": run(""),
    }

    def paired(before: Json | None, after: Json | None) -> list[str]:
        return wrongs(directory.pair_shares_its_provider, change(before, after, records=others))

    right, at = run(pair="HealthcareService/assisted"), ["R45 at HealthcareService.extension"]
    assert paired(None, right) == paired(None, run("assisted", pair="HealthcareService/hardship")) == []
    assert paired(None, run()) == paired(run(), None) == []
    for other in ("hardship", "theirs", "desk", "unknown"):
        assert paired(None, run(pair=f"HealthcareService/{other}")) == at, other
    assert paired(None, run("", pair="HealthcareService/assisted")) == at
    assert paired(None, run("assisted", pair="HealthcareService/assisted")) == at
    wrong = run(pair="HealthcareService/hardship")
    assert paired(wrong, wrong | {"active": False}) == [], "what stood so is closed"
    assert paired(run(), wrong) == paired(run("assisted", pair="HealthcareService/hardship"), wrong) == at
