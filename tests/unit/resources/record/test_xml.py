"""A resource as XML and back.

https://hl7.org/fhir/R4/xml.html
"""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import fhirkit
import pytest

from profiles.spec import Spec
from resources.record import element_schema, xml
from resources.record.problem import Problem
from tests.outside.test_official_examples import OFFICIAL, canonical

_DIV = '<div xmlns="http://www.w3.org/1999/xhtml">a<br/>b &amp; <b title="x &gt; y">c</b></div>'
_PATIENT = json.dumps(
    {
        "resourceType": "Patient",
        "id": "a",
        "text": {"status": "generated", "div": _DIV},
        "contained": [{"resourceType": "Organization", "id": "o", "name": "髙﨑 <&>"}],
        "extension": [
            {"url": "urn:x", "valueDecimal": "DIGITS"},
            {"url": "urn:y", "valueDecimal": 7},
            {"url": "urn:z", "extension": [{"url": "a", "valueString": '一行目\n\t二 "行目"'}]},
        ],
        "active": True,
        "name": [{"id": "n", "given": ["a", None, "c"], "_given": [None, {"id": "z"}, None]}],
        "birthDate": "1990-01",
        "_birthDate": {"extension": [{"url": "urn:b", "valueInteger": -3}]},
        "multipleBirthInteger": 2,
    }
).replace('"DIGITS"', "1.0E-3")


def back(spec: Spec, body: bytes) -> bytes:
    return xml.read(spec, xml.write(spec, body), limit=1_000_000, depth=64)


@pytest.mark.parametrize("file", OFFICIAL, ids=lambda file: file.stem)
def test_an_official_example_comes_back_as_it_was(spec: Spec, file: Path) -> None:
    assert canonical(back(spec, file.read_bytes())) == canonical(file.read_bytes())


def test_digits_narratives_and_extensions_of_primitives_come_back(spec: Spec) -> None:
    body = _PATIENT.encode()
    assert canonical(back(spec, body)) == canonical(body)
    root = ElementTree.fromstring(xml.write(spec, body))  # another reader
    space = "{http://hl7.org/fhir}"
    assert root.tag == f"{space}Patient"
    assert [each.get("value") for each in root.iter(f"{space}valueDecimal")] == ["1.0E-3", "7"]
    assert [each.get("value") for each in root.iter(f"{space}given")] == ["a", None, "c"]
    assert [each.tag.removeprefix(space) for each in root][:3] == ["id", "text", "contained"]


def test_what_is_contained_comes_back_though_nobody_serves_its_type(spec: Spec) -> None:
    stay = {"resourceType": "Procedure", "id": "p", "status": "completed", "subject": {"reference": "Patient/a"}}
    body = json.dumps({"resourceType": "Condition", "id": "a", "contained": [stay]}).encode()
    assert canonical(back(spec, body)) == canonical(body)
    assert {each for each in fhirkit.RESOURCE_TYPES if each not in element_schema.shapes(spec)} == set()


@pytest.mark.parametrize(
    "text",
    [
        "<Patient/>",
        '<Patient xmlns="http://hl7.org/fhir">a</Patient>',
        '<Patient xmlns="http://hl7.org/fhir"><colour value="blue"/></Patient>',
        '<Patient xmlns="http://hl7.org/fhir"><active value="true"/><active value="true"/></Patient>',
        '<Patient xmlns="http://hl7.org/fhir"><active colour="blue"/></Patient>',
        '<Patient xmlns="http://hl7.org/fhir"><active></Patient>',
        '<Nothing xmlns="http://hl7.org/fhir"/>',
        '<!DOCTYPE a [<!ENTITY b "c">]><Patient xmlns="http://hl7.org/fhir"><id value="&b;"/></Patient>',
        '<Patient xmlns="http://hl7.org/fhir">' + "<contact>" * 70 + "</contact>" * 70 + "</Patient>",
        "",
    ],
)
def test_what_is_no_resource_in_xml_is_refused(spec: Spec, text: str) -> None:
    with pytest.raises(Problem) as refused:
        xml.read(spec, text.encode(), limit=1_000_000, depth=64)
    assert refused.value.kind in ("structure", "too-long")


def test_a_number_that_is_none_is_left_to_be_judged(spec: Spec) -> None:
    text = '<Patient xmlns="http://hl7.org/fhir"><multipleBirthInteger value="two"/><active value="yes"/></Patient>'
    found = json.loads(xml.read(spec, text.encode(), limit=1_000, depth=64))
    assert (found["multipleBirthInteger"], found["active"]) == ("two", "yes")
