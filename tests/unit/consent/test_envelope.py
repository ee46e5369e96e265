"""What the server works out of a record for the policy: whom it names, who is party to it, what it belongs to."""

from __future__ import annotations

from typing import Any

import pytest

from consent.relations.contributions import AGENCY, MEMBER
from resources.record import envelope
from resources.record.envelope import PARTIES, PERSONS, WRITTEN, Origin
from resources.search.relation import FOREVER, Around, Relation, Row, Stored
from tests.laws.worlds import concept, own, ref
from tests.unit.consent.people import SINCE, around, row, terms

SHEET = {"resourceType": "QuestionnaireResponse", "id": "q", "subject": ref("Group/1")}
MEETING = own("encounter-class", "support-conference")


def org(number: int) -> dict[str, str]:
    return ref(f"Organization/{number}")


NONE: dict[str, envelope.Envelope] = {}
RECORDS: dict[str, Any] = {
    "PractitionerRole/1": {"resourceType": "PractitionerRole", "organization": org(1)},
    "HealthcareService/1": {"resourceType": "HealthcareService", "providedBy": org(2)},
    "Encounter/1": {"resourceType": "Encounter", "class": MEETING},
    "Encounter/2": {"resourceType": "Encounter", "class": {"code": "AMB"}},
}


def values(name: str, resource: dict[str, Any], custodian: str = "", known: Any = None) -> list[str]:
    made = terms(resource, custodian, RECORDS, known)
    return [each.partition(" ")[2] for each in made if each.startswith(f"{name} ")]


def test_a_record_names_every_patient_wherever_they_stand() -> None:
    note = {
        "resourceType": "Condition",
        "subject": ref("Patient/a"),
        "evidence": [{"detail": [ref("Patient/c/_history/2")]}],
    }
    assert values(".subject", note) == ["Patient/a", "Patient/c"]
    assert values(".subject", {"resourceType": "Patient"}) == ["Patient/1"]


def test_a_household_is_named_and_its_members_are_followed_at_reading() -> None:
    assert (values(".subject", SHEET), values(".household", SHEET)) == ([], ["Group/1"])
    group = {"resourceType": "Group", "member": [{"entity": ref("Patient/c")}]}
    assert (values(".subject", group), values(".household", group)) == (["Patient/c"], ["Group/1"])


def persons(
    record: tuple[str, ...], *members: Row, first: str = SINCE, since: str = SINCE
) -> tuple[set[str], set[str]]:
    """Whom it is about, and whom of them as of its writing."""
    here = Around(Stored(record, since, first), around(*members))
    return set(PERSONS.of(record, here)), set(WRITTEN.of(record, here))


def member(patient: str, since: str, ended: str = FOREVER) -> Row:
    return row(Relation(MEMBER, "Group/1", f"Patient/{patient}"), since=since, ended=ended)


def test_a_member_counts_who_had_not_left_when_the_record_was_first_written() -> None:
    plan = terms({"resourceType": "CarePlan", "subject": ref("Group/1")})
    stays, joins = member("stays", "2026-01"), member("joins", "2026-11")
    left_before, left_after = member("before", "2026-01", "2026-03"), member("after", "2026-01", "2026-05")
    passing = member("passing", "2026-10", "2026-11")
    about, written = persons(plan, stays, joins, left_before, left_after, passing)
    assert about == {"Patient/stays", "Patient/joins", "Patient/after", "Patient/passing"}
    assert written == {"Patient/stays", "Patient/after"}
    assert persons(plan, joins, passing, since="2026-10-05")[1] == {"Patient/passing"}


def test_a_record_is_about_whom_the_records_it_is_of_are_about() -> None:
    plan = envelope.of(
        {"resourceType": "CarePlan", "id": "k", "subject": ref("Patient/a"), "supportingInfo": [ref("Group/1")]},
        Origin("", ""),
        RECORDS.get,
        NONE.get,
    )
    known = {"CarePlan/k": plan}
    task = {"resourceType": "Task", "focus": ref("CarePlan/k"), "for": ref("Patient/b")}
    assert values(".subject", task, known=known) == ["Patient/a", "Patient/b"]
    assert values(".household", task, known=known) == ["Group/1"]
    assert values(".of", task, known=known) == ["CarePlan/k", "Patient/b"]


@pytest.mark.parametrize(
    ("resource", "sources"),
    [
        ({"resourceType": "Task", "focus": ref("ServiceRequest/1"), "basedOn": [ref("Task/2")]}, 2),
        ({"resourceType": "Task", "partOf": [ref("Task/2"), ref("Task/3")]}, 2),
        ({"resourceType": "Communication", "about": [ref("Task/2")], "inResponseTo": [ref("Communication/3")]}, 2),
        ({"resourceType": "Condition", "encounter": ref("Encounter/1")}, 1),
        ({"resourceType": "DocumentReference", "context": {"encounter": [ref("Encounter/1")]}}, 1),
        ({"resourceType": "QuestionnaireResponse", "item": [{"answer": [{"valueReference": ref("Condition/1")}]}]}, 1),
        ({"resourceType": "Condition", "asserter": ref("RelatedPerson/1")}, 1),
        ({"resourceType": "Patient", "link": [{"other": ref("RelatedPerson/1")}]}, 0),
        ({"resourceType": "Task", "for": ref("Group/1")}, 0),
        ({"resourceType": "Communication", "about": [ref("Location/1")]}, 0),
        ({"resourceType": "Condition", "evidence": [{"detail": [ref("Observation/1")]}]}, 0),
        ({"resourceType": "Task", "partOf": [ref("Task/1")]}, 0),
    ],
)
def test_what_a_record_is_of(resource: dict[str, Any], sources: int) -> None:
    assert len(values(".of", resource)) == sources


def test_nobody_whom_an_earlier_version_was_about_is_lost() -> None:
    earlier = {"resourceType": "Task", "id": "1", "for": ref("Patient/a"), "focus": ref("CarePlan/k")}
    before = envelope.read(terms(earlier | {"input": [{"valueReference": ref("Group/1")}]}))
    now = {"resourceType": "Task", "id": "1", "for": ref("Patient/b")}
    kept = envelope.of(now, Origin("", ""), RECORDS.get, NONE.get, before)
    assert kept.subjects == {"Patient/a", "Patient/b"}
    assert kept.households == {"Group/1"}
    assert kept.of == {"CarePlan/k", "Patient/a", "Patient/b"}


@pytest.mark.parametrize(
    ("type", "elements", "parties"),
    [
        (
            "Task",
            {"requester": org(3), "owner": ref("PractitionerRole/1")},
            "Organization/3 PractitionerRole/1",
        ),
        ("ServiceRequest", {"performer": [ref("HealthcareService/1")]}, "HealthcareService/1"),
        (
            "Communication",
            {"sender": ref("PractitionerRole/9"), "recipient": [org(3)]},
            "Organization/3 PractitionerRole/9",
        ),
        (
            "Encounter",
            {"participant": [{"individual": ref("PractitionerRole/1")}]},
            "PractitionerRole/1",
        ),
        ("Condition", {"recorder": ref("PractitionerRole/1")}, ""),
    ],
)
def test_a_request_has_parties(type: str, elements, parties: str) -> None:
    assert values(".party", {"resourceType": type} | elements) == parties.split()


def test_the_agency_of_a_post_or_a_desk_is_followed_at_reading() -> None:
    request = terms({"resourceType": "ServiceRequest", "performer": [ref("HealthcareService/1")]})
    desk = row(Relation(AGENCY, "HealthcareService/1", "Organization/2"))
    here = Around(Stored(request, SINCE, SINCE), around(desk))
    assert set(PARTIES.of(request, here)) == {"HealthcareService/1", "Organization/2"}


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
