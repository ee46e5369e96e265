"""What the server works out of a record for the policy: whom it names, who is party to it, what it belongs to."""

from __future__ import annotations

from typing import Any

import pytest

from tests.laws.worlds import concept, own, ref
from tests.unit.consent.people import terms

FAMILY = [{"entity": ref("Patient/a")}, {"entity": ref("Patient/b")}]
SHEET = {"resourceType": "QuestionnaireResponse", "id": "q", "subject": ref("Group/1")}
MEETING = own("encounter-class", "support-conference")


def org(number: int) -> dict[str, str]:
    return ref(f"Organization/{number}")


RECORDS: dict[str, Any] = {
    "Group/1": {
        "resourceType": "Group",
        "id": "1",
        "member": [{"entity": ref("Patient/a")}, {"entity": ref("Patient/b")}],
    },
    "PractitionerRole/1": {"resourceType": "PractitionerRole", "organization": org(1)},
    "HealthcareService/1": {"resourceType": "HealthcareService", "providedBy": org(2)},
    "Encounter/1": {"resourceType": "Encounter", "class": MEETING},
    "Encounter/2": {"resourceType": "Encounter", "class": {"code": "AMB"}},
}


def values(name: str, resource: dict[str, Any], custodian: str = "") -> list[str]:
    return [each.partition(" ")[2] for each in terms(resource, custodian, RECORDS) if each.startswith(f"{name} ")]


def test_a_record_names_every_patient_wherever_they_stand() -> None:
    note = {
        "resourceType": "Condition",
        "subject": ref("Patient/a"),
        "evidence": [{"detail": [ref("Patient/c/_history/2")]}],
    }
    assert values(".subject", note) == ["Patient/a", "Patient/c"]
    assert values(".subject", {"resourceType": "Patient"}) == ["Patient/1"]


def test_a_household_stands_for_its_members() -> None:
    assert values(".subject", SHEET) == [
        "Patient/a",
        "Patient/b",
    ]
    assert values(".household", SHEET) == ["Group/1"]
    assert values(".subject", {"resourceType": "Group", "member": [{"entity": ref("Patient/c")}]}) == ["Patient/c"]


def test_a_record_with_the_id_of_the_household_is_not_taken_for_it() -> None:
    assert values(".subject", {"resourceType": "CarePlan", "id": "1", "subject": ref("Group/1")}) == [
        "Patient/a",
        "Patient/b",
    ]


def test_a_household_that_is_not_found_names_nobody() -> None:
    assert values(".subject", {"resourceType": "CarePlan", "subject": ref("Group/9")}) == []


@pytest.mark.parametrize(
    ("type", "elements", "parties"),
    [
        (
            "Task",
            {"requester": org(3), "owner": ref("PractitionerRole/1")},
            "Organization/1 Organization/3 PractitionerRole/1",
        ),
        ("ServiceRequest", {"performer": [ref("HealthcareService/1")]}, "HealthcareService/1 Organization/2"),
        (
            "Communication",
            {"sender": ref("PractitionerRole/9"), "recipient": [org(3)]},
            "Organization/3 PractitionerRole/9",
        ),
        (
            "Encounter",
            {"participant": [{"individual": ref("PractitionerRole/1")}]},
            "Organization/1 PractitionerRole/1",
        ),
        ("Condition", {"recorder": ref("PractitionerRole/1")}, ""),
    ],
)
def test_a_request_has_parties_and_the_agencies_behind_them(type: str, elements, parties: str) -> None:
    assert values(".party", {"resourceType": type} | elements) == parties.split()


@pytest.mark.parametrize(
    ("resource", "conference"),
    [
        (
            {"resourceType": "Encounter", "id": "7", "class": MEETING},
            ["Encounter/7"],
        ),
        ({"resourceType": "Encounter", "class": {"code": "AMB"}}, []),
        ({"resourceType": "List", "encounter": ref("Encounter/1")}, ["Encounter/1"]),
        ({"resourceType": "List", "encounter": ref("Encounter/2")}, []),
        ({"resourceType": "List", "encounter": ref("Encounter/9")}, []),
        ({"resourceType": "DocumentReference", "context": {"encounter": [ref("Encounter/1")]}}, ["Encounter/1"]),
        ({"resourceType": "DocumentReference", "context": {"encounter": []}}, []),
        ({"resourceType": "DocumentReference", "context": []}, []),
    ],
)
def test_material_belongs_to_its_conference(resource, conference: list[str]) -> None:
    assert values(".conference", resource) == conference


def test_the_policy_finds_its_evidence_by_keys() -> None:
    post = {"resourceType": "PractitionerRole", "practitioner": ref("Practitioner/1")}
    assert values(".holder", post) == ["Practitioner/1"]
    consent = {"resourceType": "Consent", "provision": {"actor": [{"reference": org(1)}]}}
    assert values(".grantee", consent) == ["Organization/1"]
    assert values(".grantee", {"resourceType": "Consent"}) == ["*"]
    team = {"resourceType": "CareTeam", "participant": [{"member": ref("PractitionerRole/1")}]}
    assert values(".participant", team) == ["PractitionerRole/1"]


def test_labels_codes_status_and_keeper_are_kept() -> None:
    record = {
        "resourceType": "CarePlan",
        "status": "active",
        "category": [concept("record-category", "case")],
        "meta": {"security": [{"system": "urn:s", "code": "V"}]},
    }
    assert values(".label", record) == ["urn:s|V"]
    assert values(".code", record)[0].endswith("record-category|case")
    assert values(".open", record) == ["yes"]
    assert values(".open", record | {"status": "completed"}) == []
    assert values(".custodian", record, "Organization/1") == ["Organization/1"]
    assert values(".label", record | {"meta": None}) == []
