"""One reading: what it reads, finds and judges for one actor, and what of that the trail is told."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any, TypeVar

import orjson
import pytest

from consent.actor import Actor, Scope
from consent.reading.page import MOST_COUNTED, Page
from consent.reading.reading import Reading
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search import request
from resources.search.predicate import has, has_one_of
from tests.laws.worlds import V3, index, ref
from tests.unit.consent.people import NOBODY
from tests.unit.consent.town import Town, actor, concern, patient
from tests.unit.consent.writing.test_superseding import consent

T = TypeVar("T")
Json = dict[str, Any]

P, Q = actor("p"), actor("q")
V = {"security": [{"system": f"{V3}v3-Confidentiality", "code": "V"}]}
DEFINED = "https://tsunagu.example/fhir/CodeSystem/concern-field"


@pytest.fixture
def kept(town: Town) -> Town:
    """Two persons, the other agency reads of the first by consent, but what is very restricted."""
    town.write(P, patient("1"), patient("2"), concern("a", "1"), concern("b", "1"), concern("z", "2"))
    provision = consent("s")["provision"] | {"provision": [{"type": "deny", "securityLabel": V["security"]}]}
    town.sign(P, consent("s", provision=provision))
    return town


def reading(town: Town, who: Actor, work: Callable[[Reading], Coroutine[Any, Any, T]]) -> tuple[T, Reading]:
    async def done() -> tuple[T, Reading]:
        async with town.gate.reading(who, "read", "operation", "$x") as reading:
            return await work(reading), reading

    return town.run(done())


def denied(town: Town, who: Actor, work: Callable[[Reading], Coroutine[Any, Any, Any]]) -> tuple[str, str, set[str]]:
    """The kind of the refusal, and what the reading says was denied, and about whom."""
    held = list[Reading]()

    async def done() -> None:
        async with town.gate.reading(who, "read", "operation", "$x") as reading:
            held.append(reading)
            await work(reading)

    with pytest.raises(Problem) as refused:
        town.run(done())
    return refused.value.kind, held[0].denied, set(held[0].about)


def shown(of: Reading) -> list[str]:
    return [each.cited for each in of.shown]


def names(found: list[Version]) -> list[str]:
    return [each.cited for each in found]


def rules(of: Reading) -> list[list[str]]:
    """By which rules each was shown."""
    return [[rule.id for rule in each.rules] for each in of.decisions]


def test_what_is_read_is_told_with_what_it_was_read_by(kept: Town) -> None:
    found, of = reading(kept, Q, lambda it: it.read("Condition", "a"))
    assert orjson.loads(found.body)["id"] == "a"
    assert (shown(of), rules(of), of.denied) == (["Condition/a/_history/1"], [["P3"]], "")
    assert [rule.id for rule in of.decision.rules] == ["P3"]


def test_what_is_not_theirs_and_what_is_not_there_are_denied_alike_and_the_trail_knows_of_whom_it_was(
    kept: Town,
) -> None:
    assert denied(kept, Q, lambda it: it.read("Condition", "z")) == ("not-found", "Condition/z", {"Patient/2"})
    assert denied(kept, Q, lambda it: it.read("Condition", "none")) == ("not-found", "Condition/none", set())
    assert denied(kept, Q, lambda it: it.read("Condition", "a", 2)) == ("not-found", "Condition/a", set())


def test_what_was_deleted_is_told_to_have_been_to_who_read_it(kept: Town) -> None:
    kept.delete(P, "Condition/a")
    assert denied(kept, P, lambda it: it.read("Condition", "a"))[:2] == ("deleted", "")
    assert denied(kept, actor("em"), lambda it: it.read("Condition", "a"))[0] == "not-found"
    first, of = reading(kept, P, lambda it: it.read("Condition", "a", 1))
    assert (first.cited, shown(of)) == ("Condition/a/_history/1", ["Condition/a/_history/1"])


def test_a_definition_is_everybody_s_and_on_no_trail(kept: Town) -> None:
    before = len(kept.trail())
    found, of = reading(kept, NOBODY, lambda it: it.read("CodeSystem", "concern-field"))
    assert (orjson.loads(found.body)["url"], shown(of)) == (DEFINED, [])
    assert len(kept.trail()) == before + 1, "that the operation asked, and of no record"
    assert denied(kept, NOBODY, lambda it: it.read("CodeSystem", "none"))[:2] == ("not-found", "")
    assert denied(kept, NOBODY, lambda it: it.read("CodeSystem", "concern-field", 7))[:2] == ("not-found", "")


def test_what_a_token_does_not_reach_is_forbidden_by_its_name_or_its_type(kept: Town) -> None:
    narrow = replace(P, scopes=(Scope("user", "Patient", frozenset("rs")),))
    assert denied(kept, narrow, lambda it: it.read("Condition", "a"))[:2] == ("forbidden", "Condition/a")
    search = request.parse(index(), "Condition", [])
    assert denied(kept, narrow, lambda it: it.search(search))[:2] == ("forbidden", "Condition")
    assert denied(kept, narrow, lambda it: it.history("Condition", "a", 9))[:2] == ("forbidden", "Condition/a")
    assert denied(kept, NOBODY, lambda it: it.read("Condition", "a"))[:2] == ("login", "")
    of_all = denied(kept, narrow, lambda it: it.history_of(["Condition"], "", 9, "", None))
    assert of_all[0] == "forbidden"


def search(town: Town, who: Actor, *asked: tuple[str, str], after: str = "") -> tuple[Page, Reading]:
    wanted = request.parse(index(), "Condition", asked)
    return reading(town, who, lambda it: it.search(wanted, after))


def test_the_total_is_exact_where_all_are_at_hand_or_it_is_asked_for_and_else_left_out(kept: Town) -> None:
    whole, of = search(kept, P)
    assert (sorted(names(list(whole.versions))), whole.total, whole.next, whole.previous) == (
        ["Condition/a/_history/1", "Condition/b/_history/1", "Condition/z/_history/1"],
        3,
        "",
        "",
    )
    assert sorted(shown(of)) == sorted(names(list(whole.versions)))
    assert rules(of) == [["P1"]] * 3
    assert search(kept, P, ("_total", "none"))[0].total == 3, "all are at hand"
    first, _ = search(kept, P, ("_count", "2"), ("_total", "none"))
    assert (len(first.versions), first.total) == (2, None)
    for more in ((), (("_total", "accurate"),), (("_total", "estimate"),)):
        page, _ = search(kept, P, ("_count", "2"), *more)
        assert (len(page.versions), page.total) == (2, 3)
        rest, _ = search(kept, P, ("_count", "2"), *more, after=page.next)
        assert (len(rest.versions), rest.total, rest.next) == (1, 3, "")
    for counted in (("_summary", "count"), ("_count", "0")):
        page, of = search(kept, P, counted)
        assert (list(page.versions), page.total, shown(of)) == ([], 3, [])
    assert search(kept, P, ("_summary", "count"), ("_total", "none"))[0].total == 3


def test_more_than_are_counted_have_no_total_unless_it_is_asked_for(
    kept: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_COUNTED == 10_000
    monkeypatch.setattr("consent.reading.reading.MOST_COUNTED", 3)
    assert search(kept, P, ("_count", "2"))[0].total == 3
    monkeypatch.setattr("consent.reading.reading.MOST_COUNTED", 2)
    assert search(kept, P, ("_count", "2"))[0].total is None
    assert search(kept, P, ("_count", "2"), ("_total", "accurate"))[0].total == 3
    assert search(kept, P, ("_summary", "count"))[0].total == 3


def test_a_page_leads_back_to_the_one_before(kept: Town) -> None:
    first, _ = search(kept, P, ("_count", "1"))
    second, _ = search(kept, P, ("_count", "1"), after=first.next)
    back, _ = search(kept, P, ("_count", "1"), after=second.previous)
    assert names(list(back.versions)) == names(list(first.versions)) != names(list(second.versions))


def test_what_comes_along_is_shown_and_told_too(kept: Town) -> None:
    page, of = search(kept, Q, ("_include", "Condition:subject"), ("_id", "a"))
    assert names(list(page.included)) == ["Patient/1/_history/1"]
    assert shown(of) == ["Condition/a/_history/1", "Patient/1/_history/1"]
    assert rules(of) == [["P3"], ["P3"]]


def test_of_what_was_found_only_what_is_chosen_is_shown_and_told(kept: Town) -> None:
    wanted = request.parse(index(), "Condition", [("patient", "Patient/1")])

    async def chosen(it: Reading) -> list[Version]:
        await it.read("Patient", "1")
        return await it.choose(wanted, lambda version: version.id == "b")

    found, of = reading(kept, Q, chosen)
    assert names(found) == ["Condition/b/_history/1"]
    assert shown(of) == ["Patient/1/_history/1", "Condition/b/_history/1"]
    assert rules(of) == [["P3"], ["P3"]]


def test_a_history_has_each_version_by_its_own_envelope_the_newest_first(kept: Town) -> None:
    kept.write(P, concern("a", "1", meta=V | {"versionId": "1"}))
    normal = {"security": [V["security"][0] | {"code": "N"}]}
    kept.write(P, concern("a", "1", meta=normal | {"versionId": "2"}))
    mine, of = reading(kept, P, lambda it: it.history("Condition", "a", 9))
    cited = [f"Condition/a/_history/{number}" for number in (3, 2, 1)]
    assert (names(list(mine.versions)), mine.total, shown(of)) == (cited, 3, cited)
    theirs, _ = reading(kept, Q, lambda it: it.history("Condition", "a", 9))
    assert (names(list(theirs.versions)), theirs.total) == ([cited[0], cited[2]], 2)
    page, _ = reading(kept, P, lambda it: it.history("Condition", "a", 2))
    assert (names(list(page.versions)), page.total) == (cited[:2], 3)
    rest, _ = reading(kept, P, lambda it: it.history("Condition", "a", 2, page.next))
    assert (names(list(rest.versions)), rest.total) == (cited[2:], 3)
    back, _ = reading(kept, P, lambda it: it.history("Condition", "a", 2, rest.previous))
    assert names(list(back.versions)) == cited[:2]
    since = mine.versions[1].since
    later, _ = reading(kept, P, lambda it: it.history("Condition", "a", 9, "", None, since))
    assert (names(list(later.versions)), later.total) == (cited[:2], None)


def test_of_what_is_not_theirs_there_is_no_history_and_in_a_period_an_empty_one(kept: Town) -> None:
    assert denied(kept, Q, lambda it: it.history("Condition", "z", 9))[:2] == ("not-found", "Condition/z")
    assert denied(kept, P, lambda it: it.history("Condition", "none", 9))[:2] == ("not-found", "Condition/none")
    past = ("2020-01-01T00:00:00.000Z", "2020-01-02T00:00:00.000Z")
    found, _ = reading(kept, P, lambda it: it.history("Condition", "a", 9, "", past))
    assert (list(found.versions), found.total) == ([], 0)


def test_a_history_of_definitions_has_the_one_that_there_is(kept: Town) -> None:
    found, of = reading(kept, NOBODY, lambda it: it.history("CodeSystem", "concern-field", 9))
    assert ([each.id for each in found.versions], found.total, shown(of)) == (["concern-field"], 1, [])
    later = "2100-01-01T00:00:00.000Z"
    none, _ = reading(kept, NOBODY, lambda it: it.history("CodeSystem", "concern-field", 9, "", None, later))
    assert (list(none.versions), none.total) == ([], 0)
    every, _ = reading(kept, NOBODY, lambda it: it.history_of(["CodeSystem"], "", 9, "", None))
    assert len(every.versions) == 9
    assert {each.type for each in every.versions} == {"CodeSystem"}


def test_the_history_of_types_has_what_may_be_found_of_each(kept: Town) -> None:
    kept.write(P, concern("b", "1", meta=V | {"versionId": "1"}))
    two, of = reading(kept, Q, lambda it: it.history_of(["Condition", "Patient"], "", 99, "", None))
    expected = {"Condition/a/_history/1", "Condition/b/_history/1", "Patient/1/_history/1"}
    assert (set(names(list(two.versions))), two.total) == (expected, None)
    assert set(shown(of)) == expected
    one, _ = reading(kept, Q, lambda it: it.history_of(["Condition"], "", 99, "", None))
    assert set(names(list(one.versions))) == {"Condition/a/_history/1", "Condition/b/_history/1"}
    newest = max(each.since for each in kept.stored("Condition"))
    later, _ = reading(kept, P, lambda it: it.history_of(["Condition"], newest, 99, "", None))
    assert names(list(later.versions)) == ["Condition/b/_history/2"]
    first, _ = reading(kept, P, lambda it: it.history_of(["Condition"], "", 3, "", None))
    rest, _ = reading(kept, P, lambda it: it.history_of(["Condition"], "", 3, first.next, None))
    assert len({*names(list(first.versions)), *names(list(rest.versions))}) == 4
    back, _ = reading(kept, P, lambda it: it.history_of(["Condition"], "", 3, rest.previous, None))
    assert names(list(back.versions)) == names(list(first.versions))


def test_what_is_judged_or_seen_is_shown_to_nobody(kept: Town) -> None:
    async def judged(it: Reading) -> tuple[list[bool], list[bool]]:
        held = [await it.view.get("Condition", id, within=has(".type", "Condition")) for id in ("z", "a")]
        there = [each for each in held if each]
        return await it.sees(there), [each.allowed for each in await it.judged(there[::-1])]

    (seen, allowed), of = reading(kept, Q, judged)
    assert (seen, allowed, shown(of), rules(of)) == ([False, True], [True, False], [], [])


def test_of_some_records_those_are_shown_that_may_be_read_now_in_their_order(kept: Town) -> None:
    kept.write(P, concern("gone", "1"))
    kept.delete(P, "Condition/gone")
    asked = ["Condition/z", "Patient/1", "Condition/gone", "Condition/none", "Condition/a"]
    found, of = reading(kept, Q, lambda it: it.current(asked))
    assert names(found) == ["Patient/1/_history/1", "Condition/a/_history/1"] == shown(of)
    assert rules(of) == [["P3"], ["P3"]]


def test_of_some_versions_those_are_named_that_may_be_read(kept: Town) -> None:
    kept.write(P, concern("a", "1", meta=V | {"versionId": "1"}))
    cited = [f"Condition/a/_history/{number}" for number in (1, 2, 3)] + ["Condition/z/_history/1"]
    assert reading(kept, Q, lambda it: it.readable(cited))[0] == {cited[0]}
    mine, of = reading(kept, P, lambda it: it.readable(cited))
    assert mine == {cited[0], cited[1], cited[3]}
    assert shown(of) == []


def test_every_record_that_may_be_found_is_found_up_to_a_bound_and_told_to_nobody(kept: Town) -> None:
    what = has_one_of(".type", ("Condition", "Patient"))
    found, of = reading(kept, Q, lambda it: it.every(what, 3))
    assert sorted(names(list(found))) == ["Condition/a/_history/1", "Condition/b/_history/1", "Patient/1/_history/1"]
    assert shown(of) == []
    assert denied(kept, Q, lambda it: it.every(what, 2))[0] == "too-costly"


def test_what_a_meeting_opens_is_read_for_its_purpose_whoever_asks_first(open_: Town) -> None:
    member = actor("q", "support-conference")
    found, of = reading(open_, member, lambda it: it.read("Condition", "c"))
    assert (found.id, rules(of)) == ("c", [["P4"]])
    assert reading(open_, member, lambda it: it.every(has(".id", "Condition/c"), 9))[0][0].id == "c"
    history, _ = reading(open_, member, lambda it: it.history("Condition", "c", 9))
    assert history.total == 1
    of_type, _ = reading(open_, member, lambda it: it.history_of(["Condition"], "", 9, "", None))
    assert names(list(of_type.versions)) == ["Condition/c/_history/1"]


def test_a_later_search_in_one_reading_finds_cards_where_they_alone_are_asked_for(kept: Town) -> None:
    task: Json = {"resourceType": "Task", "id": "t", "status": "requested", "intent": "order", "for": ref("Patient/2")}
    kept.write(P, task | {"requester": ref("Organization/center"), "owner": ref("Organization/other")})
    by_name = request.parse(index(), "Patient", [("name", "水無瀬")])
    by_place = request.parse(index(), "Patient", [("address:missing", "true")])

    async def both(it: Reading) -> tuple[list[str], list[str], bool]:
        cards = await it.search(by_name)
        whole = await it.search(by_place)
        held = await it.view.get("Patient", "2", within=has(".type", "Patient"))
        assert held
        return names(list(cards.versions)), names(list(whole.versions)), (await it.sees([held]))[0]

    (cards, whole, sees), _ = reading(kept, Q, both)
    assert sorted(cards) == ["Patient/1/_history/1", "Patient/2/_history/1"]
    assert (whole, sees) == (["Patient/1/_history/1"], True)
