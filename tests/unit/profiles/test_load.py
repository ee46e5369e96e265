"""The specification is loaded whole, or a fault names the file and the place in it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from profiles import load
from profiles.spec import Spec, SpecFault

BASE = "https://tsunagu.example/fhir"
HARMLESS: dict[str, Any] = {
    "areas": [],
    "identifiers": [],
    "extensions": [],
    "answers": {"names": [], "places": []},
    "parties": {},
    "performers": {},
    "types": {},
}
COLOURS = {
    "resourceType": "CodeSystem",
    "id": "colour",
    "url": "urn:colour",
    "content": "complete",
    "concept": [
        {"code": "red", "display": "赤", "designation": [{"language": "en", "value": "red"}]},
        {"code": "blue"},
    ],
}
PARAMETER = {
    "resourceType": "SearchParameter",
    "id": "kana",
    "url": "urn:kana",
    "code": "kana",
    "type": "string",
    "base": ["Patient"],
    "expression": "Patient.name.family",
}


def fault(folder: Path, name: str, content: Any) -> SpecFault:
    (folder / name).write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    with pytest.raises(SpecFault) as caught:
        load.load(folder)
    assert caught.value.file == folder / name
    assert str(folder / name) in str(caught.value)
    return caught.value


def test_every_type_the_design_names_is_served(spec: Spec) -> None:
    assert len(spec.types) == 47
    assert {"Patient", "Group", "Consent", "CarePlan", "NamingSystem"} <= spec.types
    assert spec.types <= spec.elements.keys()
    assert spec.types == spec.search.keys()


def test_a_search_parameter_is_filed_under_each_of_its_types(spec: Spec) -> None:
    gender = spec.search["Patient"]["gender"]
    assert (gender.type, gender.expression) == ("token", "Patient.gender")
    assert gender.url == "http://hl7.org/fhir/SearchParameter/individual-gender"
    assert spec.search["RelatedPerson"]["gender"].expression == "RelatedPerson.gender"


def test_every_type_has_the_parameters_of_all_resources(spec: Spec) -> None:
    for parameters in spec.search.values():
        assert {"_id", "_lastUpdated", "_tag", "_profile", "_security", "_source"} <= parameters.keys()
    assert "_text" in spec.search["Patient"]
    assert "_text" not in spec.search["Bundle"]


def test_a_composite_knows_its_parts(spec: Spec) -> None:
    assert spec.search["Observation"]["code-value-quantity"].components == (
        ("http://hl7.org/fhir/SearchParameter/clinical-code", "code"),
        ("http://hl7.org/fhir/SearchParameter/Observation-value-quantity", "value.as(Quantity)"),
    )


def test_an_element_is_found_through_datatypes_and_content_references(spec: Spec) -> None:
    found = {
        path: spec.element(*path.split(".", 1))
        for path in ("Patient.name.given", "Patient.contact.name.family", "Questionnaire.item.item.item.linkId")
    }
    assert [element.path if element else None for element in found.values()] == [
        "HumanName.given",
        "HumanName.family",
        "Questionnaire.item.linkId",
    ]


def test_a_choice_is_found_by_each_of_its_names(spec: Spec) -> None:
    whole = spec.element("Consent", "source")
    assert whole is not None
    assert whole == spec.element("Consent", "source[x]")
    assert whole.types == ("Attachment", "Reference")
    attachment = spec.element("Consent", "sourceAttachment.data")
    assert attachment is not None
    assert attachment.path == "Attachment.data"
    assert spec.element("Consent", "sourceString") is None


@pytest.mark.parametrize("path", ["none", "name.none", "gender.x", "contact.none.x"])
def test_a_path_that_leads_nowhere_is_none(spec: Spec, path: str) -> None:
    assert spec.element("Patient", path) is None


def test_an_element_says_where_its_references_lead_and_what_binds_it(spec: Spec) -> None:
    subject, gender = spec.element("CarePlan", "subject"), spec.element("Patient", "gender")
    assert subject is not None
    assert gender is not None
    assert (subject.min, subject.max, subject.types) == (1, "1", ("Reference",))
    assert subject.targets == ("Patient", "Group")
    assert spec.value_sets[gender.binding] == {"male", "female", "other", "unknown"}
    assert ("http://hl7.org/fhir/administrative-gender", "male") in spec.codings[gender.binding]


def test_a_value_set_without_end_is_absent(spec: Spec) -> None:
    element = spec.element("Attachment", "contentType")
    assert element is not None
    assert element.binding
    assert element.binding not in spec.value_sets


def test_compartments_and_invariants_are_there(spec: Spec) -> None:
    assert spec.compartments["Patient"]["CarePlan"] == ("patient", "performer")
    assert [rule.key for rule in spec.invariants["Period"]] == ["per-1"]


def test_our_own_code_systems_speak_two_languages(spec: Spec) -> None:
    concepts = {concept.code: concept for concept in spec.concepts(f"{BASE}/CodeSystem/concern-field")}
    assert len(concepts) == 12
    assert concepts["medical"].display == "病気・医療"
    assert all(concept.en for concept in concepts.values())


def test_what_is_not_our_code_system_has_no_concepts(spec: Spec) -> None:
    for url in ("urn:none", f"{BASE}/ValueSet/concern-field"):
        with pytest.raises(KeyError):
            spec.concepts(url)


def test_our_own_value_sets_are_all_expanded(spec: Spec) -> None:
    ours = {url for url, artefact in spec.artefacts.items() if artefact["resourceType"] == "ValueSet"}
    assert ours
    assert ours <= spec.value_sets.keys()


def test_a_citys_folder_takes_the_place_of_ours(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(COLOURS))
    (tmp_path / "b.json").write_text(json.dumps(PARAMETER))
    (tmp_path / "harmless.json").write_text(json.dumps(HARMLESS | {"types": {"Patient": ["name", "link.other"]}}))
    spec = load.load(tmp_path)
    assert [(each.code, each.display, each.en) for each in spec.concepts("urn:colour")] == [
        ("red", "赤", "red"),
        ("blue", "", ""),
    ]
    assert spec.search["Patient"]["kana"].expression == "Patient.name.family"
    assert spec.harmless.types == {"Patient": frozenset({"name", "link.other"})}


def test_a_missing_folder_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(SpecFault, match="is not a folder"):
        load.load(tmp_path / "none")


def test_a_missing_table_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(SpecFault) as caught:
        load.load(r4=tmp_path)
    assert caught.value.file.parent == tmp_path


@pytest.mark.parametrize("table", ["search", "value-sets", "invariants", "compartments", "elements"])
def test_any_table_that_is_not_what_the_generator_makes_is_a_fault(tmp_path: Path, table: str) -> None:
    tables = shutil.copytree(Path(load.__file__).parent / "r4", tmp_path / "r4")
    (tables / f"{table}.json").write_text('{"Patient":7}')
    with pytest.raises(SpecFault) as caught:
        load.load(r4=tables)
    assert caught.value.file.name == f"{table}.json"
    assert caught.value.at == "$.Patient"


def test_a_search_table_without_a_served_type_is_a_fault(tmp_path: Path) -> None:
    r4 = shutil.copytree(Path(load.__file__).parent / "r4", tmp_path / "r4")
    (r4 / "search.json").write_text('{"Resource":{},"DomainResource":{}}')
    with pytest.raises(SpecFault, match="Appointment: is missing"):
        load.load(r4=r4)


@pytest.mark.parametrize(
    ("content", "at"),
    [
        (b'{"resourceType":', "$"),
        (b"[]", "$"),
        ({"id": "x"}, "$.resourceType"),
        ({"resourceType": "ValueSet"}, "$.id"),
        ({**COLOURS, "url": 1}, "$.url"),
        ({**COLOURS, "resourceType": "ValueSet", "compose": {"include": [1]}}, "$.compose"),
        ({**COLOURS, "concept": {}}, "$.concept"),
        ({**COLOURS, "concept": [{"code": "a"}, {"display": "x"}]}, "$.concept[1].code"),
        ({**COLOURS, "concept": [{"code": "a", "concept": [{"code": "a"}]}]}, "$.concept[0].concept[0].code"),
        ({**PARAMETER, "base": ["Patient", "Person"]}, "$.base[1]"),
        ({**PARAMETER, "base": "Patient"}, "$.base"),
        ({**PARAMETER, "code": "gender"}, "$.code"),
        ({**PARAMETER, "expression": ""}, "$.expression"),
        ({**PARAMETER, "component": ["x"]}, "$.component[0]"),
        ({**PARAMETER, "component": [{"definition": "urn:x"}]}, "$.component[0].expression"),
    ],
)
def test_a_fault_names_the_place(tmp_path: Path, content: Any, at: str) -> None:
    assert fault(tmp_path, "x.json", content).at == at


def test_a_url_used_twice_is_a_fault_that_names_both_files(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps(COLOURS))
    assert "a.json" in fault(tmp_path, "b.json", COLOURS).text


@pytest.mark.parametrize(
    ("content", "at"),
    [
        ({"types": {"Patient": ["name", "nome"]}}, "$.types.Patient"),
        ({"types": {"Household": ["name"]}}, "$.types.Household"),
        ({"types": {"Patient": "name"}}, "$.types.Patient"),
        ({"types": {"Task": ["status"]}, "parties": {"Task": ["owner"]}}, "$.parties.Task"),
        ({"words": ["a"]}, "$"),
    ],
)
def test_a_harmless_path_must_lead_somewhere(tmp_path: Path, content: Any, at: str) -> None:
    assert fault(tmp_path, "harmless.json", HARMLESS | content).at == at
