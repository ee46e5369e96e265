"""Searches of several types, of the whole server and inside a compartment: of each what its own search finds.

https://hl7.org/fhir/R4/http.html#search
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

import pytest

from demo.answer import Answer
from demo.journey.city import City
from tests.http.asking import Asking
from tests.http.refused import refused

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def pages(asking: Asking, path: str) -> Iterator[Answer]:
    while path:
        answer = asking.ask("GET", path)
        assert answer.status == 200, answer.text
        yield answer
        links = {each["relation"]: each["url"] for each in answer.json["link"]}
        path = links.get("next", "").removeprefix(asking.base).removeprefix("/")


def found(asking: Asking, path: str) -> list[str]:
    return [each for page in pages(asking, path) for each in page.references]


def test_a_search_of_several_types_finds_what_each_finds(city: City, asking: Asking) -> None:
    tag = f"_tag={quote(city.known['tag'])}"
    types = ("Condition", "Group", "Patient", "Task")
    alone = {type: found(asking, f"{type}?{tag}&_sort=_id") for type in types}
    assert sum(map(bool, alone.values())) > 1
    expected = [each for type in types for each in alone[type]]
    together = found(asking, f"?_type={','.join(types)}&{tag}&_sort=_id&_count=2")
    assert together == expected
    first = asking.ask("GET", f"?_type={','.join(types)}&{tag}&_count=1")
    assert first.total == len(expected)
    posted = asking.ask("POST", "_search", f"_type={','.join(types)}&{tag}".encode(), FORM)
    assert (posted.status, sorted(posted.references)) == (200, sorted(expected))
    newest = found(asking, f"?_type={','.join(types)}&{tag}&_sort=-_lastUpdated&_count=2")
    assert sorted(newest) == sorted(expected)
    with Asking(asking.base, city.people.officer("child-guidance").token()) as other:
        mine = [each for type in types for each in found(other, f"{type}?{tag}&_sort=_id")]
        assert found(other, f"?_type={','.join(types)}&{tag}&_sort=_id") == mine
        assert set(mine) < set(expected)


def test_everything_in_a_compartment_is_what_each_type_of_it_finds(city: City, asking: Asking) -> None:
    mother = city.known["mother"]
    types = sorted({each.partition("/")[0] for each in found(asking, f"{mother}/*")})
    assert len(types) > 1
    expected = [each for type in types for each in found(asking, f"{mother}/{type}?_sort=_id")]
    assert found(asking, f"{mother}/*?_sort=_id&_count=1") == expected
    assert found(asking, f"{mother}/*?_type={types[0]}") == found(asking, f"{mother}/{types[0]}?_sort=_id")
    refused(asking.ask("GET", f"{mother}/*?_type=Organization"), 400, "not-supported", "_type", "ja")
    refused(asking.ask("GET", "Organization/lead-section/*"), 404, "not-supported", "", "ja")


@pytest.mark.parametrize(
    ("query", "status", "code", "at"),
    [
        ("", 400, "structure", "_type"),
        ("_type=Nope", 400, "not-supported", "_type"),
        ("_type=AuditEvent", 400, "not-supported", "_type"),
        ("_type=Subscription,Patient", 400, "not-supported", "_type"),
        ("_type=Questionnaire", 400, "not-supported", "_type"),
        ("_type=Patient,Condition&gender=male", 400, "not-supported", "gender"),
        ("_type=Patient,Condition&_sort=gender", 400, "not-supported", "_sort"),
        ("_type=Patient&_include=Patient:link", 400, "not-supported", "_include"),
        ("_type=Patient&_elements=name", 400, "not-supported", "_elements"),
        ("_type=Patient&_cursor=abc", 400, "structure", "_cursor"),
    ],
)
def test_what_several_types_cannot_be_asked_is_refused(
    query: str, status: int, code: str, at: str, asking: Asking
) -> None:
    refused(asking.ask("GET", f"?{query}" if query else ""), status, code, at, "ja")


def test_a_stranger_searches_the_directory_alone(asking: Asking) -> None:
    with Asking(asking.base) as stranger:
        assert stranger.ask("GET", "?_type=Organization,HealthcareService&_count=1").status == 200
        refused(stranger.ask("GET", "?_type=Organization,Patient"), 401, "login", "", "ja")
