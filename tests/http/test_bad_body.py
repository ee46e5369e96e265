"""A body that is no good is the client's own fault, said in two languages, and nothing of it is stored.

https://hl7.org/fhir/R4/json.html
"""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from consent import vocabulary
from demo.journey.city import City
from tests.http.asking import Asking
from tests.http.refused import Case, concern, refused, text, try_case, with_end
from tests.http.stored import Stored

BODIES = (
    Case("nothing", 400, "structure", body=lambda city: b""),
    Case("an open bracket", 400, "structure", body=lambda city: text(city)[:-2]),
    Case("something after the end", 400, "structure", body=lambda city: text(city) + b"x"),
    Case("a list", 400, "structure", body=lambda city: b"[" + text(city) + b"]"),
    Case("null", 400, "structure", body=lambda city: b"null"),
    Case("a string", 400, "structure", body=lambda city: b'"Condition"'),
    Case("a comment", 400, "structure", body=lambda city: b"/* */" + text(city)),
    Case("no type", 400, "structure", "Resource.resourceType", body=lambda city: b'{"id":"a"}'),
    Case("a type that is a number", 400, "structure", "Resource.resourceType", body=lambda city: b'{"resourceType":1}'),
    Case("another type", 400, "structure", "resourceType", body=lambda city: text(city, resourceType="Observation")),
    Case("a key twice", 400, "structure", body=lambda city: b'{"resourceType":"Condition",' + text(city)[1:]),
    Case("NaN", 400, "structure", body=with_end(b',"extension":[{"url":"urn:a","valueDecimal":NaN}]')),
    Case("infinity", 400, "structure", body=with_end(b',"extension":[{"url":"urn:a","valueDecimal":1e999}]')),
    Case("not utf-8", 400, "structure", body=with_end(b',"note":[{"text":"\xff\xfe"}]')),
    Case("utf-16", 400, "structure", body=lambda city: text(city).decode().encode("utf-16")),
    Case("half a surrogate pair", 400, "structure", body=with_end(b',"note":[{"text":"\\ud800"}]')),
    Case("U+0000", 400, "structure", "Condition.note[0].text", body=with_end(b',"note":[{"text":"a\\u0000b"}]')),
    Case("a bell in a code", 400, "structure", "Condition.id", body=with_end(b',"id":"\\u0007"')),
    Case("a form feed in a name", 400, "structure", "Condition", body=with_end(b',"a\\f":"b"')),
    Case("gzip", 400, "structure", body=lambda city: b"\x1f\x8b\x08\x00" + text(city)),
    Case("an unknown element", 422, "structure", "Condition.colour", body=lambda city: text(city, colour="blue")),
    Case("no subject", 422, "required", "Condition.subject", body=lambda city: _less(city)),
    Case(
        "no such day", 422, "value", "Condition.recordedDate", body=lambda city: text(city, recordedDate="2026-02-30")
    ),
    Case(
        "a number for a string",
        422,
        "structure",
        "Condition.recordedDate",
        body=lambda city: text(city, recordedDate=3),
    ),
    Case("an object for a list", 422, "structure", "Condition.note", body=lambda city: text(city, note={"text": "x"})),
    Case("an empty list", 422, "structure", "Condition.note", body=lambda city: text(city, note=[])),
    Case(
        "a code of no value set",
        422,
        "code-invalid",
        "Condition.clinicalStatus",
        body=lambda city: text(city, clinicalStatus=_status("sleepy")),
    ),
    Case(
        "an integer beyond 32 bits",
        422,
        "value",
        "Condition.extension[0].valueInteger",
        body=with_end(b',"extension":[{"url":"urn:a","valueInteger":99999999999999999999}]'),
    ),
    Case("a narrative that acts", 422, "invariant", "Condition.text.div", body=lambda city: text(city, text=_script())),
    Case("an invariant", 422, "invariant", "Condition", body=lambda city: text(city, abatementString="改善")),
    Case("blank", 422, "value", "Condition.note[0].text", body=lambda city: text(city, note=[{"text": "　"}])),
    Case("no language", 422, "code-invalid", "Condition.language", body=lambda city: text(city, language="jp")),
    Case(
        "a version that is not there",
        422,
        "not-found",
        "Condition.evidence[0].detail[0]",
        body=lambda city: text(city, evidence=[{"detail": [{"reference": f"{city.known['mother']}/_history/9"}]}]),
    ),
    Case("65 deep", 413, "too-long", body=with_end(b',"note":' + b"[" * 65 + b"]" * 65)),
    Case("100,000 open brackets", 413, "too-long", body=lambda city: b"[" * 100_000),
    Case("100,000 brackets", 413, "too-long", body=with_end(b',"note":' + b"[" * 100_000 + b"]" * 100_000)),
    Case("100,000 objects", 413, "too-long", body=lambda city: b'{"a":' * 100_000 + b"1" + b"}" * 100_000),
    Case("six megabytes", 413, "too-long", body=with_end(b',"note":[{"text":"' + b"a" * 6_000_000 + b'"}]')),
)


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("case", BODIES, ids=lambda case: case.name)
def test_a_bad_body_is_refused_and_stores_nothing(
    case: Case, language: str, standing: City, asking: Asking, stored: Stored
) -> None:
    try_case(case, language, standing, asking, stored)


OTHERS: tuple[dict[str, Any], ...] = (
    {"resourceType": "AuditEvent", "recorded": "2026-01-01T00:00:00Z", "type": {"code": "rest"}},
    {"resourceType": "Bundle", "type": "collection"},
    {
        "resourceType": "SearchParameter",
        "url": "urn:a",
        "name": "A",
        "status": "draft",
        "description": "a",
        "code": "a",
    },
    {"resourceType": "Organization", "name": "a"},
    {"resourceType": "Practitioner", "active": True},
    {"resourceType": "PractitionerRole", "active": True},
    {"resourceType": "HealthcareService", "active": True},
    {"resourceType": "Location", "name": "a"},
)
_MORE: dict[str, dict[str, Any]] = {
    "AuditEvent": {"agent": [{"requestor": True}], "source": {"observer": {"display": "a"}}},
    "SearchParameter": {"base": ["Patient"], "type": "token"},
}


@pytest.mark.parametrize("resource", OTHERS, ids=lambda resource: resource["resourceType"])
def test_what_is_no_casework_cannot_be_written(resource: dict[str, Any], asking: Asking, stored: Stored) -> None:
    type = resource["resourceType"]
    body, before = resource | _MORE.get(type, {}), stored.count()
    status, code = (403, "forbidden") if type in vocabulary.SERVED else (404, "not-supported")
    refused(asking.ask("POST", type, orjson.dumps(body)), status, code, "", "ja")
    entry = {"resource": body, "request": {"method": "POST", "url": type}}
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": [entry]}
    refused(asking.ask("POST", "", orjson.dumps(bundle)), status, code, "", "ja")
    assert stored.count() == before


def test_meta_is_the_servers_but_for_labels_and_tags(city: City, asking: Asking) -> None:
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": "R"}
    meta = {"versionId": "77", "lastUpdated": "2001-01-01T00:00:00Z", "security": [label], "tag": [{"code": "mine"}]}
    sent = city.payload("withheld-concern") | {"id": "mine", "meta": meta}
    written = asking.ask("POST", "Condition", orjson.dumps(sent))
    assert written.status == 201
    found = asking.ask("GET", written.created[0]).json
    assert found["id"] != "mine"
    assert found["meta"]["versionId"] == "1"
    assert found["meta"]["lastUpdated"] > "2026"
    assert found["meta"]["security"] == [label]
    assert found["meta"]["tag"] == [{"code": "mine"}]


def test_a_reference_to_a_type_that_is_not_served_is_kept_and_metadata_says_so(city: City, asking: Asking) -> None:
    detail = [{"reference": "Procedure/elsewhere"}, {"reference": f"{city.known['mother']}/_history/1"}]
    sent = city.payload("withheld-concern") | {"evidence": [{"detail": detail}]}
    written = asking.ask("POST", "Condition", orjson.dumps(sent))
    assert written.status == 201
    assert asking.ask("GET", written.created[0]).json["evidence"] == sent["evidence"]
    (rest,) = asking.ask("GET", "metadata").json["rest"]
    (condition,) = [each for each in rest["resource"] if each["type"] == "Condition"]
    assert condition["referencePolicy"] == ["literal", "logical", "enforced"]


def test_a_reference_to_what_one_cannot_see_is_refused_like_one_to_nothing(
    city: City, people: Any, stored: Stored
) -> None:
    stranger = people.officer("child-guidance")
    before = stored.count()
    unseen, absent = city.known["mother"], f"Patient/{'0' * 36}"
    answers = [
        stranger.post("Condition", city.payload("withheld-concern", mother=target)) for target in (unseen, absent)
    ]
    assert answers[0].status == 422
    assert answers[0].json["issue"][0]["expression"] == ["Condition.subject"]
    assert answers[0].text.replace(unseen, "*") == answers[1].text.replace(absent, "*")
    assert stored.count() == before


def _less(city: City) -> bytes:
    return orjson.dumps({name: value for name, value in concern(city).items() if name != "subject"})


def _status(code: str) -> dict[str, Any]:
    return {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": code}]}


def _script() -> dict[str, str]:
    return {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml"><script>1</script></div>'}
