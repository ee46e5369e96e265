"""An import that could not be classified is its keeper's alone."""

from __future__ import annotations

import pytest

from consent import vocabulary
from consent.rule import Action
from consent.rules import unclassified
from tests.unit.consent.people import CENTER, officer
from tests.unit.consent.rules.asked import OTHER, closes

MARK = (".label", vocabulary.UNCLASSIFIED)


@pytest.mark.parametrize("action", ["read", "search", "update", "delete"])
def test_it_is_closed_to_everybody_but_who_keeps_it(action: Action) -> None:
    made = list(unclassified.rules(action, officer()))
    assert closes(made, [(".custodian", OTHER), MARK])
    assert not closes(made, [(".custodian", OTHER), (".label", vocabulary.WITHHELD)])
    assert not closes(made, [(".custodian", CENTER), MARK])


def test_what_is_written_anew_is_hidden_from_nobody_yet() -> None:
    assert list(unclassified.rules("create", officer())) == []
