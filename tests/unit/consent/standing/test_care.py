"""Who has a person in care, and in whose households they are: told by the rows and records that stand now."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from consent.standing import care
from consent.verdict import Verdict
from resources.record import period
from tests.laws.worlds import concept, ref
from tests.unit.consent.people import CENTER, NOW
from tests.unit.consent.standing.filed import OTHER, THIRD, Json
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.town import patient

AT = period.instant(NOW)


def household(id: str, *members: str) -> Json:
    group: Json = {"resourceType": "Group", "id": id, "type": "person", "actual": True}
    listed = [{"entity": ref(f"Patient/{one}")} for one in members]
    return group | ({"member": listed} if listed else {})


def asked(id: str, whom: str, owner: str, status: str = "accepted", **elements: Any) -> Json:
    task: Json = {"resourceType": "Task", "id": id, "status": status, "intent": "order", "for": ref(whom)}
    return task | {"owner": ref(owner)} | elements


def post(id: str, agency: str, **elements: Any) -> Json:
    return {"resourceType": "PractitionerRole", "id": id, "organization": ref(agency)} | elements


def having(lying: Lying, *persons: str) -> Mapping[str, frozenset[str]]:
    return lying.ask(lambda view: care.of(view, persons, AT))


def test_who_registered_a_person_and_who_accepted_a_request_about_them_or_their_household_has_them_in_care(
    lying: Lying,
) -> None:
    lying.put(patient("1"), patient("2"), patient("3"))
    lying.put(household("g", "1", "2"), household("h", "3"), post("q", OTHER))
    lying.put({"resourceType": "HealthcareService", "id": "desk", "providedBy": ref(THIRD)})
    assert having(lying) == {}
    assert having(lying, "Patient/1", "Patient/9") == {"Patient/1": {CENTER}, "Patient/9": frozenset()}
    lying.put(asked("t", "Patient/1", "PractitionerRole/q"), judged=Verdict(True))
    lying.put(asked("u", "Group/g", "HealthcareService/desk"), judged=Verdict(True))
    lying.put(asked("v", "Patient/3", "Organization/fourth"), judged=Verdict(True))
    lying.put(asked("w", "Patient/3", "Organization/fifth", "requested"), judged=Verdict(True))
    lying.put(asked("x", "Patient/3", "Organization/sixth"))
    assert having(lying, "Patient/1", "Patient/2", "Patient/3") == {
        "Patient/1": {CENTER, OTHER, THIRD},
        "Patient/2": {CENTER, THIRD},
        "Patient/3": {CENTER, "Organization/fourth"},
    }
    lying.put(household("g", "1"))
    assert having(lying, "Patient/2") == {"Patient/2": {CENTER}}, "who has left it goes by themself"
    lying.put(asked("t", "Patient/1", "PractitionerRole/q", "completed"), judged=Verdict(True))
    assert having(lying, "Patient/1") == {"Patient/1": {CENTER, THIRD}}, "what is done is care no more"


def test_a_role_is_care_as_long_as_it_runs(lying: Lying) -> None:
    lying.put(patient("1"))
    fixed = Verdict(True, fixed=frozenset({"Patient/1", "Group/g"}))
    for id, member, span in (
        ("runs", OTHER, {"start": "2026-11-01", "end": "2026-12-31"}),
        ("over", THIRD, {"end": "2026-11-22"}),
        ("later", "Organization/fourth", {"start": "2026-11-24"}),
    ):
        team: Json = {"resourceType": "CareTeam", "id": id, "status": "active", "period": span}
        team |= {"category": [concept("record-category", "case-team")], "participant": [{"member": ref(member)}]}
        lying.put(team, judged=fixed)
    assert having(lying, "Patient/1") == {"Patient/1": {CENTER, OTHER}}


def test_the_agency_of_a_post_is_the_one_it_has_now(lying: Lying) -> None:
    lying.put(patient("1"), post("q", OTHER))
    lying.put(asked("t", "Patient/1", "PractitionerRole/q"), judged=Verdict(True))
    lying.put(post("q", THIRD))
    assert having(lying, "Patient/1") == {"Patient/1": {CENTER, THIRD}}
    lying.delete("PractitionerRole/q")
    assert having(lying, "Patient/1") == {"Patient/1": {CENTER, "PractitionerRole/q"}}, "of a post of nobody itself"


def test_who_is_in_a_household_is_in_it_now_and_one_that_is_gone_has_nobody(lying: Lying) -> None:
    lying.put(patient("1"), patient("2"), patient("3"), household("g", "1", "2"), household("h", "2", "3"))
    lying.put(household("i", "3"))

    def members(*groups: str) -> frozenset[str]:
        return lying.ask(lambda view: care.members(view, groups))

    def households(*persons: str) -> Mapping[str, frozenset[str]]:
        return lying.ask(lambda view: care.households(view, persons))

    def ever(*persons: str) -> Mapping[str, frozenset[str]]:
        return lying.ask(lambda view: care.ever_in(view, persons))

    assert (members(), households(), ever()) == (frozenset(), {}, {})
    assert members("Group/g") == {"Patient/1", "Patient/2"}
    assert members("Group/g", "Group/h") == {"Patient/1", "Patient/2", "Patient/3"}
    assert households("Patient/1", "Patient/2", "Patient/9") == {
        "Patient/1": {"Group/g"},
        "Patient/2": {"Group/g", "Group/h"},
        "Patient/9": frozenset(),
    }
    lying.put(household("g", "1"))
    lying.delete("Group/h")
    assert members("Group/g", "Group/h") == {"Patient/1"}
    assert households("Patient/2", "Patient/3") == {"Patient/2": frozenset(), "Patient/3": {"Group/i"}}
    assert ever("Patient/1", "Patient/2", "Patient/3") == {
        "Patient/1": {"Group/g"},
        "Patient/2": {"Group/g", "Group/h"},
        "Patient/3": {"Group/h", "Group/i"},
    }
