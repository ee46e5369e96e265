"""Order, parts of records and pages over HTTP.

https://hl7.org/fhir/R4/search.html#return
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import orjson
import pytest

from demo.answer import Answer
from demo.journey.city import City
from demo.people import People
from tests.http.asking import Asking
from tests.world import household

NAMES = ("わかば", "あおい", "ウミ", "", "えいた", "あおい")
BORN = ("2001-03-04", "2003", "1999-01", "1999-01-02", "", "2000-01-01")


@pytest.fixture(scope="module")
def persons(standing: City) -> City:
    """Six persons of one tag: two are alike in name, one has none, one no date of birth."""
    city = City(standing.people)
    given = {
        str(place): {"resourceType": "Patient", "active": True}
        | ({"name": [{"given": [name], "family": "浜野"}]} if name else {})
        | ({"birthDate": born} if born else {})
        for place, (name, born) in enumerate(zip(NAMES, BORN, strict=True))
    }
    assert household.file(city, given).status == 200
    return city


def pages(asking: Asking, city: City, query: str, relation: str = "next") -> Iterator[Answer]:
    path = f"Patient?_tag={quote(city.known['tag'])}&{query}"
    while path:
        answer = asking.ask("GET", path)
        assert answer.status == 200, answer.text
        yield answer
        path = link(asking, answer, relation)


def link(asking: Asking, answer: Answer, relation: str) -> str:
    links: dict[str, str] = {each["relation"]: each["url"] for each in answer.json["link"]}
    return links.get(relation, "").removeprefix(f"{asking.base}/")


def order(city: City, answers: Iterator[Answer]) -> list[str]:
    names = {reference: name for name, reference in city.known.items() if "/" in reference}
    return [names[each] for answer in answers for each in answer.references]


@pytest.mark.parametrize("count", [1, 2, 4, 50])
@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("birthdate", "2,3,5,0,1,4"),
        ("-birthdate", "1,0,5,2,3,4"),
        ("given,birthdate", "5,1,2,4,0,3"),
        ("given,-birthdate", "1,5,2,4,0,3"),
        ("-given,birthdate", "0,4,2,5,1,3"),
        ("active,-given,-birthdate", "0,4,2,1,5,3"),
        ("family,-birthdate", "1,0,5,2,4,3"),
    ],
)
def test_rows_are_sorted_by_any_parameter_on_every_page(
    sort: str, expected: str, count: int, persons: City, asking: Asking
) -> None:
    assert order(persons, pages(asking, persons, f"_sort={sort}&_count={count}")) == expected.split(",")


def test_a_page_names_itself(persons: City, asking: Asking) -> None:
    for answer in pages(asking, persons, "_count=2&_sort=given"):
        again = asking.ask("GET", link(asking, answer, "self"))
        assert again.text == answer.text


@pytest.mark.parametrize("sort", ["", "&_sort=given,-birthdate", "&_sort=-birthdate", "&_sort=-_lastUpdated"])
def test_pages_lead_back_as_they_led_on(sort: str, persons: City, asking: Asking) -> None:
    forwards = list(pages(asking, persons, f"_count=2{sort}"))
    assert len(forwards) == 3
    assert not link(asking, forwards[0], "previous")
    path = link(asking, forwards[-1], "previous")
    for there in reversed(forwards[:-1]):
        back = asking.ask("GET", path)
        assert back.references == there.references
        assert back.total == 6
        onwards = asking.ask("GET", link(asking, back, "next"))
        assert onwards.references == forwards[forwards.index(there) + 1].references
        path = link(asking, back, "previous")
    assert not path


def test_while_others_write_no_row_comes_twice_and_none_is_lost(persons: City, asking: Asking) -> None:
    """Those that are written anew, and those that come new, do not move the others from their pages."""
    city = City(persons.people)
    given = {str(n): {"resourceType": "Patient", "name": [{"family": f"浜野{n}"}]} for n in range(7)}
    assert household.file(city, given).status == 200
    seen: list[str] = []
    path = f"Patient?_tag={quote(city.known['tag'])}&_count=2&_sort=family"
    for turn in range(4):
        answer = asking.ask("GET", path)
        seen += order(city, iter([answer]))
        touched = asking.ask("GET", city.known[str(turn)]).json | {"active": True}
        assert asking.ask("PUT", city.known[str(turn)], orjson.dumps(touched)).status == 200
        assert household.write(city, "yorisoi", "new", {"resourceType": "Patient", "name": [{"family": "乙野"}]}).done
        path = link(asking, answer, "next")
    assert seen == [str(n) for n in range(7)]


def test_a_part_is_marked_and_the_record_is_not(persons: City, asking: Asking) -> None:
    query = f"Patient?_tag={quote(persons.known['tag'])}"
    parts: dict[str, set[str]] = {
        "_elements=birthDate": {"resourceType", "id", "meta", "active", "birthDate"},
        "_summary=true": {"resourceType", "id", "meta", "active", "birthDate", "name"},
        "_summary=text": {"resourceType", "id", "meta"},
        "_summary=data": {"resourceType", "id", "meta", "active", "birthDate", "name"},
    }
    for asked, keys in parts.items():
        answer = asking.ask("GET", f"{query}&{asked}")
        assert answer.total == 6
        for each in answer.resources:
            assert set(each) <= keys
            assert "SUBSETTED" in str(each["meta"]["tag"])
    whole = asking.ask("GET", f"{query}&_summary=false")
    assert "SUBSETTED" not in whole.text


def test_of_what_is_included_its_own_elements_are_asked(standing: City, asking: Asking) -> None:
    tag = quote(standing.known["tag"])
    asked = f"Condition?_tag={tag}&_include=Condition:subject&_elements=code,Patient.name"
    entries: list[dict[str, Any]] = asking.ask("GET", asked).json["entry"]
    persons = [each["resource"] for each in entries if each["search"]["mode"] == "include"]
    assert persons
    assert all("name" in each and "birthDate" not in each for each in persons)
    whole = asking.ask("GET", asked.replace(",Patient.name", "")).json["entry"]
    assert all("birthDate" in each["resource"] for each in whole if each["search"]["mode"] == "include")


def test_a_total_is_told_as_it_is_asked_for(persons: City, asking: Asking) -> None:
    query = f"Patient?_tag={quote(persons.known['tag'])}&_count=2"
    assert "total" not in asking.ask("GET", f"{query}&_total=none").json
    for asked in ("", "&_total=estimate", "&_total=accurate", "&_summary=count"):
        assert asking.ask("GET", query + asked).total == 6
    counted = asking.ask("GET", f"{query}&_summary=count")
    assert "entry" not in orjson.loads(counted.text)


@pytest.mark.parametrize("sort", ["_lastUpdated", "-_lastUpdated", "active,-_lastUpdated"])
def test_pages_by_time_of_change_are_stable_while_others_write(
    people: People, asking: Asking, sort: str, ended: Callable[[Callable[[], None]], None]
) -> None:
    city = City(people)
    given = {f"p{place:02}": {"resourceType": "Patient", "active": True} for place in range(12)}
    assert household.file(city, given).status == 200
    names = [city.known[name] for name in given]
    turn = itertools.cycle(names)

    def write() -> None:
        name = next(turn)
        said = asking.ask("GET", name).json | {"gender": "female"}
        assert asking.ask("PUT", name, orjson.dumps(said)).status == 200
        added = {"resourceType": "Patient", "active": True, "meta": {"tag": [{"system": "urn:x", "code": "y"}]}}
        assert asking.ask("POST", "Patient", orjson.dumps(added)).status == 201

    ended(write)
    seen: list[str] = []
    last = ""
    for answer in pages(asking, city, f"_sort={sort}&_count=2"):
        assert len(answer.references) <= 2
        seen += answer.references
        last = link(asking, answer, "previous") or last
    assert sorted(seen) == sorted(names), "each once"
    back: list[str] = []
    while last:
        answer = asking.ask("GET", last)
        back = [*answer.references, *back]
        last = link(asking, answer, "previous")
    assert back == seen[: len(back)]
    assert len(back) == 10


@pytest.fixture
def ended() -> Iterator[Callable[[Callable[[], None]], None]]:
    """Has something done over and over beside the test, until it is over."""
    over = threading.Event()
    faults: list[BaseException] = []
    doing: list[threading.Thread] = []

    def again(what: Callable[[], None]) -> None:
        try:
            while not over.is_set():
                what()
        except BaseException as fault:
            faults.append(fault)

    def begin(what: Callable[[], None]) -> None:
        doing.append(threading.Thread(target=again, args=(what,)))
        doing[-1].start()

    yield begin
    over.set()
    for each in doing:
        each.join()
    assert not faults


def test_what_was_deleted_or_matches_no_more_is_not_on_a_later_page(people: People, asking: Asking) -> None:
    city = City(people)
    given = {f"p{place}": {"resourceType": "Patient", "active": True} for place in range(5)}
    assert household.file(city, given).status == 200
    names = [city.known[name] for name in given]
    asked = f"Patient?_tag={quote(city.known['tag'])}&active=true&_sort=_lastUpdated&_count=2"
    first = asking.ask("GET", asked)
    left = [name for name in names if name not in first.references]
    said = asking.ask("GET", left[0]).json
    assert asking.ask("PUT", left[0], orjson.dumps(said | {"active": False})).status == 200
    later = [asking.ask("GET", link(asking, first, "next"))]
    later.append(asking.ask("GET", link(asking, later[0], "next")))
    assert sorted(each for page in later for each in page.references) == sorted(left[1:])


def test_what_is_so_where_nothing_is_said_may_be_said(persons: City, asking: Asking) -> None:
    tag = quote(persons.known["tag"])
    special = quote("http://terminology.hl7.org/CodeSystem/special-values|true")
    for asked in ("_contained=false", f"active={special}", "active=true"):
        assert asking.ask("GET", f"Patient?_tag={tag}&{asked}&_summary=count").total == len(NAMES), asked
    for asked in (
        "active=http://example.org|true",
        "active=http://terminology.hl7.org/CodeSystem/special-values|false",
    ):
        assert asking.ask("GET", f"Patient?_tag={tag}&{quote(asked, safe='=')}&_summary=count").total == 0, asked
    assert asking.ask("GET", f"Patient?_tag={tag}&_contained=true").status == 400
