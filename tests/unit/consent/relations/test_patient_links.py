"""Who a Patient says to be: a relative that is written with them, and no other Patient by a client's word."""

from __future__ import annotations

from typing import Any

import pytest

from consent.relations import patient_links
from resources.record.problem import Problem
from tests.laws.worlds import ref
from tests.unit.consent.standing.lying import Lying

Json = dict[str, Any]


def patient(*links: str, kind: str = "seealso", id: str = "1") -> Json:
    said = [{"other": ref(each), "type": kind} for each in links]
    return {"resourceType": "Patient", "id": id} | ({"link": said} if links else {})


def wrong(after: Json, before: Json | None = None, *beside: str) -> str:
    """The rule that stands in the way, or where; empty where nothing does."""
    try:
        patient_links.check(after, before, {each: {} for each in beside})
    except Problem as problem:
        (issue,) = problem.issues
        said = issue.rule or issue.text.partition("`")[2].partition("`")[0]
        return said if (problem.kind, issue.at) == ("business-rule", "Patient.link.other") else issue.at
    return ""


def test_a_relative_who_is_the_same_person_is_written_beside_the_patient() -> None:
    linked = patient("RelatedPerson/k")
    assert wrong(linked) == wrong(linked, patient()) == "RelatedPerson/k"
    assert wrong(linked, None, "RelatedPerson/k") == wrong(linked, patient(), "RelatedPerson/k") == ""
    assert wrong(linked, linked) == wrong(patient(), linked) == "", "what was said before stays, or goes"
    assert wrong(patient("RelatedPerson/k", "RelatedPerson/l"), linked) == "RelatedPerson/l"
    assert wrong(linked, patient("RelatedPerson/l"), "RelatedPerson/l") == "RelatedPerson/k"


@pytest.mark.parametrize("kind", ["replaced-by", "replaces", "refer", "seealso"])
def test_that_two_patients_are_one_is_no_client_s_to_write_or_to_undo(kind: str) -> None:
    merged = patient("Patient/2", kind=kind)
    assert wrong(merged) == wrong(merged, patient()) == wrong(patient(), merged) == "P3"
    assert wrong(merged, merged) == wrong(merged | {"birthDate": "1980-01-01"}, merged) == ""
    other = "refer" if kind != "refer" else "replaces"
    assert wrong(patient("Patient/2", kind=other), merged) == wrong(patient("Patient/3", kind=kind), merged) == "P3"
    several = patient("Patient/3", "Patient/2", kind=kind)
    assert wrong(several, patient("Patient/2", "Patient/3", kind=kind)) == "", "in whichever order"


def test_of_any_other_record_nothing_is_asked() -> None:
    link = {"link": [{"other": ref("Patient/2")}, {"other": ref("RelatedPerson/k")}]}
    assert wrong({"resourceType": "Person", "id": "1"} | link) == ""
    assert wrong(patient()) == wrong(patient(), patient()) == ""


def test_who_is_a_relative_is_told_by_the_patients_who_say_so(lying: Lying) -> None:
    assert patient_links.same_as(patient("RelatedPerson/k", "Patient/2")) == {"RelatedPerson/k"}
    assert patient_links.same_as({"resourceType": "Person", "link": [{"other": ref("RelatedPerson/k")}]}) == frozenset()
    lying.put(patient("RelatedPerson/k"), patient("RelatedPerson/l", id="2"), patient(id="3"))
    lying.put(patient())

    def same(name: str) -> frozenset[str]:
        return lying.ask(lambda view: patient_links.same_persons(name, view))

    assert same("RelatedPerson/k") == {"Patient/1"}, "or once said so"
    assert same("RelatedPerson/l") == {"Patient/2"}
    assert same("RelatedPerson/m") == same("Patient/2") == same("Practitioner/p") == frozenset()
