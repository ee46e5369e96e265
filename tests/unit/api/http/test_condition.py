"""If-None-Exist is a condition alone, after its type, or the address of a search here; what is asked may hold a `?`."""

from __future__ import annotations

import pytest

from api.http import condition
from resources.record.problem import Problem

BASE = "https://city.example/fhir"


@pytest.mark.parametrize("before", ["", "?", "Patient?", "/Patient?", f"{BASE}/Patient?", f"{BASE}/Patient/?"])
@pytest.mark.parametrize("value", ["a", "http://a?b|c"])
def test_what_is_asked_is_what_stands_behind_the_first_question_mark(before: str, value: str) -> None:
    found = condition.of_header(f"{before}identifier={value}", "Patient", BASE)
    assert found == (("identifier", value),)


@pytest.mark.parametrize(
    "place", ["Group", f"{BASE}/Group", f"{BASE}Patient", f"{BASE}X/Patient", "https://other.example/fhir/Patient"]
)
def test_what_is_of_another_type_or_place_is_no_condition_here(place: str) -> None:
    with pytest.raises(Problem):
        condition.of_header(f"{place}?identifier=a", "Patient", BASE)
