"""The card of a person is who they are and how they are reached, and nothing else of their record (P2)."""

from __future__ import annotations

import orjson
import pytest

from consent.secrecy import card
from profiles import load
from resources.record.version import Version
from resources.search import request
from resources.search.index import Index

INDEX = Index(load.load(), "https://records.example/fhir")
OF_A_SCHOOL = "Patient?organization=Organization/school"


def of(body: bytes) -> bytes:
    found = card.of(Version("Patient", "1", 3, "2026-11-23T04:00:00.000Z", False, body, (".type Patient",)))
    assert (found.type, found.id, found.number, found.terms) == ("Patient", "1", 3, (".type Patient",))
    return found.body


def test_who_somebody_is_and_how_they_are_reached_is_all_that_is_on_it() -> None:
    on_it = {
        "name": [{"text": "水無瀬"}],
        "_gender": {"id": "g"},
        "gender": "female",
        "birthDate": "1980-11-02",
        "_birthDate": {"id": "b"},
        "telecom": [{"system": "phone", "value": "086-000-0001"}],
    }
    not_on_it = {
        "text": {"status": "generated", "div": "<div>水無瀬</div>"},
        "identifier": [{"system": "urn:n", "value": "7"}],
        "address": [{"text": "山陽町"}],
        "_active": {"id": "a"},
        "active": True,
        "managingOrganization": {"reference": "Organization/school"},
        "contact": [{"name": {"text": "母"}}],
        "extension": [{"url": "urn:x", "valueString": "x"}],
    }
    stamps = {"versionId": "3", "lastUpdated": "2026-11-23T04:00:00.000Z"}
    meta = {**stamps, "security": [{"code": "R"}], "tag": [{"code": "x"}], "source": "urn:x"}
    key = {"resourceType": "Patient", "id": "1"}
    assert orjson.loads(of(orjson.dumps({**key, "meta": meta, **not_on_it, **on_it}))) == {
        **key,
        "meta": stamps,
        **on_it,
    }


def test_the_digits_of_a_number_on_it_stay_as_they_were_written() -> None:
    body = b'{"resourceType":"Patient","id":"1","telecom":[{"rank":1,"extension":[{"url":"u","valueDecimal":1.50}]}]}'
    assert b"1.50" in of(body)
    assert orjson.loads(of(body)).keys() == {"resourceType", "id", "meta", "telecom"}


@pytest.mark.parametrize(
    "asked",
    [
        "Patient?",
        "Patient?_id=1&_lastUpdated=gt2026&name=a&family=a&given=a&phonetic=a",
        "Patient?gender=female&birthdate=1980&telecom=1&phone=1&email=1",
        "Patient?_id=1&_lastUpdated=gt2026&name=a&family=a&given=a&phonetic=a"
        "&gender=female&birthdate=1980&telecom=1&phone=1&email=1",
        "Patient?_sort=_id,-_lastUpdated,name,family",
        "Patient?_sort=given,phonetic,gender,birthdate",
        "Patient?_sort=telecom,phone,-email",
    ],
)
def test_a_search_by_what_is_on_the_card_may_find_it(asked: str) -> None:
    assert card.asks_for_it_alone(search(asked))


@pytest.mark.parametrize(
    "asked",
    [
        OF_A_SCHOOL,
        f"{OF_A_SCHOOL}&name=a",
        "Patient?_sort=organization",
        "Patient?_sort=name,-organization",
        "Patient?address=a",
        "Patient?_tag=x",
        "Patient?organization.name=a",
        "Patient?_has:Condition:subject:code=x",
        "Condition?_id=1",
        "RelatedPerson?name=a",
    ],
)
def test_a_search_by_anything_else_would_tell_of_what_is_not_on_it(asked: str) -> None:
    assert not card.asks_for_it_alone(search(asked))


def search(asked: str) -> request.SearchRequest:
    type, _, said = asked.partition("?")
    parts = [each.partition("=") for each in said.split("&") if each]
    return request.parse(INDEX, type, [(name, value) for name, _, value in parts])
