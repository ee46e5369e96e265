"""What a rule says of what it permits, and what an answer makes of it."""

from __future__ import annotations

from dataclasses import replace

from consent.rule import Decision, RestsOn, Rule, Text
from resources.search.predicate import EVERYTHING, Related
from resources.search.relation import Values

PERMIT = Rule("P1", "permit", EVERYTHING, Text("because", "なぜなら"))


def test_a_rule_permits_the_whole_of_a_record_unless_it_says_that_it_is_a_card() -> None:
    assert not Decision(True, (PERMIT,)).card
    assert Decision(True, (replace(PERMIT, card=True),)).card
    assert not Decision(True, (replace(PERMIT, card=True), PERMIT)).card
    assert not Decision(False, (replace(PERMIT, card=True),)).card
    assert not Decision(True, ()).card


def test_what_a_rule_rests_on_is_said_of_the_one_name_unless_it_says_otherwise() -> None:
    assert not RestsOn(Values(".subject"), Related("care", frozenset()), Text("care", "支援")).named
