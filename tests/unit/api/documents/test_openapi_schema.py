"""What the OpenAPI document says of parameters and bodies fits what clients send, and refuses what is no such thing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from api.documents import openapi
from profiles.spec import Spec

Json = dict[str, Any]


@pytest.fixture(scope="module")
def document(spec: Spec) -> Json:
    read: Json = orjson.loads(orjson.dumps(openapi.document(spec)))
    return read


def body(document: Json, path: str, method: str = "post", kind: str = "application/fhir+json") -> Draft202012Validator:
    """The schema of a body, with what it refers to."""
    schema = document["paths"][path][method]["requestBody"]["content"][kind]["schema"]
    return Draft202012Validator({**schema, "components": document["components"]})


def parameter(document: Json, path: str, name: str) -> Draft202012Validator:
    [found] = [each for each in document["paths"][path]["get"]["parameters"] if each["name"] == name]
    return Draft202012Validator(found["schema"])


def schemas(node: Any) -> Iterator[Json]:
    if isinstance(node, dict):
        if isinstance(node.get("schema"), dict):
            yield node["schema"]
        for each in node.values():
            yield from schemas(each)
    elif isinstance(node, list):
        for each in node:
            yield from schemas(each)


def test_every_schema_of_the_document_is_one(document: Json) -> None:
    found = [*schemas(document["paths"]), *document["components"]["schemas"].values()]
    assert len(found) > 300
    for each in found:
        Draft202012Validator.check_schema(each)


@pytest.mark.parametrize(
    ("path", "name", "good", "bad"),
    [
        ("/fhir/{type}", "_count", [0, 50], [-1, "a"]),
        ("/fhir/{type}", "_summary", ["count", "true"], ["all"]),
        ("/fhir/{type}", "_total", ["none"], ["some"]),
        ("/fhir/{type}", "_sort", ["-_lastUpdated,name", "code"], ["name asc", "", "a,b,c,d,e"]),
        ("/fhir/{type}", "_include", ["*", "Task:*", "Task:focus", "Task:focus:Condition"], ["focus", "task:focus"]),
        ("/fhir/{type}", "_revinclude", ["Condition:subject"], ["Condition"]),
        ("/fhir/{type}/{id}", "_elements", ["name,birthDate", "Patient.name"], ["", "a b"]),
        ("/fhir/_history", "_since", ["2026", "2026-11-27T10:00:00+09:00"], ["soon", "2026-1-1"]),
        ("/fhir/metadata", "mode", ["full"], ["terminology"]),
        ("/fhir/ValueSet/$expand", "count", [10], ["ten"]),
        ("/fhir/ValueSet/$expand", "activeOnly", [True], ["yes"]),
    ],
)
def test_a_parameter_of_an_address_has_its_form(
    path: str, name: str, good: list[Any], bad: list[Any], document: Json
) -> None:
    schema = parameter(document, path, name)
    assert [each for each in good if not schema.is_valid(each)] == []
    assert [each for each in bad if schema.is_valid(each)] == []


def test_the_inputs_of_an_operation_are_named_with_their_types(document: Json) -> None:
    schema = body(document, "/fhir/CodeSystem/$lookup")
    coding = {"name": "coding", "valueCoding": {"system": "urn:a", "code": "b"}}
    asked = {"resourceType": "Parameters", "parameter": [coding, {"name": "property", "valueCode": "parent"}]}
    assert schema.is_valid(asked)
    for wrong in ({"name": "coding", "valueCode": "b"}, {"name": "colour", "valueString": "blue"}, {"name": "coding"}):
        assert not schema.is_valid({"resourceType": "Parameters", "parameter": [wrong]})
    assert not schema.is_valid({"resourceType": "Patient"})


def test_an_operation_with_a_resource_among_its_inputs_takes_it_in_either_way(document: Json) -> None:
    schema = body(document, "/fhir/{type}/$validate")
    assert schema.is_valid({"resourceType": "Patient"})
    sent = [{"name": "resource", "resource": {"resourceType": "Patient"}}]
    assert schema.is_valid({"resourceType": "Parameters", "parameter": sent})


def test_a_bundle_is_of_requests(document: Json) -> None:
    schema = body(document, "/fhir")
    entry = {"resource": {"resourceType": "Patient"}, "request": {"method": "POST", "url": "Patient"}}
    sent = {"resourceType": "Bundle", "type": "batch", "entry": [entry]}
    assert schema.is_valid(sent)
    changes: list[Json] = [{"type": "history"}, {"entry": []}, {"entry": [{"resource": {"resourceType": "Patient"}}]}]
    for wrong in changes:
        assert not schema.is_valid(sent | wrong)


def test_a_patch_is_of_the_operations_of_rfc_6902(document: Json) -> None:
    schema = body(document, "/fhir/{type}/{id}", "patch", "application/json-patch+json")
    assert schema.is_valid([{"op": "add", "path": "/name/-", "value": {"text": "x"}}, {"op": "remove", "path": ""}])
    assert schema.is_valid([{"op": "move", "from": "/a~1b", "path": "/c"}])
    for wrong in ({"op": "add", "path": "/a"}, {"op": "remove", "path": "a"}, {"op": "turn", "path": "/a", "value": 1}):
        assert not schema.is_valid([wrong])


def test_a_form_names_what_is_asked_of_the_answer(document: Json) -> None:
    schema = body(document, "/fhir/{type}/_search", kind="application/x-www-form-urlencoded")
    assert schema.is_valid({"_count": 5, "name": "山"})
    assert not schema.is_valid({"_summary": "all"})
