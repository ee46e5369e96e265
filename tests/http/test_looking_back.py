"""The history of a type and of all, and what is in the compartment of a record: as far as the caller may see.

https://hl7.org/fhir/R4/http.html#history; https://hl7.org/fhir/R4/compartmentdefinition.html
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import orjson

from demo.answer import Answer
from demo.journey.city import City
from tests.http.asking import Asking
from tests.http.refused import concern, refused, text
from tests.http.test_interactions import _pages


def test_the_history_of_a_type_and_of_all_is_newest_first_and_complete(city: City, asking: Asking) -> None:
    mark = asking.ask("POST", "Condition", text(city))
    since = mark.json["meta"]["lastUpdated"]
    name = mark.created[0]
    for year in ("2001", "2002", "2003"):
        found = asking.ask("GET", name).json
        assert asking.ask("PUT", name, orjson.dumps(found | {"recordedDate": year})).status == 200
    assert asking.ask("DELETE", name).status == 204
    for path in ("Condition/_history", "_history"):
        told = [
            (entry["request"]["url"], entry["response"]["etag"])
            for page in _entries(asking, f"{path}?_since={since}&_count=2")
            for entry in page
        ]
        assert [etag for url, etag in told if url == name] == [f'W/"{number}"' for number in range(5, 0, -1)]
        assert len(told) == len(set(told))
    first = asking.ask("GET", f"Condition/_history?_since={since}&_count=2").json
    assert (first["type"], "total" in first) == ("history", False)
    assert first["entry"][0]["request"]["method"] == "DELETE" or first["entry"][0]["request"]["url"] != name
    for bad in ("_since=yesterday", "_at=ge2019", "_at=2019&_at=2020", "_sort=status", "colour=blue"):
        assert asking.ask("GET", f"Condition/_history?{bad}").status == 400, bad


def test_a_history_of_a_time_tells_what_stood_then(city: City, asking: Asking) -> None:
    name = asking.ask("POST", "Condition", text(city)).created[0]
    stood = [asking.ask("GET", name).json["meta"]["lastUpdated"]]
    for year in ("2001", "2002"):
        found = asking.ask("GET", name).json
        answer = asking.ask("PUT", name, orjson.dumps(found | {"recordedDate": year}))
        stood.append(answer.json["meta"]["lastUpdated"])
    assert asking.ask("DELETE", name).status == 204

    def told(path: str, at: str) -> list[str]:
        found = [entry for page in _entries(asking, f"{path}/_history?_at={quote(at)}&_count=1") for entry in page]
        return [entry["response"]["etag"] for entry in found if entry["request"]["url"] == name]

    assert [told(name, at) for at in stood] == [[f'W/"{number}"'] for number in (1, 2, 3)]
    assert told("Condition", stood[1]) == ['W/"2"']
    day = stood[0][:10]
    assert told(name, day)[:1] in ([], ['W/"4"'])
    assert told(name, "1999") == []
    assert asking.ask("GET", f"{name}/_history?_at=1999").json["total"] == 0


def test_one_goes_back_and_forth_in_a_history(city: City, asking: Asking) -> None:
    name = asking.ask("POST", "Condition", text(city)).created[0]
    for year in range(2001, 2006):
        found = asking.ask("GET", name).json
        assert asking.ask("PUT", name, orjson.dumps(found | {"recordedDate": str(year)})).status == 200
    for path in (f"{name}/_history?_count=2", "Condition/_history?_count=2", "_history?_count=2"):
        pages = [asking.ask("GET", path)]
        for _ in range(2):
            pages.append(asking.ask("GET", _led(asking, pages[-1], "next")))
        assert not _led(asking, pages[0], "previous")
        for before, page in itertools.pairwise(pages):
            back = asking.ask("GET", _led(asking, page, "previous")).json
            assert [one["fullUrl"] for one in back["entry"]] == [one["fullUrl"] for one in before.json["entry"]]
            assert [one["response"] for one in back["entry"]] == [one["response"] for one in before.json["entry"]]


def _led(asking: Asking, answer: Answer, relation: str) -> str:
    links = {each["relation"]: each["url"] for each in answer.json["link"]}
    return str(links.get(relation, "")).removeprefix(f"{asking.base}/")


def test_nobody_finds_in_a_history_what_they_may_not_see(city: City, asking: Asking) -> None:
    name = asking.ask("POST", "Condition", text(city)).created[0]
    with Asking(asking.base, city.people.officer("child-guidance").token()) as other, Asking(asking.base) as stranger:
        for path in ("Condition/_history", "_history"):
            seen = [entry["request"]["url"] for page in _entries(other, f"{path}?_count=200") for entry in page]
            assert name not in seen
        refused(stranger.ask("GET", "_history"), 401, "login", "", "ja")
        refused(stranger.ask("GET", "Condition/_history"), 401, "login", "", "ja")
        for type in ("Organization", "StructureDefinition"):
            assert stranger.ask("GET", f"{type}/_history?_count=1").json["entry"]
        refused(asking.ask("GET", "AuditEvent/_history"), 400, "not-supported", "", "ja")


def test_a_compartment_holds_what_names_its_record(city: City, asking: Asking) -> None:
    mother, son = city.known["mother"], city.known["son"]
    name = asking.ask("POST", "Condition", orjson.dumps(concern(city, subject={"reference": mother}))).created[0]
    inside = [f"Condition/{each['id']}" for page in _pages(asking, f"{mother}/Condition?_count=3") for each in page]
    assert name in inside
    assert set(inside) == set(asking.ask("GET", f"Condition?patient={mother}&_count=100").references)
    assert asking.ask("GET", f"{mother}/Condition?_id={name.partition('/')[2]}").total == 1
    assert asking.ask("GET", f"{son}/Condition?_id={name.partition('/')[2]}").total == 0
    refused(asking.ask("GET", f"{mother}/Condition?colour=blue"), 400, "not-supported", "colour", "ja")
    refused(asking.ask("GET", f"{mother}/Location"), 404, "not-supported", "", "ja")
    with Asking(asking.base, city.people.officer("child-guidance").token()) as other:
        nothing = [other.ask("GET", f"Patient/{id}/Condition").json for id in (mother.partition("/")[2], "nobody")]
        assert [each["total"] for each in nothing] == [0, 0]


def _entries(asking: Asking, path: str) -> Iterator[list[dict[str, Any]]]:
    while path:
        answer = asking.ask("GET", path)
        assert answer.status == 200, answer.text
        yield answer.json.get("entry", [])
        following = {link["relation"]: link["url"] for link in answer.json["link"]}
        path = following.get("next", "").removeprefix(f"{asking.base}/")
