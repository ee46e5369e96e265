"""A Basic over HTTP: found by what R4 finds it by, and about somebody."""

from __future__ import annotations

from typing import Any

import orjson

from demo.journey.city import City
from demo.people import People
from tests.http.asking import Asking

KIND = {"system": "urn:kinds", "code": "note"}


def note(**elements: Any) -> bytes:
    author = {"reference": "Organization/yorisoi-center"}
    return orjson.dumps({"resourceType": "Basic", "code": {"coding": [KIND]}, "author": author, **elements})


def test_a_basic_is_found_by_what_r4_finds_it_by(city: City, asking: Asking, people: People) -> None:
    mother = city.known["mother"]
    id = mother.partition("/")[2]
    number = [{"system": "urn:notes", "value": id}]
    written = asking.ask("POST", "Basic", note(subject={"reference": mother}, created="2026-11-20", identifier=number))
    assert written.status == 201, written.text
    [name] = written.created
    for asked in (
        f"subject={mother}",
        f"patient={id}&code=urn:kinds|note",
        f"patient={id}&created=2026-11&author=Organization/yorisoi-center",
        f"identifier=urn:notes|{id}",
        f"subject:Patient.gender=female&identifier={id}",
    ):
        assert asking.ask("GET", f"Basic?{asked}").references == (name,), asked
    assert asking.ask("GET", f"Basic?patient={id}&code=other").references == ()
    assert asking.ask("GET", f"{mother}/Basic").references == (name,)
    assert set(asking.ask("GET", f"Patient?_id={id}&_revinclude=Basic:patient").references) == {mother, name}
    assert "<Basic xmlns" in asking.ask("GET", name, headers={"Accept": "application/fhir+xml"}).text
    assert people.officer("health-center").get(name).status == 404
    assert asking.ask("DELETE", name).status == 204


def test_a_basic_about_nobody_is_refused_where_that_is_said(asking: Asking) -> None:
    for subject in ({}, {"subject": {"reference": "Organization/yorisoi-center"}}, {"subject": {"display": "母"}}):
        answer = asking.ask("POST", "Basic", note(**subject))
        assert answer.status == 422, answer.text
        assert answer.json["issue"][0]["expression"][0].startswith("Basic.subject")
