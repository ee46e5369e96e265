"""https://hl7.org/fhir/R4/search.html#reference"""

from __future__ import annotations

import pytest

from resources.record.problem import Problem

CONCERN = {
    "resourceType": "Condition",
    "subject": {"reference": "Patient/1"},
    "encounter": {"reference": "https://records.example/fhir/Encounter/9/_history/3"},
    "asserter": {"reference": "https://elsewhere.example/fhir/Practitioner/7"},
    "recorder": {"identifier": {"system": "urn:x", "value": "7"}},
}


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ("subject=Patient/1", True),
        ("subject=1", True),
        ("subject=2", False),
        ("subject=Group/1", False),
        ("subject:Patient=1", True),
        ("subject:Patient=Patient/1", True),
        ("subject:Group=1", False),
        ("patient=1", True),
        ("patient=Patient/1", True),
        ("subject=https://records.example/fhir/Patient/1", True),
        ("subject=https://elsewhere.example/fhir/Patient/1", False),
        ("encounter=Encounter/9", True),
        ("encounter=9", True),
        ("encounter=Encounter/9/_history/2", True),
        ("asserter=https://elsewhere.example/fhir/Practitioner/7", True),
        ("asserter=Practitioner/7", False),
        ("subject=Patient/2,Patient/1", True),
        ("subject:missing=true", False),
        ("evidence-detail:missing=true", True),
    ],
)
def test_a_reference_is_found_by_its_address(finds, parameters, found):
    assert finds(CONCERN, parameters) is found


def test_the_patient_of_a_group_is_not_a_patient(finds):
    concern = {"resourceType": "Condition", "subject": {"reference": "Group/1"}}
    assert finds(concern, "subject=Group/1")
    assert not finds(concern, "patient=1")
    assert finds(concern, "patient:missing=true")


@pytest.mark.parametrize(
    "patient", [{"reference": "#p", "type": "Patient"}, {"type": "Patient", "display": "a person"}]
)
def test_a_reference_without_an_address_is_there_but_found_by_none(finds, patient):
    concern = {"resourceType": "Condition", "subject": patient}
    assert finds(concern, "patient:missing=false")
    assert not finds(concern, "patient=p")


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        ("questionnaire=https://tsunagu.example/fhir/Questionnaire/tsunagu-sheet", True),
        ("questionnaire=https://tsunagu.example/fhir/Questionnaire/tsunagu-sheet\\|1.0", True),
        ("questionnaire=https://tsunagu.example/fhir/Questionnaire/tsunagu-sheet\\|2.0", False),
    ],
)
def test_a_canonical_is_found_with_and_without_its_version(finds, parameters, found):
    sheet = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": "https://tsunagu.example/fhir/Questionnaire/tsunagu-sheet|1.0",
    }
    assert finds(sheet, parameters) is found


def test_the_first_entry_of_a_document_is_its_composition(finds):
    document = {
        "resourceType": "Bundle",
        "entry": [
            {"resource": {"resourceType": "Composition", "id": "c"}},
            {"resource": {"resourceType": "Composition", "id": "d"}},
        ],
    }
    assert finds(document, "composition=Composition/c")
    assert not finds(document, "composition=Composition/d")


@pytest.mark.parametrize(
    "parameters",
    ["subject=Practitioner/1", "subject:Organization=1", "subject:Patient=Group/1", "subject=a/b/c", "subject=a b"],
)
def test_a_reference_to_what_cannot_be_the_target_is_refused(finds, parameters):
    with pytest.raises(Problem) as refused:
        finds(CONCERN, parameters)
    assert refused.value.kind == "structure"
    assert refused.value.issues[0].at == "subject"


def test_a_search_by_logical_identifier_is_refused_by_name(finds):
    with pytest.raises(Problem) as refused:
        finds(CONCERN, "recorder:identifier=urn:x|7")
    assert refused.value.issues[0].at in ("recorder", "recorder:identifier")
