"""P7: every reference by which one human being may be recorded: as a person, a relative, a post, and as declared."""

from __future__ import annotations

from typing import Any

import pytest

from consent import vocabulary
from consent.relations import one_human
from tests.laws.worlds import extension, ref
from tests.unit.consent.relations.test_names import DONE, STANDS
from tests.unit.consent.standing.lying import Lying

Json = dict[str, Any]

POST: Json = {"resourceType": "PractitionerRole", "id": "r", "practitioner": ref("Practitioner/p")}
KIN: Json = {"resourceType": "Patient", "id": "1", "link": [{"other": ref("RelatedPerson/k"), "type": "seealso"}]}


def coded(name: str) -> Json:
    system, _, code = name.rpartition("|")
    return {"coding": [{"system": system, "code": code}]}


def declared(same: bool = True, **elements: Any) -> Json:
    flag: Json = {"resourceType": "Flag", "id": "f", "status": "active", "category": [coded(vocabulary.CONFLICT)]}
    flag |= {"subject": ref("Patient/1")} | ({"code": coded(vocabulary.SAME_PERSON)} if same else {})
    return flag | {"extension": [extension("staff-person", valueReference=ref("Practitioner/p"))]} | elements


def known(lying: Lying, *said: str) -> frozenset[str]:
    return lying.ask(lambda view: one_human.known(view, said))


def may_be(lying: Lying, said: list[str], others: list[str]) -> bool:
    return lying.ask(lambda view: one_human.may_be(view, said, others))


def test_a_relative_is_the_patient_who_says_or_once_said_so(lying: Lying) -> None:
    lying.put(KIN)
    both = {"Patient/1", "RelatedPerson/k"}
    assert known(lying, "Patient/1") == known(lying, "RelatedPerson/k") == both
    assert known(lying, "RelatedPerson/other") == {"RelatedPerson/other"}
    lying.put({"resourceType": "Patient", "id": "1"})
    assert known(lying, "Patient/1") == known(lying, "RelatedPerson/k") == both, "an ended link still counts"
    lying.delete("Patient/1")
    assert known(lying, "Patient/1") == both
    assert known(lying, "Patient/2", "Group/g") == {"Patient/2", "Group/g"}


def test_a_post_is_its_person_s_and_a_declaration_says_which_patient_that_is(lying: Lying) -> None:
    lying.put(POST, {"resourceType": "PractitionerRole", "id": "bare"}, declared())
    assert known(lying, "Practitioner/p") == {"Practitioner/p", "Patient/1"}
    assert known(lying, "PractitionerRole/r") == {"PractitionerRole/r", "Practitioner/p", "Patient/1"}
    assert known(lying, "Patient/1") == {"Patient/1"}, "from a person it leads to no staff"
    for alone in ("PractitionerRole/bare", "PractitionerRole/none", "Practitioner/q", "Organization/a"):
        assert known(lying, alone) == {alone}
    lying.delete("PractitionerRole/r")
    assert known(lying, "PractitionerRole/r") == {"PractitionerRole/r"}


def test_a_declaration_counts_until_it_is_ended(lying: Lying) -> None:
    lying.put(declared())
    assert known(lying, "Practitioner/p") == {"Practitioner/p", "Patient/1"}
    lying.put(declared(status="inactive"))
    assert known(lying, "Practitioner/p") == {"Practitioner/p"}


@pytest.mark.parametrize("flag", [declared(same=False), declared(status="inactive")])
def test_another_conflict_makes_nobody_the_same(lying: Lying, flag: Json) -> None:
    lying.put(flag)
    assert known(lying, "Practitioner/p") == {"Practitioner/p"}


def test_one_is_followed_to_the_next(lying: Lying) -> None:
    lying.put(POST, declared(), KIN | {"id": "2"})
    lying.put(DONE, judged=STANDS)
    whole = {"PractitionerRole/r", "Practitioner/p", "Patient/1", "Patient/2", "RelatedPerson/k"}
    assert known(lying, "PractitionerRole/r") == whole
    assert may_be(lying, ["PractitionerRole/r"], ["RelatedPerson/k"])
    assert may_be(lying, ["RelatedPerson/k"], ["PractitionerRole/r"])
    assert not may_be(lying, ["RelatedPerson/other"], ["PractitionerRole/r"])
    assert not may_be(lying, [], ["PractitionerRole/r"])
    assert not may_be(lying, ["PractitionerRole/r"], [])


def test_of_whom_more_is_recorded_than_is_followed_the_nearest_are_told(lying: Lying) -> None:
    lying.put(KIN, KIN | {"id": "2"})
    strangers = [f"Practitioner/x{each}" for each in range(64)]
    whole = {"Patient/1", *strangers[1:]}
    assert known(lying, *whole) == {*whole, "RelatedPerson/k"}, "as many are followed, and no more of those"
    assert known(lying, "Patient/1") == {"Patient/1", "Patient/2", "RelatedPerson/k"}
    assert known(lying, "Patient/1", *strangers) == {"Patient/1", *strangers}, "one more is not"
    assert not may_be(lying, strangers, ["Practitioner/other"])
    assert may_be(lying, [*strangers, "Practitioner/y"], ["Practitioner/other"])
    assert may_be(lying, ["Practitioner/other"], [*strangers, "Practitioner/y"])
    assert not may_be(lying, [*strangers, "Practitioner/y"], [])
