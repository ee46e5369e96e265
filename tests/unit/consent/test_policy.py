"""Two readings of one list of rules: what allows, what is stronger, and what is done where a rule fails."""

from __future__ import annotations

import itertools
import logging
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from consent import policy
from consent.facts import Facts
from consent.rule import Rule, Text
from resources.record.envelope import PERSONS, WRITTEN
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, NOTHING, Each, Related, all_of, has
from resources.search.relation import FOREVER, Gathered, Relation, Row, Stored, Values
from tests.unit.consent.people import NOBODY, officer

BECAUSE = Text("because", "理由")
RECORD = Stored((".type Condition",))
PERMIT = Rule("P", "permit", EVERYTHING, BECAUSE)
FORBID = Rule("D", "forbid", has(".type", "Condition"), BECAUSE)
NARROW = Rule("scope", "narrow", has(".type", "Condition"), BECAUSE)
FAILED = Rule("scope", "narrow", has(".type", "Patient"), BECAUSE)
MASK = Rule("M", "mask", EVERYTHING, BECAUSE)
ELSEWHERE = Rule("P", "permit", has(".type", "Patient"), BECAUSE)
LACKING = Rule("P", "permit", EVERYTHING, BECAUSE, lacks=(BECAUSE,))
SINCE = "2026-11-01T00:00:00.000000Z"


@pytest.mark.parametrize(
    ("made", "allowed", "determining"),
    [
        ((), False, ()),
        ((PERMIT,), True, (PERMIT,)),
        ((ELSEWHERE,), False, ()),
        ((NARROW,), False, ()),
        ((MASK,), False, ()),
        ((LACKING,), False, ()),
        ((PERMIT, NARROW), True, (PERMIT,)),
        ((PERMIT, FAILED), False, (FAILED,)),
        ((PERMIT, FORBID), False, (FORBID,)),
        ((PERMIT, FORBID, FAILED), False, (FORBID, FAILED)),
        ((PERMIT, MASK), True, (PERMIT,)),
    ],
)
def test_a_forbid_is_stronger_and_nothing_said_is_denied(made, allowed: bool, determining) -> None:
    for order in itertools.permutations(made):
        for rules in (order, order * 2):
            decision = policy.decide(rules, RECORD)
            assert decision.allowed is allowed
            assert set(decision.rules) == set(determining)
            assert policy.within(rules).matches(RECORD.terms) is allowed


def test_a_decision_carries_what_is_masked_and_what_is_lacking() -> None:
    decision = policy.decide((PERMIT, MASK, LACKING), RECORD)
    assert decision.masks == (MASK,)
    assert decision.lacking == (LACKING,)


def broken(id: str) -> Any:
    def rules(action: str, facts: Facts) -> Any:
        raise RuntimeError("evidence that cannot be read")

    return SimpleNamespace(ID=id, rules=rules)


def standing(rule: Rule) -> Any:
    return SimpleNamespace(ID=rule.id, rules=lambda action, facts: [rule])


def test_a_ground_that_cannot_be_evaluated_opens_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        made = policy.rules("read", officer(), [broken("P8")], [])
    assert made == ()
    assert "P8" in caplog.text


def test_a_restriction_that_cannot_be_evaluated_closes_everything(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        made = policy.rules("read", officer(), [standing(PERMIT)], [broken("D9")])
    decision = policy.decide(made, RECORD)
    assert not decision.allowed
    assert [rule.id for rule in decision.rules] == ["D9"]
    assert policy.within(made) == NOTHING
    assert "D9" in caplog.text


def test_one_broken_ground_leaves_the_others_standing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        made = policy.rules("read", officer(), [broken("P8"), standing(PERMIT)], [])
    assert made == (PERMIT,)


def test_a_type_outside_the_scopes_is_refused_before_looking() -> None:
    policy.covered((PERMIT, NARROW), "Condition")
    with pytest.raises(Problem) as caught:
        policy.covered((PERMIT, NARROW), "Patient")
    assert caught.value.kind == "forbidden"
    assert caught.value.issues[0].text.startswith("scope: ")


def test_a_scope_reaches_a_type_of_which_it_opens_some_records_and_covers_it_whole_only_with_all() -> None:
    some = Rule("scope", "narrow", all_of([has(".type", "Condition"), has("category", "x")]), BECAUSE)
    forbidden = Rule("D", "forbid", has(".type", "Patient"), BECAUSE)
    assert policy.reaches((PERMIT, some, forbidden), "Condition")
    assert not policy.reaches((PERMIT, some), "Patient")
    assert policy.reaches((PERMIT, forbidden, ELSEWHERE), "Condition")
    policy.covered_whole((PERMIT, NARROW, ELSEWHERE, forbidden), "Condition")
    for made in ((some,), (PERMIT, NARROW, some)):
        with pytest.raises(Problem) as caught:
            policy.covered_whole(made, "Condition")
        assert "scope" in caught.value.rules


def test_records_that_differ_in_what_a_rule_asks_are_decided_on_one_by_one() -> None:
    """Of who is protected or which desk it is nothing differs between them; what a narrower scope asks for does."""
    rule = Rule("P", "permit", all_of([has(".type", "Condition"), has("category", "x")]), BECAUSE)
    ruling = policy.Ruling((rule,), policy.within((rule,)), frozenset({".type", "category"}))
    asked = [
        Version("Condition", str(number), 1, SINCE, False, b"", terms, SINCE)
        for number, terms in enumerate(
            [(".type Condition",), (".type Condition", "category x"), (".type Condition", "category y")]
        )
    ]
    assert [each.allowed for each in ruling.decisions(asked, Gathered())] == [False, True, False]


def test_what_says_nothing_of_any_record_is_left_out_of_a_ruling(monkeypatch: pytest.MonkeyPatch) -> None:
    never = [replace(rule, predicate=NOTHING) for rule in (PERMIT, MASK, LACKING)]
    everywhere = Rule("scope", "narrow", EVERYTHING, BECAUSE)
    nowhere = Rule("scope", "narrow", NOTHING, BECAUSE)
    monkeypatch.setattr(policy, "rules", lambda action, facts: (*never, everywhere, nowhere, PERMIT))
    paper = Version("Consent", "1", 1, SINCE, False, b"", (), SINCE)
    made = policy.ruling("read", replace(officer(), lapsed=(paper,)))  # which is not kept for others
    assert made.rules == (nowhere, PERMIT)
    assert not policy.decide(made.rules, RECORD).allowed


def test_nobody_sees_the_directory_and_nothing_else() -> None:
    made = policy.rules("read", Facts(NOBODY))
    assert policy.decide(made, Stored((".type Organization",))).allowed
    assert not policy.decide(made, RECORD).allowed


@pytest.mark.parametrize("persons", [PERSONS, WRITTEN])
def test_of_records_in_one_household_each_is_decided_on_by_who_was_in_it_then(persons: Values) -> None:
    def instant(day: int) -> str:
        return f"2026-11-{day:02}T00:00:00.000000Z"

    def row(name: str, of: str, to: str, since: int, ended: str = FOREVER) -> Row:
        return Row(Relation(name, of, to), instant(since), ended, of, 1)

    world = Gathered()
    world.add([row("member", "Group/1", "Patient/a", 1), row("member", "Group/1", "Patient/b", 10, instant(20))])
    world.add([row("known", "Patient/a", "Organization/1", 1)])
    rule = Rule("P", "permit", Each(persons, Related("known")), BECAUSE)
    days = [day for day in (5, 9, 10, 11, 19, 20, 21) for _ in range(2)]
    terms = (".household Group/1", ".id Condition/1", ".type Condition")
    asked = [
        Version("Condition", "1", 1, instant(since), False, b"", terms, instant(first))
        for first, since in itertools.product(days, days)
        if first <= since
    ]
    ruling = policy.Ruling((rule,), policy.within((rule,)), frozenset({".subject", ".household"}))
    found = [each.allowed for each in ruling.decisions(asked, world)]
    assert found == [policy.decide((rule,), each.stored, world).allowed for each in asked]
    assert set(found) == {True, False}
