"""A token's scopes narrow: each letter to its own interaction, each type to its own records, each level to its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from consent import vocabulary
from consent.actor import Actor, Scope
from consent.facts import Facts
from consent.rule import Action
from consent.rules import scope
from resources.search.predicate import Predicate, has
from tests.unit.consent.people import NOBODY, OFFICER, SYSTEM
from tests.unit.consent.rules.asked import Said, held

LETTERS: dict[Action, str] = {"create": "c", "read": "r", "update": "u", "delete": "d", "search": "s"}
CONCERN, PERSON = [(".type", "Condition"), (".code", "debts")], [(".type", "Patient")]


def covers(action: Action, who: Actor, *scopes: Scope, said: Said = CONCERN) -> bool:
    made = list(scope.rules(action, Facts(replace(who, scopes=scopes))))
    assert [rule.effect for rule in made] == ["narrow"]
    return bool(held(made, "narrow", said))


@pytest.mark.parametrize("action", LETTERS)
def test_each_letter_covers_its_own_interaction(action: Action) -> None:
    for other, letter in LETTERS.items():
        for type in ("*", "Condition"):
            assert covers(action, OFFICER, Scope("user", type, frozenset(letter))) is (other == action)


def test_each_level_is_for_its_own_kind_of_caller() -> None:
    read = {level: Scope(level, "*", frozenset("r")) for level in ("user", "system", "patient")}
    assert {level for level, each in read.items() if covers("read", OFFICER, each)} == {"user"}
    assert {level for level, each in read.items() if covers("read", SYSTEM, each)} == {"system"}


def test_types_are_covered_together_and_a_star_covers_every_type() -> None:
    one, other = (Scope("user", type, frozenset("r")) for type in ("Condition", "Patient"))
    assert covers("read", OFFICER, one, other)
    assert covers("read", OFFICER, one, other, said=PERSON)
    assert not covers("read", OFFICER, other)
    assert covers("read", OFFICER, Scope("user", "*", frozenset("r")), other, said=[(".type", "Task")])
    assert not covers("read", OFFICER)


def test_with_a_query_it_covers_those_records_alone_of_its_type_or_of_every_type() -> None:
    debts, illness = has(".code", "debts"), has(".code", "illness")

    def some_of(type: str, where: Predicate) -> Scope:
        return replace(Scope("user", type, frozenset("r"), "code=x"), where=where)

    for type in ("*", "Condition"):
        assert covers("read", OFFICER, some_of(type, debts))
        assert not covers("read", OFFICER, some_of(type, illness))
        assert covers("read", OFFICER, some_of(type, illness), some_of(type, debts))
    assert not covers("read", OFFICER, some_of("Patient", debts))
    assert covers("read", OFFICER, some_of("Condition", illness), Scope("user", "Condition", frozenset("r")))


def test_neither_nobody_nor_the_installer_has_scopes_to_narrow_by() -> None:
    assert not list(scope.rules("read", Facts(NOBODY)))
    assert not list(scope.rules("create", Facts(replace(OFFICER, purpose=vocabulary.INSTALLATION))))
