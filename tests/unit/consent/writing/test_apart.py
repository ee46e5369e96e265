"""What of a work is settled within its transaction, and what is noted to be done before it or after it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from consent.writing.apart import NOBODY, STEP, Apart, NotAtOnceError, Whom
from resources.record.version import Version

A, B = Whom(persons=frozenset({"Patient/1"})), Whom(groups=frozenset({"Group/g"}))
CLOSED = Whom(closed=frozenset({("Condition/c", "V"), ("Condition/c", "mistaken")}))


def version(number: int) -> Version:
    return Version("Condition", "c", number, "2026-11-23T04:00:00.000Z", False, b"{}", ())


def of_each() -> list[Whom]:
    one = frozenset({"x"})
    return [
        Whom(persons=one),
        Whom(groups=one),
        Whom(grown=frozenset({("x", "y")})),
        Whom(gone=frozenset({("x", "y", "z")})),
        Whom(closed=frozenset({("x", "y")})),
        Whom(records=one),
    ]


def test_whom_it_is_of_is_put_together_and_taken_away_kind_by_kind() -> None:
    kinds = of_each()
    assert not NOBODY
    assert all(kinds)
    for one in kinds:
        for other in kinds:
            assert (one == other) == (one is other)
            assert one - other == (NOBODY if one is other else one)
            assert (one | other) - other == (NOBODY if one is other else one)
    whole = NOBODY
    for one in kinds:
        whole |= one
    x, y = frozenset({"x"}), frozenset({("x", "y")})
    assert whole == Whom(x, x, y, frozenset({("x", "y", "z")}), y, x)


def test_there_is_room_for_so_many_versions_and_no_more() -> None:
    apart = Apart(room=5)
    assert apart.has_room(2, A, hidden=True)
    assert apart.has_room(3, B, hidden=False)
    assert (apart.room, apart.hidden, apart.told) == (0, NOBODY, NOBODY)
    apart.demand()
    assert not apart.has_room(1, A, hidden=True)
    assert not apart.has_room(1, B, hidden=False)
    assert not apart.has_room(1, A, hidden=False)
    assert (apart.room, apart.hidden, apart.told) == (0, A, A | B)
    assert apart.has_room(0, B, hidden=True)


def test_what_had_no_room_is_demanded_to_be_done_apart() -> None:
    for hidden in (True, False):
        apart = Apart(room=0)
        apart.has_room(1, A, hidden=hidden)
        with pytest.raises(NotAtOnceError, match="more is to be settled than others wait for") as raised:
            apart.demand()
        assert (raised.value.hidden, raised.value.told) == ((A, NOBODY) if hidden else (NOBODY, A))


def test_of_a_record_of_few_versions_all_are_settled_within() -> None:
    for hidden in (True, False):
        apart = Apart(room=0)
        assert apart.own(version(STEP), CLOSED, hidden=hidden) == range(1, STEP + 1)
        assert (apart.room, apart.hidden, apart.told) == (0, NOBODY, NOBODY)


def test_of_a_record_of_many_the_newest_alone_where_there_is_no_room_for_all() -> None:
    many = version(STEP + 1)
    within = Apart(room=STEP + 1)
    assert within.own(many, CLOSED, hidden=True) == range(1, STEP + 2)
    assert (within.room, within.hidden) == (0, NOBODY)
    for hidden in (True, False):
        apart = Apart(room=STEP)
        assert apart.own(many, CLOSED, hidden=hidden) == range(STEP + 1, STEP + 2)
        assert (apart.room, apart.hidden, apart.told) == (STEP, *((CLOSED, NOBODY) if hidden else (NOBODY, CLOSED)))


def test_of_whom_it_is_told_later_in_any_case_nothing_is_settled_within() -> None:
    many, later = version(STEP + 1), CLOSED | A
    apart = Apart(later=later)
    assert apart.own(many, CLOSED, hidden=False) == range(STEP + 1, STEP + 2)
    assert (apart.hidden, apart.told) == (NOBODY, NOBODY)
    assert apart.own(many, CLOSED | B, hidden=False) == range(1, STEP + 2)


def test_those_that_were_hidden_before_it_are_not_hidden_again() -> None:
    """Of several terms as far as all of them were: what one of them has not closed is closed now."""
    one, other = sorted(CLOSED.closed)
    many = version(60)
    apart = Apart(room=0, upto={one: 50, other: 40})
    assert apart.own(many, CLOSED, hidden=True) == range(41, 61)
    assert apart.hidden == NOBODY
    assert apart.own(many, Whom(closed=frozenset({one})), hidden=True) == range(51, 61)
    gone = Whom(gone=frozenset({("Condition/c", "Patient/2", "Patient/3")}))
    assert Apart(room=0, upto={("Condition/c", "Patient/2"): 50}).own(many, gone, hidden=True) == range(51, 61)
    assert Apart(room=0, upto={("Condition/c", "Patient/3"): 50}).own(many, gone, hidden=True) == range(60, 61)
    records = Apart(room=0, upto={"Condition/c": 50})
    assert records.own(many, Whom(records=frozenset({"Condition/c"})), hidden=True) == range(51, 61)
    assert records.own(many, CLOSED, hidden=True) == range(60, 61)
    assert records.hidden == CLOSED
    assert Apart(room=0, upto={one: 50}).own(many, CLOSED, hidden=True) == range(60, 61)
    assert Apart(upto={one: 50}).own(many, A, hidden=True) == range(1, 61)


def test_what_leads_to_plans_from_a_household_is_told_within() -> None:
    grown = frozenset({("CarePlan/k", ".subject Patient/1"), ("CarePlan/k", ".household Group/g")})
    apart = Apart(room=3, later=Whom(grown=grown) | A, end="e")
    told = Whom(grown=frozenset({("CarePlan/k", ".subject Patient/1")})) | A
    assert apart.together() == replace(apart, later=told)
