"""A Provenance over HTTP: found by what R4 finds it by, with what it tells of, in either format."""

from __future__ import annotations

import json
from typing import Any

import orjson

from demo.journey.city import City
from demo.people import People
from tests.http.asking import Asking

RECORDED = "2026-11-20T10:00:00+09:00"


def told(target: str) -> dict[str, Any]:
    activity = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-DataOperation", "code": "CREATE"}]}
    agent = {"type": {"text": "作成"}, "who": {"reference": "Organization/yorisoi-center"}}
    body = {"resourceType": "Provenance", "target": [{"reference": target}], "recorded": RECORDED, "agent": [agent]}
    return body | {"activity": activity, "occurredDateTime": "2026-11-19"}


def test_a_provenance_is_found_by_what_r4_finds_it_by(city: City, asking: Asking, people: People) -> None:
    mother = city.known["mother"]
    written = asking.ask("POST", "Provenance", orjson.dumps(told(mother)))
    assert written.status == 201, written.text
    [name] = written.created
    id = mother.partition("/")[2]
    for asked in (
        f"target={mother}",
        f"patient={mother}",
        f"target:Patient={id}&agent=Organization/yorisoi-center",
        f"patient={id}&recorded=2026-11-20&when=2026-11-19",
        f"patient={id}&target:Patient.gender=female",
    ):
        assert asking.ask("GET", f"Provenance?{asked}").references == (name,), asked
    assert asking.ask("GET", f"Provenance?patient={id}&recorded=lt2026-11-20").references == ()
    assert asking.ask("GET", f"{mother}/Provenance").references == (name,), "its compartment"
    assert set(asking.ask("GET", f"Provenance?patient={id}&_include=Provenance:target").references) == {name, mother}
    both = asking.ask("GET", f"Patient?_id={id}&_revinclude=Provenance:target").references
    assert set(both) == {mother, name}
    assert asking.ask("GET", f"Patient?_id={id}&_has:Provenance:target:recorded=2026-11-20").references == (mother,)
    assert f"Provenance/{name.partition('/')[2]}" in asking.ask("GET", f"{mother}/$everything?_count=500").references
    xml = asking.ask("GET", name, headers={"Accept": "application/fhir+xml"})
    assert f'<recorded value="{RECORDED}"/>' in xml.text
    again = asking.ask("PUT", name, xml.text.encode(), {"Content-Type": "application/fhir+xml"})
    assert again.status == 200, again.text
    assert people.officer("health-center").get(name).status == 404
    assert people.officer("health-center").get("Provenance", target=mother).json["total"] == 0


def test_its_target_is_found_in_the_transaction_and_by_a_condition(city: City, asking: Asking) -> None:
    urn = "urn:uuid:5c9c8a52-9c7c-4a7e-8e8f-1f1f5f0a0001"
    number = "https://tsunagu.example/fhir/sid/resident|0919-77"
    identifier = [{"system": number.partition("|")[0], "value": "0919-77"}]
    entries = [
        {"resource": told(urn), "request": {"method": "POST", "url": "Provenance"}},
        {
            "fullUrl": urn,
            "resource": {"resourceType": "Patient", "identifier": identifier},
            "request": {"method": "POST", "url": "Patient"},
        },
        {"resource": told(f"Patient?identifier={number}"), "request": {"method": "POST", "url": "Provenance"}},
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    done = asking.ask("POST", "", orjson.dumps(bundle))
    assert done.status == 200, done.text
    one, patient, other = done.created
    assert asking.ask("GET", f"Provenance?target={patient}").total == 2
    assert {one, other} == set(asking.ask("GET", f"Provenance?target={patient}").references)
    refused = asking.ask("POST", "Provenance", orjson.dumps(told("Patient?identifier=urn:none|1")))
    assert refused.status == 422
    assert refused.json["issue"][0]["expression"][0].startswith("Provenance.target[0]")


def test_what_r4_requires_of_it_is_asked(asking: Asking, city: City) -> None:
    for left in ("target", "recorded", "agent"):
        body = {key: value for key, value in told(city.known["mother"]).items() if key != left}
        answer = asking.ask("POST", "Provenance", orjson.dumps(body))
        assert answer.status == 422, left
        assert answer.json["issue"][0]["expression"] == [f"Provenance.{left}"]


def beside(**elements: Any) -> dict[str, str]:
    """The header, as it comes with the record that it is of."""
    whole = {key: value for key, value in told("").items() if key != "target"} | elements
    return {"X-Provenance": json.dumps(whole)}


def test_it_may_come_with_the_record_that_it_is_of(city: City, asking: Asking) -> None:
    mother = city.known["mother"]
    new = {"resourceType": "Condition", "subject": {"reference": mother}, "code": {"text": "来歴のある困りごと"}}
    [name] = asking.ask("POST", "Condition", orjson.dumps(new), beside()).created
    assert asking.ask("GET", f"Provenance?target={name}").total == 1
    changed = asking.ask("GET", name).json | {"code": {"text": "改めた困りごと"}}
    assert asking.ask("PUT", name, orjson.dumps(changed), beside()).status == 200
    patch = orjson.dumps([{"op": "replace", "path": "/code/text", "value": "もう一度"}])
    assert asking.ask("PATCH", name, patch, beside() | {"Content-Type": "application/json-patch+json"}).status == 200
    found = asking.ask("GET", f"Provenance?target={name}").json["entry"]
    assert [each["resource"]["agent"][0]["type"]["text"] for each in found] == ["作成"] * 3
    refused = asking.ask("PUT", name, orjson.dumps(changed), beside(agent=[]))
    assert refused.status == 422, refused.text
    assert refused.json["issue"][0]["expression"][0].startswith("Provenance.agent")
    assert asking.ask("GET", name).json["meta"]["versionId"] == "3", "nothing is written where it is wrong"
    token = city.people.officer("yorisoi", scope="user/Condition.cruds").token()
    with Asking(asking.base, token) as narrow:
        assert narrow.ask("PUT", name, orjson.dumps(changed), beside()).status == 403
    assert asking.ask("GET", name).json["meta"]["versionId"] == "3"


def test_where_it_cannot_come_along_it_is_refused_and_nothing_is_done(city: City, asking: Asking) -> None:
    concern = city.known["sister-income-work"]
    body = asking.ask("GET", concern).text.encode()
    bundle = orjson.dumps({"resourceType": "Bundle", "type": "batch", "entry": [{"request": {"method": "GET"}}]})
    for method, path, sent, headers in (
        ("DELETE", concern, None, beside()),
        ("POST", "", bundle, beside()),
        ("PUT", f"Condition?_id={concern.partition('/')[2]}", body, beside()),
        ("POST", "Condition", body, beside() | {"If-None-Exist": "_id=none"}),
        ("PUT", concern, body, beside(target=[{"reference": concern}])),
        ("PUT", concern, body, beside(resourceType="Patient")),
        ("PUT", concern, body, {"X-Provenance": "{"}),
        ("POST", f"{concern}/$meta-add", body, beside()),
        ("POST", "Subscription", b'{"resourceType":"Subscription"}', beside()),
    ):
        answer = asking.ask(method, path, sent, headers)
        assert answer.status == 400, (method, path, answer.text)
    assert asking.ask("GET", concern).json["meta"]["versionId"] == "1"
