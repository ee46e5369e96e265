"""What `$place-check` writes: a mark beside the version as it stands, by who may write the record (D1)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from consent.actor import Scope
from consent.rule import Decision, Rule, Text
from resources.record.problem import Problem
from resources.search.predicate import EVERYTHING
from tests.unit.consent.acts.laid import gone
from tests.unit.consent.town import Town, actor, concern, patient

P, Q = actor("p"), actor("q")


@pytest.fixture
def told(town: Town) -> Town:
    town.write(P, patient("1"), concern("c", "1", note=[{"text": "面談した"}, {"text": "電話した"}]))
    town.protect(P, "Patient/1", "Practitioner/p")
    return town


def test_no_version_comes_of_it_and_it_rests_on_the_duty(told: Town) -> None:
    (before,) = told.stored("Condition")
    (done,) = told.check(P, "Condition/c", "Condition.note[1]")
    (after,) = told.stored("Condition")
    assert (after.cited, after.body) == (before.cited, before.body)
    assert set(after.terms) - set(before.terms) == {".checked /note/1"}
    because = Text("the text tells no place", "文から居所は分からない")
    assert done.action == "update"
    assert done.decision == Decision(True, (Rule("D1", "permit", EVERYTHING, because),))


def test_it_takes_a_token_that_writes_and_a_record_that_is_there(told: Town) -> None:
    with pytest.raises(Problem, match="the token's scopes"):
        told.check(replace(P, scopes=(Scope("user", "*", frozenset("rs")),)), "Condition/c", "Condition.note[0]")
    told.check(replace(P, scopes=(Scope("user", "*", frozenset("ru")),)), "Condition/c", "Condition.note[0]")
    gone(told, "Condition/c")
    for who, name in ((P, "c"), (P, "none"), (Q, "c")):
        with pytest.raises(Problem, match=f"there is no `Condition/{name}`"):
            told.check(who, f"Condition/{name}", "Condition.note[0]")
