"""What a Consent is read by: codes that exist officially, with what lies above them, and a date for each type."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from profiles import consent, served
from profiles.spec import Element, Spec

V3 = "http://terminology.hl7.org/CodeSystem/v3-"


def test_a_purpose_lies_below_those_that_contain_it() -> None:
    assert f"{V3}ActReason|COC" in consent.below(f"{V3}ActReason|TREAT")
    assert f"{V3}ActReason|CAREMGT" in consent.below(f"{V3}ActReason|HOPERAT")
    assert consent.above(f"{V3}ActReason|BTG") == {
        f"{V3}ActReason|{code}" for code in ("BTG", "ETREAT", "TREAT", "PurposeOfUse")
    }


def test_a_sensitivity_lies_below_those_that_contain_it_here_and_in_ihe_pcf() -> None:
    assert consent.above(f"{V3}ActCode|ETHUD") == {f"{V3}ActCode|{code}" for code in ("ETHUD", "SUD", "SPI", "ETH")}
    assert f"{V3}ActCode|DVD" not in consent.below(f"{V3}ActCode|SDV")


def test_confidentiality_rises_and_has_no_retired_codes() -> None:
    levels = consent.levels(f"{V3}Confidentiality")
    assert levels == ("U", "L", "M", "N", "R", "V")
    assert set(consent.closed(f"{V3}Confidentiality") or ()) == set(levels)
    assert consent.levels(f"{V3}ActCode") == ()


@pytest.mark.parametrize(
    "other",
    [
        "http://hl7.org/fhir/v3/Confidentiality",
        "urn:oid:2.16.840.1.113883.5.25",
        "https://terminology.hl7.org/CodeSystem/v3-Confidentiality/",
        "http://terminology.hl7.org/CodeSystem/V3-confidentiality|2.0.0",
        "http://hl7.org/fhir/v3/Confidentiality/cs.html",
        "http://terminology.hl7.org/CodeSystem-v3-Confidentiality.html",
        "http://terminology.hl7.org:80/CodeSystem/v3-Confidentiality?_format=json",
        "http://terminology.hl7.org/CodeSystem/v3%2DConfidentiality#V",
        "http://terminology.hl7.org/CodeSystem/v3-Confidentiality\u200b",
        "v3-Confidentiality",
    ],
)
def test_a_system_of_labels_that_is_written_otherwise_is_not_told(other: str) -> None:
    assert consent.spelled(other) == f"{V3}Confidentiality"
    assert not consent.told(other, "V")
    assert consent.told(f"{V3}Confidentiality", "V")
    assert consent.told("urn:another", "V")
    assert consent.spelled("urn:another") == "urn:another"
    assert consent.spelled("https://elsewhere.example/fhir/CodeSystem/secrecy-label").startswith("https://tsunagu.")
    assert consent.spelled(f"{V3}ActReason") == f"{V3}ActReason"


@pytest.mark.parametrize("abstract", ["DomainResource", "Resource", "Parameters", "condition"])
def test_a_type_is_one_that_a_record_can_be_of(abstract: str) -> None:
    types = consent.closed(consent.RESOURCE_TYPES) or {}
    assert {"Condition", "MedicationRequest"} <= set(types)
    assert abstract not in types


def test_our_own_systems_are_closed_and_those_of_others_open() -> None:
    assert "support-conference" in (consent.closed("https://tsunagu.example/fhir/CodeSystem/purpose-of-use") or {})
    assert consent.closed("https://tsunagu.example/fhir/CodeSystem/not-one-of-ours") == {}
    assert consent.closed("http://loinc.org") is None
    assert consent.below("http://loinc.org|34133-9") == consent.above("http://loinc.org|34133-9")


def test_every_date_is_an_element_that_holds_one_date(spec: Spec) -> None:
    for type, path in consent.dates().items():
        element = spec.element(type, ".".join(path))
        assert element is not None, type
        assert element.types[0] in ("date", "dateTime", "instant"), type
        assert "lastUpdated" not in path


OF_THE_RECORD = {
    "Composition": {"section.orderedBy"},
    "Condition": {"clinicalStatus", "verificationStatus"},
    "Consent": {
        *("scope", "policyRule", "provision.action", "provision.actor.role", "provision.class", "provision.purpose"),
        "provision.securityLabel",
    },
    "DocumentReference": {"content.format"},
    "List": {"orderedBy"},
}
"""Codes that say how a record is kept or ordered, or how far it is, and nothing of whom it is about."""
NUMBERS = "MeasureReport"
"""Is about nobody."""


def coded(elements: Mapping[str, Element]) -> set[str]:
    """Where codes stand in a type; a part that has parts of its own kind has them as deep as it likes."""
    found = {
        path.replace("[x]", kind)
        for path, element in elements.items()
        for kind in {"CodeableConcept", "Coding"}.intersection(element.types)
    }
    for path, element in elements.items():
        like = element.types[0].partition(".")[2] if element.types[0].startswith("#") else path
        found |= {path + each.removeprefix(like) for each in found if each.startswith(f"{like}.")}
    return {each for each in found if len(set(each.split("."))) == len(each.split("."))}


def test_a_code_is_withheld_wherever_one_stands_in_a_record_of_a_person(spec: Spec) -> None:
    for type in sorted(served.kinds()["casework"] - {NUMBERS}):
        said = {".".join(path) for path in consent.codes().get(type, ())}
        assert said == coded(spec.elements[type]) - {"category", "code", "type"} - OF_THE_RECORD.get(type, set()), type


def test_every_code_that_is_accepted_is_one_of_a_system() -> None:
    for element in ("role", "action", "purpose"):
        for code in consent.accepted(element):
            system, _, bare = code.rpartition("|")
            assert bare in (consent.closed(system) or {}), code
