"""What was entered in error is its keeper's alone; only who confirms on a paper may take that back by it."""

from __future__ import annotations

import pytest

from consent import vocabulary
from consent.rule import Action
from consent.rules import mistake
from tests.unit.consent.people import CENTER, officer
from tests.unit.consent.rules.asked import OTHER, closes

ON_WHAT_IS_THERE: tuple[Action, ...] = ("read", "search", "update", "delete")
MISTAKEN = (".mistaken", "yes")
THEIRS = (".custodian", OTHER)


@pytest.mark.parametrize("action", ON_WHAT_IS_THERE)
def test_a_mistake_is_closed_to_everybody_but_who_keeps_it(action: Action) -> None:
    made = list(mistake.rules(action, officer()))
    record = (".type", "Condition")
    assert closes(made, [record, THEIRS, MISTAKEN])
    assert not closes(made, [record, THEIRS])
    assert not closes(made, [record, (".custodian", CENTER), MISTAKEN])


def test_what_is_written_anew_is_hidden_from_nobody_yet() -> None:
    assert list(mistake.rules("create", officer())) == []


@pytest.mark.parametrize("action", ON_WHAT_IS_THERE)
@pytest.mark.parametrize("code", sorted(vocabulary.CONFIRMED_ON_PAPER))
def test_who_confirmed_on_a_paper_takes_it_back_and_reads_it_no_more(action: Action, code: str) -> None:
    """A birth date or a death: that it was a mistake is said by who confirmed it, on the Task of who asked."""
    made = list(mistake.rules(action, officer()))
    asked = [(".type", "Task"), (".code", code), THEIRS, MISTAKEN]
    assert closes(made, asked) is (action != "update")
    assert closes(made, [(".type", "Task"), (".code", vocabulary.VERIFY), THEIRS, MISTAKEN])
    assert closes(made, [(".type", "Task"), THEIRS, MISTAKEN])
    assert closes(made, [(".type", "Flag"), (".code", code), THEIRS, MISTAKEN])
