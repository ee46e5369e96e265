"""What every store finds for a predicate, by example: tests/laws/test_predicate_readings.py has the law."""

from __future__ import annotations

import pytest

from resources.search.layout import beginning
from resources.search.predicate import (
    EVERYTHING,
    NOTHING,
    AllOf,
    Among,
    AnyOf,
    Each,
    Has,
    HasOther,
    Is,
    Linked,
    LinkedFrom,
    Not,
    Predicate,
    Related,
    has,
    has_any,
    has_one_of,
    only,
)
from resources.search.relation import Values
from resources.store.port import TooCostly
from tests.unit.resources.store.writing import draft, ids, put


@pytest.fixture
def people(store, run):
    run(
        put(
            store,
            draft("none"),
            draft("one", 1, "party A/1"),
            draft("two", 1, "party A/1", "party B/2"),
            draft("wide", 1, "party A/1", "party C/9", "party-of x", "name 漢字"),
            draft("face", 1, "name 😀😁", "date 2026-04-01"),
            draft("edge", 1, "name \uffee", "date 2026-05-31", "party"),
        )
    )
    return store


@pytest.mark.parametrize(
    ("what", "found"),
    [
        (EVERYTHING, {"none", "one", "two", "wide", "face", "edge"}),
        (NOTHING, set()),
        (Not(EVERYTHING), set()),
        (Not(NOTHING), {"none", "one", "two", "wide", "face", "edge"}),
        (Is("party A/1"), {"one", "two", "wide"}),
        (Not(Is("party A/1")), {"none", "face", "edge"}),
        (has_any("party"), {"one", "two", "wide"}),
        (Not(has_any("party")), {"none", "face", "edge"}),
        (HasOther("party", frozenset()), {"one", "two", "wide"}),
        (HasOther("party", frozenset({"A/1"})), {"two", "wide"}),
        (HasOther("party", frozenset({"A/1", "B/2"})), {"wide"}),
        (only("party", ["A/1", "B/2"]), {"none", "one", "two", "face", "edge"}),
        (Not(Not(HasOther("party", frozenset({"A/1"})))), {"two", "wide"}),
        (AllOf((has_any("party"), only("party", ["A/1"]))), {"one"}),
        (AllOf((Is("party A/1"), Is("party B/2"))), {"two"}),
        (AnyOf((Is("party B/2"), Is("party C/9"))), {"two", "wide"}),
        (AnyOf((AllOf((Is("party A/1"), Not(Is("party B/2")))), Is("name 😀😁"))), {"one", "wide", "face"}),
        (AnyOf((Not(Is("party A/1")), Is("party B/2"))), {"none", "two", "face", "edge"}),
        (AllOf((AnyOf((Is("party A/1"), Is("x y"))), Not(AnyOf((Is("party B/2"), Is("party C/9")))))), {"one"}),
        (Is("name 漢字"), {"wide"}),
        (Is("name 😀😁"), {"face"}),
        (beginning("name ", "漢"), {"wide"}),
        (beginning("name ", "😀"), {"face"}),
        (Has("name \uffee", "name \uffef"), {"edge"}),
        (Has("name \uffef", "name \U0010ffff"), {"face"}),
        (Has("date 2026-04-01", "date 2026-05-01"), {"face"}),
        (Has("date 2026-04-02", "date 2026-06"), {"edge"}),
        (Has("date 2026-04-02", "date 2026-05"), set()),
        (Has("date 2026-06", "date 2026-01"), set()),
        (Has("party B", "party C"), {"two"}),
        (Is("party \ud800"), set()),
        (Not(Is("party \0")), {"none", "one", "two", "wide", "face", "edge"}),
        (HasOther("party", frozenset({"A/1", "\ud800", "\0"})), {"two", "wide"}),
        (Has("name 漢", "name \ud800"), {"wide"}),
        (Has("party", "party\0"), {"edge"}),
        (Has("party\0", "party A/1\0"), {"one", "two", "wide"}),
        (
            AnyOf((Has("party\0", "party A/1\0"), Has("name \udfff", "name \U0010fffe"))),
            {"one", "two", "wide", "face", "edge"},
        ),
        (Has("name \udfff", "name \U0010fffe"), {"face", "edge"}),
        (beginning("name ", "\ud7ff"), set()),
    ],
)
def test_a_predicate_finds_what_it_matches(people, run, what, found):
    for history in (False, True):
        assert set(run(ids(people, what, history=history))) == found
    assert set(run(ids(people, what, instant="9999"))) == found
    assert set(run(ids(people, within=what))) == found
    assert set(run(ids(people, Is("party A/1"), within=what))) == found & {"one", "two", "wide"}


def many(matching, count=1000):
    return [*matching, *(f"Z/{n:05}" for n in range(count))]


@pytest.mark.parametrize(
    ("what", "found"),
    [
        (has_one_of("party", many(["B/2", "C/9"])), {"two", "wide"}),
        (has_one_of("party", many(["B/2"], 3_000)), {"two"}),
        (only("party", many(["A/1", "B/2"], 3_000)), {"none", "one", "two", "face", "edge"}),
        (Not(has_one_of("party", many(["B/2", "C/9"]))), {"none", "one", "face", "edge"}),
        (AnyOf(tuple(AllOf((Is("party A/1"), Is(f"party {p}"))) for p in many(["B/2"]))), {"two"}),
        (AllOf(tuple(Not(Is(f"party {p}")) for p in many(["B/2", "C/9"]))), {"none", "one", "face", "edge"}),
        (AnyOf(tuple(beginning("party ", p) for p in many(["B/2"]))), {"two"}),
    ],
    ids=["one-of", "one-of-3k", "only-3k", "not-one-of", "any-of-alls", "all-of-nots", "any-of-ranges"],
)
def test_a_predicate_may_be_very_large(people, run, what, found):
    assert set(run(ids(people, what))) == found
    assert set(run(ids(people, has_any(".type"), within=what))) == found


NO_ROW = Not(Related("consent", frozenset(["O/1"])))
KNOWN = AnyOf((AllOf((Among(frozenset(["A/1"])), NO_ROW)), NO_ROW))
RULE = AnyOf((AllOf((has_any("party"), Each(Values("party", "group", "member"), KNOWN))), Is("x y")))


def test_a_rule_within_a_chain_within_a_chain_is_asked(store, run):
    """As deep as a chain of references can be, with the policy at each target."""
    run(put(store, *(draft(f"d{n:02}", 1, f"to Task/d{n - 1:02}", "party A/1") for n in range(1, 13))))
    chain: Predicate = RULE
    led: Predicate = RULE
    for depth in range(1, 12):
        chain, led = AllOf((RULE, Linked("to", chain))), AllOf((RULE, LinkedFrom("Task", "to", led)))
        assert run(ids(store, chain)) == [f"d{n:02}" for n in range(depth + 1, 13)]
        assert run(ids(store, led)) == [f"d{n:02}" for n in range(1, 13 - depth)]


def test_many_levels_of_many_conditions_each_are_asked(people, run):
    """As wide and deep as the policy gets where many have consented in words of their own."""
    what: Predicate = Is("party B/2")
    for level in range(10):
        beside = [Is(f"x {level}.{each}") for each in range(8)]
        what = AnyOf((AllOf((*map(Not, beside), what)), *(AllOf((each, has_any("y"))) for each in beside)))
    assert run(ids(people, what)) == ["two"]


def test_what_is_too_deep_to_ask_is_refused(store, run):
    """Along a record that leads to itself, so that every link has to be followed."""
    run(put(store, draft("loop", 1, "to Task/loop"), draft("out")))
    what: Predicate = Is("to Task/loop")
    for _ in range(2_000):
        what = Linked("to", what) if _ % 2 else AllOf((Is("to Task/loop"), what))
    with pytest.raises((TooCostly, RecursionError)):
        run(ids(store, what))
    assert run(ids(store, Is("to Task/loop"))) == ["loop"]


def test_the_policy_narrows_every_question(people, run):
    within = has("party", "B/2")
    assert run(ids(people, within=within)) == ["two"]
    assert run(ids(people, Is("party A/1"), within=within)) == ["two"]
    assert run(ids(people, history=True, within=within)) == ["two"]
    assert run(ids(people, within=NOTHING)) == []
