"""One list of rules, read for a record and for the store: a permit, no forbid, every narrow; nothing said is no."""

from __future__ import annotations

from typing import Any

import pytest

from consent.policy import covered, covered_at_all, covered_whole, decide, reaches, together, within
from consent.rule import Decision, Evidence, RestsOn, Rule, Text
from resources.record.problem import Problem
from resources.search.predicate import EVERYTHING, NOTHING, Predicate, Related, has
from resources.search.relation import Relation, Stored, Values
from tests.unit.consent.people import around, row

SAID = Text("because", "理由")
LACK = Text("something is missing", "足りない")
RECORD = Stored((".subject Patient/1", ".type Condition"))
IS, IS_NOT = has(".type", "Condition"), has(".type", "Task")


def rule(effect: Any, predicate: Predicate = IS, id: str = "", **known: Any) -> Rule:
    return Rule(id or effect, effect, predicate, SAID, **known)


PERMIT, FORBID, NARROW, MASK = rule("permit"), rule("forbid"), rule("narrow"), rule("mask")


@pytest.mark.parametrize(
    ("made", "allowed", "by"),
    [
        ([], False, []),
        ([PERMIT], True, ["permit"]),
        ([rule("permit", IS_NOT)], False, []),
        ([PERMIT, FORBID], False, ["forbid"]),
        ([FORBID], False, ["forbid"]),
        ([PERMIT, rule("forbid", IS_NOT)], True, ["permit"]),
        ([PERMIT, NARROW], True, ["permit"]),
        ([NARROW], False, []),
        ([PERMIT, rule("narrow", IS_NOT)], False, ["narrow"]),
        ([PERMIT, FORBID, rule("narrow", IS_NOT)], False, ["forbid", "narrow"]),
        ([PERMIT, rule("permit", EVERYTHING, "other")], True, ["permit", "other"]),
        ([PERMIT, MASK], True, ["permit"]),
        ([rule("permit", lacks=(LACK,))], False, []),
        ([PERMIT, rule("forbid", lacks=(LACK,))], True, ["permit"]),
    ],
)
def test_a_record_is_decided_on_as_the_store_looks_for_it(made: list[Rule], allowed: bool, by: list[str]) -> None:
    found = decide(made, RECORD)
    assert (found.allowed, [each.id for each in found.rules]) == (allowed, by)
    assert within(made).matches(RECORD.terms) is allowed
    assert [each.id for each in found.masks] == ["mask"] * (MASK in made)


def test_what_lacks_something_is_told_where_it_would_hold() -> None:
    lacking = rule("permit", lacks=(LACK,))
    assert decide([lacking], RECORD).lacking == (lacking,)
    assert decide([rule("permit", IS_NOT, lacks=(LACK,))], RECORD).lacking == ()
    assert decide([rule("mask", IS_NOT)], RECORD).masks == ()


def test_a_rule_cites_the_rows_it_rests_on_of_the_persons_of_the_record() -> None:
    rests = RestsOn(Values(".subject"), Related("knows"), SAID)
    own = Evidence("PractitionerRole/1/_history/1", SAID)
    world = around(
        row(Relation("knows", "Patient/1", "Organization/a"), "Consent/1"),
        row(Relation("knows", "Patient/2", "Organization/a"), "Consent/2"),
    )
    (found,) = decide([rule("permit", evidence=(own,), rests_on=(rests, rests))], RECORD, world).rules
    assert found.evidence == (own, Evidence("Consent/1/_history/1", SAID, "Patient/1"))
    nowhere = RestsOn(Values(".subject"), Related("knows"), SAID, NOTHING)
    (found,) = decide([rule("permit", rests_on=(nowhere,))], RECORD, world).rules
    assert found.evidence == ()


def test_several_records_are_shown_by_each_rule_once_with_the_evidence_of_all() -> None:
    one, other = Evidence("Consent/1/_history/1", SAID), Evidence("Consent/2/_history/1", SAID)
    first = Decision(True, (rule("permit", evidence=(one,)),), (MASK,))
    second = Decision(True, (rule("permit", evidence=(other, one)), rule("permit", id="P1")))
    shown = together([first, second, first])
    assert [(each.id, each.evidence) for each in shown.rules] == [("permit", (one, other)), ("P1", ())]
    assert shown.masks == (MASK,)
    assert shown.allowed


def test_by_its_card_alone_somebody_is_shown_where_nothing_permits_more() -> None:
    card = rule("permit", card=True)
    assert Decision(True, (card,)).card
    assert not Decision(True, (card, PERMIT)).card
    assert not Decision(False, (card,)).card
    assert not Decision(True, ()).card


def test_a_token_that_does_not_reach_a_type_is_told_so_before_anything_is_looked_for() -> None:
    made = [PERMIT, rule("narrow", IS, "scope")]
    covered(made, "Condition")
    with pytest.raises(Problem, match="do not cover this interaction on `Task`"):
        covered(made, "Task")
    assert reaches(made, "Condition")
    assert not reaches(made, "Task")
    covered_at_all(made, ("Task", "Condition"))
    with pytest.raises(Problem):
        covered_at_all(made, ("Task", "Patient"))
    some = [rule("narrow", Related("knows"), "scope")]
    covered(some, "Task")
    with pytest.raises(Problem):
        covered_whole(some, "Task")
    covered_whole([rule("narrow", EVERYTHING), rule("permit", NOTHING)], "Task")
