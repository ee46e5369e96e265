"""What one reading tells of several types at once, to whom, and what of it goes on the trail."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from consent.actor import Scope
from consent.reading.page import Page
from consent.reading.reading import Reading
from resources.search import request
from resources.search.predicate import has
from tests.laws.worlds import index
from tests.unit.consent.people import NOBODY
from tests.unit.consent.reading.test_reading import P, Q, denied, kept, names, reading, rules, shown
from tests.unit.consent.test_oneself import SELF
from tests.unit.consent.town import Town, actor

__all__ = ["kept"]


def history(types: list[str]) -> Callable[[Reading], Coroutine[Any, Any, Page]]:
    return lambda it: it.history_of(types, "", 99, "", None)


def concerns(said: list[tuple[str, str]]) -> Callable[[Reading], Coroutine[Any, Any, Page]]:
    return lambda it: it.search(request.parse(index(), "Condition", said))


def test_the_history_of_the_public_directory_is_anybody_s_and_of_anything_else_one_signs_in(kept: Town) -> None:
    agencies = ["Organization"]
    for who in (NOBODY, P):
        found, _ = reading(kept, who, history(agencies))
        assert {each.type for each in found.versions} == {"Organization"}
        assert reading(kept, who, lambda it: it.read("Organization", "center"))[0].id == "center"
    several, _ = reading(kept, P, history(["Location", *agencies]))
    assert names(list(several.versions)) == names(list(found.versions))
    for closed in (["Condition"], ["Location", "Organization"], ["Task", "Condition"]):
        assert denied(kept, NOBODY, history(closed))[0] == "login"
    assert denied(kept, NOBODY, lambda it: it.read("Condition", "a"))[0] == "login"


def test_of_several_types_those_are_told_that_the_token_reaches_and_where_it_reaches_none_it_is_forbidden(
    kept: Town,
) -> None:
    narrow = replace(P, scopes=(Scope("user", "Condition", frozenset("rs")),))
    found, _ = reading(kept, narrow, lambda it: it.history_of(["Condition", "Patient"], "", 99, "", None))
    assert {each.type for each in found.versions} == {"Condition"}
    assert denied(kept, narrow, lambda it: it.history_of(["Task", "Patient"], "", 99, "", None))[0] == "forbidden"
    assert denied(kept, narrow, lambda it: it.history_of(["Patient"], "", 99, "", None))[0] == "forbidden"


def test_each_version_of_several_types_is_told_to_the_trail_once(kept: Town) -> None:
    found, of = reading(kept, P, history(["Condition", "Patient", "Consent"]))
    assert sorted(shown(of)) == sorted(names(list(found.versions)))
    assert rules(of) == [["P1"]] * len(shown(of))
    page, of = reading(kept, P, lambda it: it.search(request.parse(index(), "Patient", [("_count", "9")])))
    assert sorted(shown(of)) == sorted(names(list(page.versions)))


def test_a_count_alone_shows_nothing_and_tells_how_many(kept: Town) -> None:
    for asked in ([("_count", "0")], [("_summary", "count")]):
        page, of = reading(kept, Q, concerns(asked))
        assert (list(page.versions), page.total, page.next, shown(of)) == ([], 2, "", [])


def test_a_meeting_opens_its_material_to_a_search_for_it_in_whichever_order(open_: Town) -> None:
    member = actor("q", "support-conference")
    wanted = request.parse(index(), "Condition", [("_count", "9")])
    page, of = reading(open_, member, lambda it: it.search(wanted))
    assert (names(list(page.versions)), rules(of)) == (["Condition/c/_history/1"], [["P4"]])
    everyday, of = reading(open_, actor("q"), lambda it: it.search(wanted))
    assert (list(everyday.versions), shown(of)) == ([], [])
    letters, of = reading(open_, actor("q"), lambda it: it.every(has(".type", "Communication"), 99))
    assert {each.id for each in letters} >= {"i", "o"}


def test_nothing_comes_along_with_definitions(kept: Town) -> None:
    wanted = request.parse(index(), "ValueSet", [("_count", "1")])
    bringing = request.parse(index(), "Condition", [("_include", "Condition:subject")])
    assert len(reading(kept, P, lambda it: it.search(wanted))[0].versions) == 1
    both = replace(wanted, includes=bringing.includes)
    assert denied(kept, P, lambda it: it.search(both))[0] == "not-supported"


def test_oneself_does_not_search_by_who_reported(kept: Town) -> None:
    asked = request.parse(index(), "Condition", [("asserter", "Practitioner/p")])
    assert denied(kept, SELF, lambda it: it.search(asked))[0] == "not-supported"
    assert list(reading(kept, P, lambda it: it.search(asked))[0].versions) == []
