"""What a search asks of other records, and brings of them: no type that the token does not reach, and to oneself
nothing that tells who reported (P7)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from consent import policy
from consent.evidence import Oneself
from consent.facts import Facts
from consent.policy import Ruling
from consent.reading import beyond
from consent.reading.beyond import Beyond
from profiles import load
from resources.record.problem import Problem
from resources.search import request
from resources.search.index import Index
from tests.unit.consent.people import officer

INDEX = Index(load.load(), "https://records.example/fhir")
MYSELF = replace(officer(), oneself=Oneself("Patient/1", "Patient/1/_history/1"))


def search(asked: str) -> request.SearchRequest:
    type, _, said = asked.partition("?")
    parts = [each.partition("=") for each in said.split("&") if each]
    return request.parse(INDEX, type, [(name, value) for name, _, value in parts])


def permitted(asked: str, facts: Facts) -> list[tuple[str, str]]:
    """The types on which it is ruled, each with the type that the facts are of."""
    ruled: list[tuple[str, str]] = []

    def rule(type: str, known: Facts) -> Ruling:
        ruled.append((type, known.type))
        return policy.ruling("search", known)

    view: Any = None
    Beyond(INDEX, view, facts, rule).permit(search(asked))
    return ruled


@pytest.mark.parametrize(
    ("asked", "types"),
    [
        ("Condition?", []),
        ("Condition?_include=Condition:subject:Patient", ["Patient"]),
        ("Condition?_include=Condition:subject", []),
        ("Patient?_revinclude=Condition:subject", ["Condition"]),
        ("Patient?_revinclude=Condition:subject&_revinclude=Task:subject", ["Condition", "Task"]),
    ],
)
def test_of_each_type_that_is_named_to_come_it_is_ruled_whether_it_may(asked: str, types: list[str]) -> None:
    for facts in (officer(), MYSELF):
        assert permitted(asked, facts) == [(type, type) for type in types]


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ("Condition?asserter=Practitioner/p", "asserter"),
        ("Condition?_sort=_id&_source=urn:x", "_source"),
        ("Patient?_has:Condition:subject:asserter=Practitioner/p", "asserter"),
        ("Observation?subject:Patient._has:Condition:subject:asserter=Practitioner/p", "asserter"),
        ("Condition?_include=Condition:asserter", "asserter"),
        ("Patient?_revinclude=Task:requester", "requester"),
        ("Condition?code=x&_include=Condition:asserter&_include=Condition:subject", "asserter"),
    ],
)
def test_to_oneself_nothing_is_found_and_nothing_comes_by_who_reported(asked: str, named: str) -> None:
    with pytest.raises(Problem) as caught:
        permitted(asked, MYSELF)
    assert caught.value.kind == "not-supported"
    (issue,) = caught.value.issues
    assert (issue.at, f"`{named}`" in issue.text, f"`{named}`" in issue.ja) == (named, True, True)
    permitted(asked, officer())


@pytest.mark.parametrize(
    "asked",
    [
        "Condition?code=x&_sort=recorded-date",
        "Task?owner=Organization/a",
        "Condition?_include=*",
        "Condition?_include=Condition:subject",
        "Patient?_has:Condition:subject:code=x",
        "Task?subject:Patient.name=a",
    ],
)
def test_by_anything_else_one_asks_of_one_s_own(asked: str) -> None:
    permitted(asked, MYSELF)


def test_of_each_type_its_own_parameters_tell() -> None:
    """`performer` of an Observation tells who made it; that of a Task is a kind of work."""
    permitted("Task?performer=x&_has:Observation:focus:code=x", MYSELF)
    with pytest.raises(Problem):
        permitted("Observation?performer=Practitioner/p", MYSELF)


def test_nothing_comes_along_with_definitions() -> None:
    beyond.of_definitions(search("Condition?code=x"))
    for asked in ("Condition?_include=Condition:subject", "Patient?_revinclude=Condition:subject"):
        with pytest.raises(Problem) as caught:
            beyond.of_definitions(search(asked))
        assert caught.value.kind == "not-supported"
        assert [issue.at for issue in caught.value.issues] == ["_include"]
