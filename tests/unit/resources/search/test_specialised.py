"""A condition as it stands for records of which something is known says of them what it said before."""

from __future__ import annotations

import pytest

from resources.search.predicate import (
    EVERYTHING,
    NOTHING,
    Among,
    Each,
    HasOther,
    Related,
    all_of,
    any_of,
    has,
    has_any,
    none_of,
    only,
)
from resources.search.relation import Values
from resources.search.specialised import for_type, lacking

TASK, LABELLED = has(".type", "Task"), has(".label", "a")
CONDITIONS = [
    LABELLED,
    none_of(LABELLED),
    has_any(".label"),
    only(".label", ["a"]),
    HasOther(".label", frozenset()),
    all_of([TASK, any_of([LABELLED, has("status", "open")])]),
    any_of([all_of([TASK, none_of(LABELLED)]), has("status", "open")]),
    none_of(Each(Values(".subject"), any_of([all_of([TASK, LABELLED]), Among(frozenset(["Patient/1"]))]))),
]
RECORDS = [
    [".subject Patient/1", ".type Task", "status open"],
    [".subject Patient/2", ".type Task"],
    [".type Group", "status open"],
    [".type Group"],
]


@pytest.mark.parametrize("what", CONDITIONS)
@pytest.mark.parametrize("terms", RECORDS)
def test_of_records_without_a_name_it_asks_nothing_under_it_and_says_the_same(what, terms):
    assert lacking(what, ".label").matches(terms) == what.matches(terms)


@pytest.mark.parametrize("what", CONDITIONS)
@pytest.mark.parametrize("terms", RECORDS[:2])
def test_of_records_of_a_type_it_says_the_same(what, terms):
    assert for_type(what, "Task").matches(terms) == what.matches(terms)


def test_what_is_known_is_answered():
    assert lacking(LABELLED, ".label") == NOTHING
    assert lacking(none_of(LABELLED), ".label") == EVERYTHING
    assert for_type(all_of([TASK, LABELLED]), "Task") == LABELLED
    assert lacking(TASK, ".label") == TASK


def test_nobody_stands_in_a_relation_to_none():
    nowhere = [Related("leads", to=frozenset()), Related("leads", tags=frozenset())]
    assert [for_type(each, "Task") for each in nowhere] == [NOTHING, NOTHING]
    assert for_type(Each(Values(".conference"), none_of(nowhere[0])), "Task") == EVERYTHING
    assert for_type(Related("leads", to=frozenset(["Person/1"])), "Task") != NOTHING
