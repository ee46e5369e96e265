"""https://hl7.org/fhir/R4/references.html#logical"""

from __future__ import annotations

from typing import Any

import pytest

from profiles.spec import Spec
from resources.record import pointer

NUMBER = {"system": "urn:city", "value": "7"}


def found(spec: Spec, **elements: Any) -> list[tuple[str, frozenset[str]]]:
    resource = {"resourceType": "ServiceRequest", "identifier": [NUMBER]} | elements
    return [(each.at, each.targets) for each in pointer.pointers(spec, resource)]


def test_an_identifier_alone_and_a_search_name_no_record_by_its_id(spec: Spec) -> None:
    (subject,) = found(spec, subject={"identifier": NUMBER})
    assert subject[0] == "subject"
    assert {"Patient", "Group"} <= subject[1]
    assert [at for at, _ in found(spec, performer=[{"identifier": NUMBER}])] == ["performer[0]"]
    assert [at for at, _ in found(spec, subject={"reference": "Patient?identifier=urn:city|7"})] == ["subject"]


@pytest.mark.parametrize(
    "subject",
    [
        {"reference": "Patient/1", "identifier": NUMBER},
        {"display": "水無瀬"},
    ],
)
def test_a_literal_reference_and_a_name_are_none(spec: Spec, subject: Any) -> None:
    assert found(spec, subject=subject) == []


@pytest.mark.parametrize(
    "elsewhere",
    ["urn:uuid:0c3e5c1e-0000-4000-8000-000000000001", "https://elsewhere.example/Patient?identifier=7"],
)
def test_an_address_that_is_not_here_is_one_where_it_may_be_a_person(spec: Spec, elsewhere: str) -> None:
    assert [at for at, _ in found(spec, subject={"reference": elsewhere})] == ["subject"]


def test_they_are_found_in_what_is_contained_and_in_extensions(spec: Spec) -> None:
    inside = {"resourceType": "Observation", "id": "o", "subject": {"identifier": NUMBER}}
    said = [{"url": "urn:x", "valueReference": {"identifier": NUMBER}}]
    ((at, targets),) = found(spec, contained=[inside])
    assert (at, "Patient" in targets) == ("contained[0].subject", True)
    assert found(spec, extension=said) == [("extension[0].valueReference", frozenset())]
    assert [at for at, _ in found(spec, subject={"reference": "Patient/1", "extension": said})] == [
        "subject.extension[0].valueReference"
    ]


def test_an_element_with_an_identifier_of_its_own_is_no_reference(spec: Spec) -> None:
    response = {"resourceType": "QuestionnaireResponse", "identifier": NUMBER, "subject": {"identifier": NUMBER}}
    assert [each.at for each in pointer.pointers(spec, response)] == ["subject"]


def test_a_pointed_reference_keeps_what_it_said_and_leaves_the_original(spec: Spec) -> None:
    resource = {"performer": [{"display": "他"}, {"identifier": NUMBER, "reference": "Patient?x"}]}
    changed = pointer.pointed(resource, ("performer", 1), "Patient/1")
    assert changed == {"performer": [{"display": "他"}, {"reference": "Patient/1", "identifier": NUMBER}]}
    assert resource["performer"][1] == {"identifier": NUMBER, "reference": "Patient?x"}
