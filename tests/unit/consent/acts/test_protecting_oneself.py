"""$protect by the person: who is of age and nobody's ward, for themself alone; it is seen, and takes nothing of a list.

docs/policy.md, "secrecy of a place"
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent.actor import Actor
from consent.acts.protecting import Protect
from consent.secrecy import protection
from resources.record.problem import Problem
from tests.laws.worlds import concept, own, ref
from tests.unit.consent.acts.test_transferring import wrong
from tests.unit.consent.test_oneself import CHILD, MOTHER, SELF
from tests.unit.consent.town import Town, actor, concern, household, patient

Json = dict[str, Any]

P, Q, LEAD, CONV = (actor(name) for name in ("p", "q", "lead", "conv"))
PLACE: Json = {"address": [{"text": "山陽町三丁目九番地"}]}
OTHER = "Organization/other"


@pytest.fixture
def family(town: Town) -> Town:
    """A woman and her child, whose parent she is by the register; kept by the center."""
    town.write(P, patient("1", **PLACE), patient("2", birthDate="2015-05-05", **PLACE), household("1", "2"))
    kin: Json = {"resourceType": "RelatedPerson", "id": "mother", "patient": ref("Patient/2")}
    role = {"system": "http://terminology.hl7.org/CodeSystem/v3-RoleCode", "code": "MTH"}
    town.write(P, kin | {"relationship": [{"coding": [role]}]})
    register: Json = {"resourceType": "DocumentReference", "id": "register", "status": "current"}
    register |= {"type": concept("guardianship-paper", "family-register"), "subject": ref("Patient/2")}
    register |= {"context": {"related": [ref("RelatedPerson/mother")]}, "date": "2026-11-23T09:00:00Z"}
    town.write(P, register | {"content": [{"attachment": {"title": "戸籍"}}]}, concern("c", "1"))
    return town


def protect(town: Town, who: Actor = SELF, patient: str = "Patient/1", *named: str, **more: Any) -> list[str]:
    label = own("secrecy-label", "address-secret")
    coding = {"system": label["system"], "code": label["code"]}
    done = town.run(town.gate.protect(who, Protect(patient, coding, named or (OTHER,), **more)))[1]
    return [each.version.reference for each in done]


def refused(town: Town, who: Actor, *said: Any, **more: Any) -> str:
    with pytest.raises(Problem) as caught:
        protect(town, who, *said, **more)
    return f"{caught.value.kind} {' '.join(caught.value.rules)}".strip()


def locks(town: Town, name: str = "Patient/1") -> list[Json]:
    (found,) = [orjson.loads(each.body) for each in town.stored("Patient") if each.reference == name]
    return protection.labels(found)


def reviews(town: Town) -> list[str]:
    return [each.reference for each in town.stored("Task") if b"review-restriction" in each.body]


def test_a_person_of_age_protects_their_own_place_and_the_lead_section_is_told(family: Town) -> None:
    assert protect(family) == ["Patient/1"]
    [label] = locks(family)
    assert protection.named(label) == {OTHER}
    for who in (P, LEAD):
        assert "address" not in (family.read(who, "Patient/1") if family.reads(who, "Patient/1") else {})
    [task] = reviews(family)
    assert family.read(LEAD, task)["requester"] == ref("Patient/1")
    assert [family.reads(who, task) for who in (P, Q, CONV)] == [False, False, False]
    assert locks(family, "Patient/2") == []
    assert wrong(family) == []


def test_it_names_somebody_of_the_directory_and_speaks_of_nobody_else(family: Town) -> None:
    assert refused(family, SELF, "Patient/1", "Organization/nowhere") == "invalid"
    assert refused(family, SELF, "Patient/1", "Practitioner/p") == "invalid", "staff is told to nobody who signs in"
    assert refused(family, SELF, shares=("Patient/2",)) == "business-rule D1"
    assert refused(family, SELF, against=("Practitioner/p",)) == "invalid"
    assert refused(family, SELF, against=("Patient/2",)) == "invalid"
    assert locks(family) == []


def test_nobody_protects_another_by_their_own_account(family: Town) -> None:
    assert refused(family, SELF, "Patient/2") == "not-found"
    assert refused(family, SELF, "Patient/nobody") == "not-found"


def test_a_minor_does_not_nor_one_of_whom_no_birth_date_is_known(family: Town) -> None:
    family.write(P, {name: part for name, part in patient("unknown").items() if name != "birthDate"})
    for who in (CHILD, replace(SELF, person="Patient/unknown")):
        assert refused(family, who, who.person) == "forbidden D1", who.person


def test_who_signs_for_another_asks_an_agency(family: Town) -> None:
    assert family.reads(MOTHER, "Patient/2")
    assert refused(family, MOTHER, "Patient/2") == "forbidden D1"
    assert refused(family, MOTHER, "Patient/1") == "not-found"
    assert locks(family, "Patient/2") == []


def test_an_officer_does_not_by_the_purpose_of_the_person(family: Town) -> None:
    label = own("secrecy-label", "address-secret")
    asked = Protect("Patient/1", {"system": label["system"], "code": label["code"]}, (OTHER,), apart=("Patient/2",))
    with pytest.raises(Problem):
        family.run(family.gate.protect(replace(P, purpose=SELF.purpose), asked))
    with pytest.raises(Problem):
        family.run(family.gate.protect(replace(SELF, purpose=P.purpose), asked))


def test_one_waits_to_be_looked_at_and_there_is_no_other_meanwhile(family: Town) -> None:
    protect(family)
    assert refused(family, SELF, "Patient/1", "Organization/council") == "business-rule D1"
    assert len(locks(family)) == 1
    [task] = reviews(family)
    family.write(LEAD, family.read(LEAD, task) | {"status": "completed"})
    protect(family, SELF, "Patient/1", "Organization/council")
    assert len(locks(family)) == 2


def test_it_takes_nothing_from_those_whom_an_earlier_one_names(family: Town) -> None:
    family.protect(P, "Patient/1", "Organization/center")
    protect(family, SELF, "Patient/1", "Organization/council")
    assert family.read(P, "Patient/1")["address"] == PLACE["address"]


def test_who_set_it_does_not_lift_it_and_the_lead_section_does_where_it_keeps_out_who_has_them_in_care(
    family: Town,
) -> None:
    protect(family, SELF, "Patient/1", "Organization/council")
    with pytest.raises(Problem):
        family.lift(SELF, "Patient/1")
    family.of_list(LEAD, "$lift-protection", "Patient/1", heard="本人と話した")
    assert locks(family) == []
    assert family.read(P, "Patient/1")["address"] == PLACE["address"]
