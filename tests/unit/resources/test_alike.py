"""Who is looked for: by each thing that may be the same, and namesakes only where they may be the same person."""

from __future__ import annotations

from typing import Any

import pytest

from profiles import load
from resources import alike
from resources.resemblance import Described
from resources.search.index import Index

INDEX = Index(load.load(), "https://records.example/fhir")
NAME = [{"family": "月見里", "given": ["環"]}]
PHONE = [{"system": "phone", "value": "086-900-0001"}]


def person(born: str = "", **more: Any) -> dict[str, Any]:
    found = {"resourceType": "Patient", "id": "x", "name": NAME, **more}
    return found | ({"birthDate": born} if born else {})


def is_looked_at(described: dict[str, Any], other: dict[str, Any]) -> bool:
    terms = tuple(sorted({".type Patient", *INDEX.terms(other)}))
    return alike.sought(INDEX, Described(described)).asked.matches(terms)


@pytest.mark.parametrize(
    "born",
    [
        *("1985-03-12", "1985-12-03", "1985-03-13", "1985-08-12", "1995-03-12", "1885-03-12", "1983-03-12"),
        *("1958-03-12", "", "1985-03", "1985"),
    ],
)
def test_a_namesake_is_looked_at_whose_birthday_is_the_same_with_a_slip_or_not_known(born: str) -> None:
    assert is_looked_at(person("1985-03-12"), person(born))


@pytest.mark.parametrize("born", ["1961-03-12", "1995-03-13", "2001-07-30", "1984-11-02"])
def test_a_namesake_who_was_born_on_another_day_is_not(born: str) -> None:
    assert not is_looked_at(person("1985-03-12"), person(born))
    assert is_looked_at(person("1985-03-12", telecom=PHONE), person(born, telecom=PHONE)), "but by something else"


@pytest.mark.parametrize("said", ["", "1985", "1985-03"])
def test_where_no_day_is_said_every_namesake_is(said: str) -> None:
    assert is_looked_at(person(said), person("1961-03-12"))


def test_a_leap_day_has_its_neighbours() -> None:
    assert is_looked_at(person("1984-02-29"), person("1988-02-29"))
    assert is_looked_at(person("1984-02-29"), person("1984-02-19"))
