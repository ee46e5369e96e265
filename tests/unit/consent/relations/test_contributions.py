"""Which rows a record contributes, by what it says and by the verdict on it: all of them, and no other."""

from __future__ import annotations

from typing import Any

import pytest

from consent import vocabulary
from consent.relations import contributions
from consent.verdict import NONE, Verdict
from resources.record import mistake
from resources.search.relation import FOREVER, Relation
from tests.laws.worlds import concept, extension, own, ref

Json = dict[str, Any]

SPAN: Json = {"start": "2026-01-01", "end": "2026-12-31"}
SINCE, UNTIL = "2025-12-31T15:00:00.000Z", "2026-12-31T15:00:00.000Z"
BACKWARDS: Json = {"start": "2026-12-31", "end": "2026-01-01"}
A, B = "Organization/a", "Organization/b"
ERROR = {"modifierExtension": [extension("entered-in-error", valueBoolean=True)]}


def rows(resource: Json, judged: Verdict = NONE, *terms: str, at: str = FOREVER) -> set[Relation]:
    return set(contributions.of({"id": "1"} | resource, tuple(sorted({*judged.terms(), *terms})), at))


def counting(*noted: str, fixed: tuple[str, ...] = ()) -> Verdict:
    return Verdict(True, noted=frozenset(noted), fixed=frozenset(fixed))


def named(name: str) -> Json:
    system, _, code = name.rpartition("|")
    return {"coding": [{"system": system, "code": code}]}


# --- households, staff, desks ----------------------------------------------------------------------------------------


def test_a_household_leads_to_the_patients_who_are_listed_in_it_and_not_there_by_mistake() -> None:
    listed = ["Patient/1", "Patient/2", "Practitioner/p", "Group/h"]
    group: Json = {"resourceType": "Group", "member": [{"entity": ref(each)} for each in listed]}
    both = {Relation("member", "Group/1", "Patient/1"), Relation("member", "Group/1", "Patient/2")}
    assert rows(group) == both
    assert rows(group, NONE, f"{mistake.MISNAMED} Patient/2") == {Relation("member", "Group/1", "Patient/1")}
    assert rows({"resourceType": "Group"}) == rows({"resourceType": "Group", "member": []}) == set()


def test_a_desk_is_of_its_agency_and_nobody_s_post() -> None:
    desk: Json = {"resourceType": "HealthcareService", "code": [concept("role", "coordinator")]}
    desk |= {"practitioner": ref("Practitioner/p")}
    itself = "HealthcareService/1"
    assert rows(desk | {"providedBy": ref(A)}) == {Relation("agency", itself, A), Relation("speaks", itself, A)}
    assert rows(desk | {"organization": ref(A)}) == set()


def test_a_post_is_its_person_s_for_as_long_as_it_counts_and_always_says_who_it_was() -> None:
    post: Json = {"resourceType": "PractitionerRole", "organization": ref(A), "practitioner": ref("Practitioner/p")}
    post |= {"code": [concept("role", "coordinator")], "providedBy": ref(B)}
    itself, tag = "PractitionerRole/1", f'["{A}",["coordinator"],[]]'
    of_agency = {Relation("agency", itself, A), Relation("speaks", itself, f"{A}#coordinator")}
    never = Relation("post", "Practitioner/p", itself, tag, "", "")
    assert rows(post) == {*of_agency, Relation("post", "Practitioner/p", itself, tag)}
    assert rows(post | {"period": SPAN}) == {*of_agency, Relation("post", "Practitioner/p", itself, tag, SINCE, UNTIL)}
    assert rows(post | {"period": BACKWARDS}) == rows(post | {"active": False}) == {*of_agency, never}
    assert rows(post, Verdict(void=True)) == {*of_agency, never}
    assert rows(post | {"active": True}) == rows(post)
    assert rows({name: said for name, said in post.items() if name != "practitioner"}) == of_agency
    homeless = {name: said for name, said in post.items() if name != "organization"}
    assert rows(homeless) == {Relation("post", "Practitioner/p", itself, '["",["coordinator"],[]]')}


# --- persons ---------------------------------------------------------------------------------------------------------


def test_a_patient_is_in_care_of_who_keeps_them_and_said_to_have_died() -> None:
    patient: Json = {"resourceType": "Patient", "birthDate": "1980-01-01"}
    care = Relation("care", "Patient/1", A)
    assert rows(patient) == set()
    assert rows(patient, NONE, f".custodian {A}") == {care}
    dead = patient | {"deceasedDateTime": "2026-01-01"}
    assert rows(dead, NONE, f".custodian {A}") == {care, Relation("deceased", "Patient/1", "*", start=SINCE)}
    assert rows(patient | {"deceasedBoolean": True}) == {Relation("deceased", "Patient/1", "*")}
    assert rows(patient | {"deceasedBoolean": False}) == set()
    assert rows(dead | ERROR) == rows(patient | {"deceasedDateTime": "1970-01-01"}) == set()


def label(id: str, *names: str, against: str = "", **parts: str) -> Json:
    said = [extension("protection", valueId=id)] if id else []
    said += [extension("disclosable-to", valueReference=ref(each)) for each in names]
    said += [extension("protected-against", valueUri=against)] if against else []
    said += [extension("released-performer", valueReference=ref(each)) for each in parts.get("released", "").split()]
    said += [extension("confirmed-signer", valueUri=each) for each in parts.get("signers", "").split()]
    return own("secrecy-label", "address-secret") | {"extension": said}


def test_each_protection_of_a_person_is_a_lock_of_its_own() -> None:
    one = label("x", A, B, against="Patient/9", released=f"{A} {B}", signers="RelatedPerson/r/_history/2")
    other = label("y", B, against="Practitioner/q", released=B, signers="RelatedPerson/r/_history/3")
    patient: Json = {"resourceType": "Patient", "meta": {"security": [one]}}
    assert rows(patient) == {
        Relation("protected", "Patient/1", "", "x"),
        *(Relation("protected", "Patient/1", each) for each in (A, B)),
        Relation("against", "Patient/1", "Patient/9"),
        *(Relation("released", "Patient/1", each) for each in (A, B)),
        Relation("signer", "Patient/1", "RelatedPerson/r", "2"),
    }
    both = rows({"resourceType": "Patient", "meta": {"security": [one, own("secrecy-label", "other"), other]}})
    assert both == {
        Relation("protected", "Patient/1", "", "x"),
        *(Relation("protected", "Patient/1", each) for each in (A, B)),
        Relation("protected-2", "Patient/1", "", "y"),
        *(Relation("protected-2", "Patient/1", each) for each in (A, B)),  # not confirmed yet
        *(Relation("against", "Patient/1", each) for each in ("Patient/9", "Practitioner/q")),
        Relation("released", "Patient/1", B),
        *(Relation("signer", "Patient/1", "RelatedPerson/r", each) for each in ("2", "3")),
    }


def test_a_substitute_on_a_list_is_there_for_days() -> None:
    parts = [{"url": "who", "valueReference": ref(A)}, {"url": "until", "valueDate": "2026-12-31"}]
    one = own("secrecy-label", "address-secret") | {"extension": [extension("substitute", extension=parts)]}
    patient: Json = {"resourceType": "Patient", "meta": {"security": [one]}}
    assert rows(patient) == {
        Relation("protected", "Patient/1", ""),
        Relation("protected", "Patient/1", A, until=UNTIL),
    }


def test_of_more_protections_than_are_told_apart_there_are_four() -> None:
    patient: Json = {"resourceType": "Patient", "meta": {"security": [label(f"x{each}", A) for each in range(6)]}}
    found = {each.name for each in rows(patient)}
    assert found == {"protected", "protected-2", "protected-3", "protected-4"}


@pytest.mark.parametrize("status", ["active", "entered-in-error", ""])
def test_a_conflict_that_was_declared_counts_until_it_is_ended(status: str) -> None:
    staff = [extension("staff-person", valueReference=ref(f"Practitioner/{each}")) for each in "pq"]
    flag: Json = {"resourceType": "Flag", "status": status, "category": [named(vocabulary.CONFLICT)]}
    flag |= {"subject": ref("Patient/9"), "extension": [*staff, extension("staff-person", valueReference={})]}
    assert rows(flag) == {Relation("conflict", f"Practitioner/{each}", "Patient/9") for each in "pq"}
    same = flag | {"code": named(vocabulary.SAME_PERSON)}
    assert rows(same) == {Relation("conflict", f"Practitioner/{each}", "Patient/9", "themselves") for each in "pq"}
    assert rows(flag | {"status": "inactive"}) == rows(flag | {"subject": ref("Group/g")}) == set()
    assert rows(flag | {"category": [concept("record-category", "case")]}) == set()


# --- meetings, consents ----------------------------------------------------------------------------------------------


def test_a_meeting_is_led_by_its_convener_and_secretariat_and_marks_its_household_for_good() -> None:
    seats = [("conv", ("convener",)), ("both", ("convener", "secretariat")), ("q", ("member", "adviser"))]
    meeting: Json = {"resourceType": "Encounter", "class": own("encounter-class", "support-conference")}
    meeting |= {
        "participant": [
            {"individual": ref(f"PractitionerRole/{name}"), "type": [concept("role", each) for each in functions]}
            for name, functions in seats
        ]
    }
    led = {
        Relation("leads", "Encounter/1", "PractitionerRole/conv", "convener"),
        Relation("leads", "Encounter/1", "PractitionerRole/both", "convener"),
        Relation("leads", "Encounter/1", "PractitionerRole/both", "secretariat"),
    }
    marked = {Relation("coordinated", each, "*") for each in ("Group/g", "Patient/1")}
    assert rows(meeting, counting()) == led
    assert rows(meeting, counting(fixed=("Group/g", "Patient/1"))) == led | marked
    assert rows(meeting) == rows({"resourceType": "Encounter"}, counting()) == set()
    assert rows(meeting | {"class": {"code": "AMB"}}, counting(fixed=("Group/g", "Patient/1"))) == marked


def test_a_consent_contributes_what_it_did_as_the_verdict_was_then() -> None:
    instant = "2026-10-01T00:00:00.000Z"
    refusal: Json = {"resourceType": "Consent", "status": "active", "patient": ref("Patient/1")}
    refusal |= {"provision": {"type": "deny"}}
    standing, replaced = rows(refusal), Verdict(noted=frozenset({f".replaced {instant} all"}))
    assert standing != set()
    assert {each.of for each in standing} == {"Patient/1"}
    assert rows(refusal, replaced) == set()
    assert rows(refusal, replaced, at="2026-09-01T00:00:00.000Z") == standing
    assert rows(refusal, Verdict(void=True)) == set()


# --- teams and roles -------------------------------------------------------------------------------------------------


def test_a_team_means_the_agencies_that_it_records_each_while_it_is_in_it() -> None:
    team: Json = {"resourceType": "CareTeam", "status": "active"}
    team |= {
        "participant": [
            {"member": ref(A), "period": SPAN},
            {"member": ref("PractitionerRole/x"), "onBehalfOf": ref(B)},
            {"member": ref("Organization/c"), "period": BACKWARDS},
            {"member": ref("Patient/1")},
        ]
    }
    assert rows(team) == {
        Relation("team", "CareTeam/1", A, "", SINCE, UNTIL),
        Relation("team", "CareTeam/1", B),
    }
    assert rows(team | {"status": "inactive"}) == rows({"resourceType": "CareTeam", "status": "active"}) == set()


def test_decided_roles_are_carried_out_and_are_care_while_the_decision_and_the_part_run() -> None:
    team: Json = {"resourceType": "CareTeam", "status": "active", "period": {"start": "2026-01-01"}}
    members: list[Json] = [{"member": ref(A), "period": {"end": "2026-12-31"}}, {"member": ref("PractitionerRole/x")}]
    members += [{"member": ref("Patient/1")}, {"member": ref(B), "period": BACKWARDS}]
    team |= {"participant": members}
    judged = counting(
        ".carrier PractitionerRole/y", ".carrier Organization/k", fixed=("Group/g", "Patient/1", "Task/t")
    )
    recorded = {Relation("team", "CareTeam/1", A, "", "", UNTIL)}
    whom = ("Group/g", "Patient/1")
    brought = Relation("brought", "Group/g", "", "", SINCE)
    assert rows(team, judged) == {
        *recorded,
        brought,
        *(Relation("carries", one, key, "", SINCE) for one in whom for key in ("PractitionerRole/y", "Organization/k")),
        *(Relation("team", f"CareTeam/1#{one}", A, "", SINCE, UNTIL) for one in whom),
        *(Relation("team", f"CareTeam/1#{one}", B, "", "", "") for one in whom),
        Relation("care", "Patient/1", A, "", SINCE, UNTIL),
        Relation("care", "Patient/1", "PractitionerRole/x", "", SINCE),
        Relation("care", "Patient/1", B, "", "", ""),
    }
    later = team | {"period": {"start": "2026-01-01", "end": "2026-06-30"}}
    alone = {name: said for name, said in team.items() if name != "participant"}
    assert {each.name for each in rows(alone, judged)} == {"carries", "brought"}
    (ends,) = {each.until for each in rows(later, judged) if each.to == A and each.name == "care"}
    assert ends == "2026-06-30T15:00:00.000Z"
    assert rows(team, Verdict(noted=judged.noted, fixed=judged.fixed)) == recorded
    assert rows(team | {"period": BACKWARDS}, judged) == recorded
    assert rows(team | {"status": "suspended"}, judged) == set()


def test_who_was_seated_carries_a_role_out_while_their_agency_has_its_part_and_whose_case_it_is_is_said() -> None:
    team: Json = {"resourceType": "CareTeam", "status": "active"}
    team |= {"participant": [{"member": ref(A), "period": SPAN}, {"member": ref(B), "period": BACKWARDS}]}
    noted = [f".carrier PractitionerRole/{each}" for each in "xyz"]
    noted += [f".seated PractitionerRole/x {A}", f".seated PractitionerRole/y {B}", f".brought {A}", f".brought {B}"]
    found = rows(team, counting(*noted, fixed=("Group/g", "Patient/1")))
    carries = {each for each in found if each.name == "carries"}
    assert carries == {
        relation
        for one in ("Group/g", "Patient/1")
        for relation in (
            Relation("carries", one, "PractitionerRole/x", "", SINCE, UNTIL),
            Relation("carries", one, "PractitionerRole/y", "", "", ""),
            Relation("carries", one, "PractitionerRole/z"),
        )
    }
    assert {each for each in found if each.name == "brought"} == {
        Relation("brought", "Group/g", keeper, keeper=keeper) for keeper in (A, B)
    }


def test_who_was_seated_carries_out_while_a_member_has_its_part_by_which_they_are() -> None:
    part: Json = {"member": ref(A), "period": SPAN}
    team: Json = {"resourceType": "CareTeam", "status": "active", "participant": [part, {}, {"member": ref(B)}]}
    noted = (".carrier PractitionerRole/y", ".carrier Organization/k", f".seated PractitionerRole/y {A}")
    carried = {each for each in rows(team, counting(*noted, fixed=("Group/g",))) if each.name == "carries"}
    keeper = Relation("carries", "Group/g", "Organization/k")
    assert carried == {keeper, Relation("carries", "Group/g", "PractitionerRole/y", "", SINCE, UNTIL)}
    both = counting(*noted, f".seated PractitionerRole/y {B}", fixed=("Group/g",))
    assert Relation("carries", "Group/g", "PractitionerRole/y") in rows(team, both)
    nobody = {each for each in rows(team | {"participant": []}, both) if each.name == "carries"}
    assert nobody == {keeper}


def test_whose_records_of_a_household_its_roles_are_for() -> None:
    team: Json = {"resourceType": "CareTeam", "status": "active", "period": {"start": "2026-01-01"}}
    judged = counting(f".brought {A}", f".brought {B}", fixed=("Group/g", "Patient/1"))
    assert rows(team, judged) == {Relation("brought", "Group/g", one, "", SINCE, keeper=one) for one in (A, B)}
