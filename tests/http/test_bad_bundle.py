"""A transaction with a fault anywhere leaves nothing, and its OperationOutcome names the entry.

https://hl7.org/fhir/R4/http.html#transaction
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from demo.journey.city import City
from tests.http.asking import Asking
from tests.http.refused import concern, refused, seen
from tests.http.stored import Stored

_PATIENT: dict[str, Any] = {"resourceType": "Patient", "active": True}
_TASK: dict[str, Any] = {
    "resourceType": "Task",
    "status": "requested",
    "intent": "order",
    "code": {"coding": [{"system": "https://tsunagu.example/fhir/CodeSystem/task-code", "code": "carry-out"}]},
}
_PATCH = {
    "resourceType": "Binary",
    "contentType": "application/json-patch+json",
    "data": base64.b64encode(b'[{"op":"replace","path":"/gender","value":"x"}]').decode(),
}
_URN = "urn:uuid:5f0c5a52-6b9c-4a0f-9b8f-1d3c0a9e0001"
Entries = Callable[[City], list[dict[str, Any]]]


def entry(method: str, url: str, resource: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    request = {"method": method, "url": url} | more.pop("request", {})
    return {"request": request} | ({"resource": resource} if resource else {}) | more


def new(resource: dict[str, Any], **more: Any) -> dict[str, Any]:
    return entry("POST", resource["resourceType"], resource, **more)


FAULTS: dict[str, tuple[Entries, int, str, str]] = {
    "two entries for one record": (
        lambda city: [entry("PUT", "Patient/a", _PATIENT | {"id": "a"}), entry("DELETE", "Patient/a")],
        400,
        "structure",
        "",
    ),
    "two entries of one name": (
        lambda city: [new(_PATIENT, fullUrl=_URN), new(_PATIENT, fullUrl=_URN)],
        422,
        "invariant",
        "Bundle",
    ),
    "a urn of no entry": (
        lambda city: [new(_PATIENT), new(concern(city, subject={"reference": _URN}))],
        400,
        "structure",
        "Bundle.entry[1].resource.subject.reference",
    ),
    "a search": (
        lambda city: [new(_PATIENT), entry("GET", "Patient?colour=blue")],
        400,
        "not-supported",
        "colour",
    ),
    "no such method": (lambda city: [entry("FOO", "Patient")], 422, "code-invalid", "Bundle.entry[0].request.method"),
    "no request": (lambda city: [{"resource": _PATIENT}], 422, "invariant", "Bundle"),
    "nothing in it": (lambda city: [new(_PATIENT), {}], 422, "invariant", "Bundle.entry[1]"),
    "no resource": (lambda city: [entry("POST", "Patient")], 400, "structure", "Bundle.entry[0].request.url"),
    "another type": (
        lambda city: [entry("POST", "Condition", _PATIENT)],
        400,
        "structure",
        "Bundle.entry[0].request.url",
    ),
    "an id that is not the resource's": (
        lambda city: [entry("PUT", "Patient/a", _PATIENT | {"id": "b"})],
        400,
        "structure",
        "Bundle.entry[0].request.url",
    ),
    "no condition": (lambda city: [entry("DELETE", "Condition?")], 400, "structure", "Bundle.entry[0].request.url"),
    "an unknown type": (lambda city: [entry("DELETE", "Nope/a")], 400, "structure", "Bundle.entry[0].request.url"),
    "an absolute address": (
        lambda city: [entry("POST", "http://127.0.0.1/fhir/Patient", _PATIENT)],
        400,
        "structure",
        "Bundle.entry[0].request.url",
    ),
    "ifNoneExist of nothing": (
        lambda city: [new(_PATIENT, request={"ifNoneExist": "?"})],
        400,
        "structure",
        "Bundle.entry[0].request.ifNoneExist",
    ),
    "an operation": (
        lambda city: [entry("GET", f"{city.known['mother']}/$explain-access")],
        400,
        "not-supported",
        "Bundle.entry[0].request.url",
    ),
    "an ifMatch of no version": (
        lambda city: [entry("PUT", "Patient/a", _PATIENT | {"id": "a"}, request={"ifMatch": "x"})],
        400,
        "structure",
        "Bundle.entry[0].request.ifMatch",
    ),
    "a stale ifMatch": (
        lambda city: [new(_PATIENT), entry("DELETE", city.known["mother"], request={"ifMatch": 'W/"7"'})],
        412,
        "conflict",
        "Bundle.entry[1]",
    ),
    "an unknown element in the last entry": (
        lambda city: [new(_PATIENT), new(_PATIENT | {"colour": "blue"})],
        422,
        "structure",
        "Bundle.entry[1].resource.colour",
    ),
    "a reference to nothing in the last entry": (
        lambda city: [new(_PATIENT), new(concern(city, subject={"reference": "Patient/nope"}))],
        422,
        "not-found",
        "Bundle.entry[1].resource.subject",
    ),
    "an update of nothing": (
        lambda city: [new(_PATIENT), entry("PUT", "Patient/nope", _PATIENT | {"id": "nope"})],
        404,
        "not-found",
        "Bundle.entry[1]",
    ),
    "what nobody may write": (
        lambda city: [new(_PATIENT), new({"resourceType": "Organization", "name": "a"})],
        403,
        "forbidden",
        "Bundle.entry[1]",
    ),
    "a role that nobody put to its agency": (
        lambda city: [new(_PATIENT), new(_TASK | {"for": {"reference": city.known["mother"]}})],
        422,
        "business-rule",
        "Bundle.entry[1].resource.partOf",
    ),
    "a patch that does not fit": (
        lambda city: [new(_PATIENT), entry("PATCH", city.known["mother"], _PATCH)],
        422,
        "code-invalid",
        "Bundle.entry[1]",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_transaction_with_a_fault_leaves_nothing(fault: str, standing: City, asking: Asking, stored: Stored) -> None:
    entries, status, code, at = FAULTS[fault]
    before = seen(asking, stored)
    body = orjson.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries(standing)})
    for language in ("ja", "en"):
        refused(asking.ask("POST", "", body, language=language), status, code, at, language)
    assert seen(asking, stored) == before


@pytest.mark.parametrize("type", ["collection", "history", "searchset", "transaction-response"])
def test_only_a_batch_or_a_transaction_is_taken(type: str, asking: Asking) -> None:
    body = orjson.dumps({"resourceType": "Bundle", "type": type})
    refused(asking.ask("POST", "", body), 400, "not-supported", "Bundle.type", "ja")


def test_a_bundle_of_another_kind_or_none_is_refused(asking: Asking) -> None:
    refused(asking.ask("POST", "", orjson.dumps(_PATIENT)), 400, "structure", "resourceType", "ja")
    untyped = orjson.dumps({"resourceType": "Bundle"})
    assert asking.ask("POST", "", untyped).status in (400, 422)


def test_an_empty_transaction_does_nothing_well(asking: Asking, stored: Stored) -> None:
    before = stored.count()
    answer = asking.ask("POST", "", orjson.dumps({"resourceType": "Bundle", "type": "transaction"}))
    assert (answer.status, answer.json) == (200, {"resourceType": "Bundle", "type": "transaction-response"})
    assert stored.count() == before


def test_every_fault_in_what_a_transaction_writes_is_named_where_it_stands(asking: Asking, stored: Stored) -> None:
    before = stored.count()
    entries = [new(_PATIENT | {"gender": "x"}), new(_PATIENT), new(_PATIENT | {"birthDate": "2019-13-01"})]
    answer = asking.ask("POST", "", orjson.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries}))
    assert (answer.status, stored.count()) == (422, before)
    named = [each["expression"] for each in answer.json["issue"]]
    assert named == [["Bundle.entry[0].resource.gender"], ["Bundle.entry[2].resource.birthDate"]]


def test_a_patch_in_a_transaction_is_looked_at_with_its_bundle(standing: City, asking: Asking) -> None:
    patch = {"resourceType": "Parameters", "parameter": [{"nome": "operation"}]}
    entries = [entry("PATCH", standing.known["mother"], patch)]
    body = orjson.dumps({"resourceType": "Bundle", "type": "transaction", "entry": entries})
    refused(asking.ask("POST", "", body), 422, "required", "Bundle.entry[0].resource.parameter[0].name", "ja")
