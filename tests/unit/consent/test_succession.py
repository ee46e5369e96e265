"""Who keeps the files of an agency that has ended: one after another, and never of who is not named."""

from __future__ import annotations

from consent import succession
from consent.succession import CITY, NONE, SUCCEEDS, Succession, Successions
from consent.verdict import Verdict
from resources.search.relation import Relation
from tests.laws.worlds import ref
from tests.unit.consent.people import around, row

A, B, C, X = (f"Organization/{name}" for name in "abcx")
A_BY_B, B_BY_C = Succession(A, B, "Task/1/_history/2"), Succession(B, C, "Task/2/_history/1")
CHAIN = Successions((A_BY_B, B_BY_C))


def test_files_go_from_one_to_the_next() -> None:
    assert CHAIN.of({C}) == (B_BY_C, A_BY_B)
    assert CHAIN.of({B}) == (A_BY_B,)
    assert CHAIN.of({X}) == ()
    assert CHAIN.kept_by({C}) == {A, B, C}
    assert CHAIN.kept_by({X}) == {X}
    assert NONE.kept_by({C}) == {C}
    assert CHAIN.after({A}) == {B, C}
    assert CHAIN.after({C}) == frozenset()
    assert CHAIN.after({A, B}) == {C}
    assert CHAIN.of_former(A) == (A_BY_B,)
    assert CHAIN.of_former(C) == ()


def test_two_that_name_each_other_end() -> None:
    circle = Successions((A_BY_B, Succession(B, A, "Task/3/_history/1")))
    assert circle.kept_by({A}) == {A, B}
    assert circle.after({A}) == {B}


def test_it_is_cited_and_told_to_who_may_read_what_says_so() -> None:
    assert A_BY_B.source == "Task/1"
    assert CHAIN.sources == {"Task/1", "Task/2"}
    assert [each.version for each in CHAIN.evidence({C})] == ["Task/2/_history/1", "Task/1/_history/2"]
    assert CHAIN.told({"Task/1": True}) == Successions((A_BY_B,))
    assert CHAIN.told({"Task/1": False, "Task/2": True}) == Successions((B_BY_C,))
    assert CHAIN.told({}) == NONE


def test_a_task_says_so_while_it_counts() -> None:
    task = {"resourceType": "Task", "owner": ref(B)}
    counts = Verdict(True, noted=frozenset({f".succeeded {A}"}))
    assert list(succession.rows(task, counts)) == [Relation(SUCCEEDS, CITY, B, A)]
    assert list(succession.rows(task, Verdict(noted=counts.noted))) == []
    assert list(succession.rows(task, Verdict(True))) == []


def test_those_that_stand_are_read_in_one_order() -> None:
    rows = [row(Relation(SUCCEEDS, CITY, C, B), "Task/2"), row(Relation(SUCCEEDS, CITY, B, A), "Task/1")]
    over = row(Relation(SUCCEEDS, CITY, B, X, until="2026-01-01"), "Task/3")
    other = row(Relation("post", CITY, B, X), "Task/4")
    found = succession.read([*rows, over, other], around(*rows, over, other))
    assert found == Successions((Succession(A, B, "Task/1/_history/1"), Succession(B, C, "Task/2/_history/1")))
    assert succession.read([over], around(over)) is NONE
