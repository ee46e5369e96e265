"""A scope with a filter reaches the records that a search with it finds, and no others, whatever is asked.

https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html
"""

from __future__ import annotations

from collections.abc import Iterator

import orjson
import pytest

from demo.journey.city import City
from demo.people import People
from demo.rest import Client
from tests.http.asking import Asking
from tests.http.refused import concern

FIELDS = "https://tsunagu.example/fhir/CodeSystem/concern-field"
MENTAL = f"code={FIELDS}|mental-health"
SCOPE = f"user/Condition.cruds?{MENTAL} user/Patient.rs"


@pytest.fixture
def narrow(people: People) -> Client:
    return people.officer("yorisoi", scope=SCOPE)


@pytest.fixture
def raw(people: People, narrow: Client) -> Iterator[Asking]:
    with Asking(people.base, narrow.token()) as anything:
        yield anything


def coded(city: City, field: str) -> dict[str, object]:
    kept = concern(city)
    return kept | {"code": {"coding": [{"system": FIELDS, "code": field}]}}


def test_a_read_a_history_and_a_version_are_of_what_the_filter_finds(city: City, raw: Asking) -> None:
    inside, outside = city.known["mother-mental-health"], city.known["son-child-rearing"]
    for path in ("", "/_history", "/_history/1", "/$meta"):
        assert raw.ask("GET", f"{inside}{path}").status == 200, path
        answer = raw.ask("GET", f"{outside}{path}")
        none = raw.ask("GET", f"Condition/none{path}")
        assert (answer.status, answer.json and answer.json["issue"][0]["code"]) == (404, "not-found")
        assert none.status == 404


def test_a_search_finds_what_the_filter_finds_and_counts_no_more(city: City, people: People, narrow: Client) -> None:
    tag = {"_tag": city.tag} if hasattr(city, "tag") else {}
    everything = people.officer("yorisoi").search("Condition", _count="200", **tag)
    expected = [one["id"] for one in everything.resources if "mental-health" in str(one.get("code"))]
    found = narrow.search("Condition", _count="200", **tag)
    assert sorted(one["id"] for one in found.resources) == sorted(expected)
    assert found.total == len(expected) < (everything.total or 0)
    assert narrow.search("Condition", code="child-rearing").total == 0


def test_nothing_is_written_outside_the_filter_nor_moved_across_it(city: City, raw: Asking, people: People) -> None:
    inside = raw.ask("POST", "Condition", orjson.dumps(coded(city, "mental-health")))
    assert inside.status == 201, inside.text
    outside = raw.ask("POST", "Condition", orjson.dumps(coded(city, "housing")))
    assert outside.status == 403
    assert "insufficient_scope" in outside.headers["www-authenticate"]
    kept = inside.json
    moved = kept | {"code": {"coding": [{"system": FIELDS, "code": "housing"}]}}
    assert raw.ask("PUT", f"Condition/{kept['id']}", orjson.dumps(moved)).status == 403
    other = people.officer("yorisoi").get(city.known["son-child-rearing"]).json
    taken = other | {"code": {"coding": [{"system": FIELDS, "code": "mental-health"}]}}
    assert raw.ask("PUT", f"Condition/{other['id']}", orjson.dumps(taken)).status in (403, 404)
    assert raw.ask("DELETE", city.known["son-child-rearing"]).status in (403, 204)
    assert people.officer("yorisoi").get(city.known["son-child-rearing"]).status == 200
    assert raw.ask("GET", f"Condition/{kept['id']}").status == 200


def test_one_entry_outside_it_undoes_the_bundle(city: City, raw: Asking, people: People) -> None:
    everybody = people.officer("yorisoi")
    before = everybody.search("Condition", _summary="count").total
    entries = [
        {"resource": coded(city, field), "request": {"method": "POST", "url": "Condition"}}
        for field in ("mental-health", "housing")
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    assert raw.ask("POST", "", orjson.dumps(bundle)).status == 403
    assert everybody.search("Condition", _summary="count").total == before
    bundle["entry"] = entries[:1]
    assert raw.ask("POST", "", orjson.dumps(bundle)).status == 200


def test_no_include_chain_or_entry_reaches_past_the_filter(city: City, raw: Asking, people: People) -> None:
    mother, son = city.known["mother"], city.known["son"]
    inside, outside = city.known["mother-mental-health"], city.known["son-child-rearing"]

    def found(path: str, client: Asking = raw) -> set[str]:
        answer = client.ask("GET", path)
        assert answer.status == 200, answer.text
        resources = [entry["resource"] for entry in answer.json.get("entry", ())]
        return {f"{one['resourceType']}/{one['id']}" for one in resources}

    wanted = f"Patient?_id={mother.partition('/')[2]},{son.partition('/')[2]}"
    with Asking(people.base, people.officer("yorisoi").token()) as everything:
        for path in (f"{wanted}&_revinclude=Condition:subject", f"{wanted}&_revinclude=*"):
            assert {inside, outside} <= found(path, everything), path
            assert found(path) >= {mother, son, inside}, path
            assert outside not in found(path), path
            assert not [one for one in found(path) if not one.startswith(("Patient/", "Condition/"))], path
        hidden = "_has:Condition:subject:code=child-rearing"
        assert son in found(f"{wanted}&{hidden}", everything)
        assert found(f"{wanted}&{hidden}") == set(), "whom a record is about is no way to learn of it"
        assert found(f"{wanted}&_has:Condition:subject:code=mental-health") == {mother}
        for path in ("Condition/_history", f"{son}/Condition", f"Patient/{son.partition('/')[2]}/$everything"):
            answer = raw.ask("GET", path)
            assert outside.partition("/")[2] not in answer.text, path
    entries = [{"request": {"method": "GET", "url": url}} for url in (inside, outside, f"{outside}/_history/1")]
    batch = raw.ask("POST", "", orjson.dumps({"resourceType": "Bundle", "type": "batch", "entry": entries}))
    assert [entry["response"]["status"][:3] for entry in batch.json["entry"]] == ["200", "404", "404"]


def test_of_other_types_it_says_nothing(raw: Asking) -> None:
    refused = raw.ask("GET", "Task")
    assert refused.status == 403
    assert 'error="insufficient_scope"' in refused.headers["www-authenticate"]


def test_who_asks_only_who_they_are_reads_their_own_record_and_no_other(people: People) -> None:
    itself = people.officer("yorisoi", scope="")
    assert itself.get("Practitioner/practitioner-yorisoi").status == 200
    assert itself.get("Practitioner/practitioner-convener").status == 404
    assert itself.search("Practitioner").status == 403
    assert itself.get("Organization/lead-section").status == 403
