"""A profile is kept or not: cardinality, types, targets, fixed values, value sets, slices, invariants."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from profiles.spec import Spec
from resources.record import coding, conformance, profile
from resources.record.profile import UnreadError

URL = "https://example.org/StructureDefinition/p"
IDE = {"url": "https://example.org/ide", "valueCode": "IDE"}
OURS = f"{coding.BASE}/StructureDefinition"


def defined(spec: Spec, type: str, *elements: dict[str, Any], base: str = "") -> Spec:
    """The specification with a profile of these elements, each `id` and what is said of it."""
    made = [{**each, "path": ".".join(step.partition(":")[0] for step in each["id"].split("."))} for each in elements]
    structure = {
        "resourceType": "StructureDefinition",
        "url": URL,
        "type": type,
        "derivation": "constraint",
        "baseDefinition": base or f"http://hl7.org/fhir/StructureDefinition/{type}",
        "differential": {"element": made},
    }
    return replace(spec, artefacts={**spec.artefacts, URL: structure})


def told(spec: Spec, resource: dict[str, Any]) -> list[tuple[str, str]]:
    claimed = {**resource, "meta": {"profile": [URL]}}
    return [(issue.at, issue.code) for issue in conformance.issues(spec, claimed, resource["resourceType"])]


def patient(**elements: Any) -> dict[str, Any]:
    return {"resourceType": "Patient", **elements}


SYSTEM = {"discriminator": [{"type": "value", "path": "system"}], "rules": "open"}
SLICED = (
    {"id": "Patient.identifier", "slicing": SYSTEM, "min": 1},
    {"id": "Patient.identifier:case", "min": 1, "max": "1"},
    {"id": "Patient.identifier:case.system", "fixedUri": "urn:case"},
    {"id": "Patient.identifier:case.value", "min": 1, "maxLength": 4},
)
TARGET = "http://hl7.org/fhir/StructureDefinition/Organization"
GENDERS = {"strength": "required", "valueSet": "http://hl7.org/fhir/ValueSet/administrative-gender|4.0.1"}
RULE = {"key": "x-1", "severity": "error", "human": "x", "expression": "name.exists() or birthDate.exists()"}
CASES: list[tuple[tuple[dict[str, Any], ...], dict[str, Any], list[tuple[str, str]]]] = [
    (({"id": "Patient.name", "min": 1},), patient(), [("Patient.name", "required")]),
    (({"id": "Patient.name", "min": 1},), patient(name=[{"text": "x"}]), []),
    (({"id": "Patient.birthDate", "min": 1},), patient(_birthDate={"extension": [IDE]}), []),
    (({"id": "Patient.photo", "max": "0"},), patient(photo=[{"title": "x"}]), [("Patient.photo", "structure")]),
    (
        ({"id": "Patient.name.family", "min": 1},),
        patient(name=[{"text": "x"}, {"family": "y"}]),
        [("Patient.name[0].family", "required")],
    ),
    (({"id": "Patient.gender", "fixedCode": "male"},), patient(gender="female"), [("Patient.gender", "value")]),
    (({"id": "Patient.active", "fixedBoolean": True},), patient(active=True), []),
    (
        ({"id": "Patient.deceased[x]", "type": [{"code": "boolean"}]},),
        patient(deceasedDateTime="2026"),
        [("Patient.deceasedDateTime", "structure")],
    ),
    (
        ({"id": "Patient.maritalStatus", "patternCodeableConcept": {"coding": [{"code": "M"}]}},),
        patient(maritalStatus={"coding": [{"code": "S"}, {"code": "M", "system": "urn:x"}]}),
        [],
    ),
    (
        ({"id": "Patient.maritalStatus", "patternCodeableConcept": {"coding": [{"code": "M"}]}},),
        patient(maritalStatus={"coding": [{"code": "S"}]}),
        [("Patient.maritalStatus", "value")],
    ),
    (
        ({"id": "Patient.generalPractitioner", "type": [{"code": "Reference", "targetProfile": [TARGET]}]},),
        patient(generalPractitioner=[{"reference": "Organization/x"}, {"reference": "Practitioner/x"}]),
        [("Patient.generalPractitioner[1].reference", "value")],
    ),
    (
        ({"id": "Patient.communication.language", "binding": GENDERS},),
        patient(communication=[{"language": {"coding": [{"code": "ja"}]}}]),
        [("Patient.communication[0].language", "code-invalid")],
    ),
    (({"id": "Patient", "constraint": [RULE]},), patient(), [("Patient", "invariant")]),
    (({"id": "Patient", "constraint": [RULE]},), patient(birthDate="2026"), []),
    (
        ({"id": "Patient.contact", "constraint": [{**RULE, "expression": "name.text.exists()"}]},),
        patient(contact=[{"name": {"text": "x"}}, {"name": {"family": "x"}}]),
        [("Patient.contact[1]", "invariant")],
    ),
    (SLICED, patient(identifier=[{"system": "urn:case", "value": "1"}, {"system": "urn:x"}]), []),
    (SLICED, patient(identifier=[{"system": "urn:x"}]), [("Patient.identifier", "required")]),
    (
        SLICED,
        patient(identifier=[{"system": "urn:case", "value": "1"}, {"system": "urn:case", "value": "2"}]),
        [("Patient.identifier", "structure")],
    ),
    (SLICED, patient(identifier=[{"system": "urn:case"}]), [("Patient.identifier[0].value", "required")]),
    (
        SLICED,
        patient(identifier=[{"system": "urn:case", "value": "12345"}]),
        [("Patient.identifier[0].value", "too-long")],
    ),
    (
        ({**SLICED[0], "slicing": {**SYSTEM, "rules": "closed"}}, *SLICED[1:]),
        patient(identifier=[{"system": "urn:case", "value": "1"}, {"system": "urn:x"}]),
        [("Patient.identifier[1]", "structure")],
    ),
    (
        (
            {"id": "Patient.name", "slicing": {"discriminator": [{"type": "exists", "path": "use"}], "rules": "open"}},
            {"id": "Patient.name:used", "max": "1"},
            {"id": "Patient.name:used.use", "min": 1},
        ),
        patient(name=[{"text": "x"}, {"use": "usual", "text": "x"}, {"use": "nickname", "text": "y"}]),
        [("Patient.name", "structure")],
    ),
    (
        (
            {
                "id": "Patient.deceased[x]",
                "slicing": {"discriminator": [{"type": "type", "path": "$this"}], "rules": "closed"},
            },
            {"id": "Patient.deceased[x]:deceasedBoolean", "type": [{"code": "boolean"}]},
        ),
        patient(deceasedDateTime="2026"),
        [("Patient.deceasedDateTime", "structure")],
    ),
    (
        ({"id": "Patient.extension:own", "min": 1, "type": [{"code": "Extension", "profile": ["https://x.org/e"]}]},),
        patient(extension=[IDE]),
        [("Patient.extension", "required")],
    ),
]


@pytest.mark.parametrize(("elements", "resource", "expected"), CASES, ids=range(len(CASES)))
def test_a_profile_is_held(
    spec: Spec, elements: tuple[dict[str, Any], ...], resource: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert told(defined(spec, "Patient", *elements), resource) == expected


def test_what_a_profile_is_derived_from_is_held_too(spec: Spec) -> None:
    derived = defined(spec, "Group", {"id": "Group.name", "min": 1}, base=f"{OURS}/household")
    found = told(derived, {"resourceType": "Group", "type": "animal", "actual": True})
    assert sorted(found) == [("Group.name", "required"), ("Group.type", "value")]


def test_a_profile_of_another_type_is_not_claimed(spec: Spec) -> None:
    made = defined(spec, "Group", {"id": "Group.name", "min": 1})
    assert told(made, patient()) == [("Patient.meta.profile[0]", "value")]


@pytest.mark.parametrize(
    "element",
    [
        {"id": "Patient.birthDate", "minValueDate": "2000"},
        {"id": "Patient.name", "slicing": {"rules": "open"}},
        {"id": "Patient.name", "slicing": {**SYSTEM, "ordered": True}},
        {"id": "Patient.name", "slicing": {"discriminator": [{"type": "profile", "path": "$this"}], "rules": "open"}},
        {"id": "Patient.birthDate", "constraint": [RULE]},
        {"id": "Patient.gender", "binding": {"strength": "required", "valueSet": "urn:unknown"}},
    ],
)
def test_what_is_not_read_makes_a_profile_unusable(spec: Spec, element: dict[str, Any]) -> None:
    with pytest.raises(UnreadError):
        profile.named(defined(spec, "Patient", element), URL)


def test_every_definition_of_ours_is_read(spec: Spec) -> None:
    definitions = [url for url, each in spec.artefacts.items() if each["resourceType"] == "StructureDefinition"]
    assert len(definitions) > 25
    assert all(profile.named(spec, url) for url in definitions)
