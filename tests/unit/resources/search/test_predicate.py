"""A condition read in Python, where one of several is enough and where every one counts."""

from __future__ import annotations

import pytest

from resources.search.predicate import (
    EVERYTHING,
    NOTHING,
    AllOf,
    Among,
    AnyOf,
    Each,
    Linked,
    LinkedFrom,
    Not,
    Predicate,
    Related,
    all_of,
    any_of,
    has,
    has_one_of,
    matches,
    none_of,
    only,
    some,
)
from resources.search.relation import FOREVER, NOWHERE, Around, Gathered, Relation, Row, Stored, Values

A, B = has("k", "a"), has("k", "b")
TASK = Stored((".id Task/1", "to Patient/1", "to Patient/2", "to Patient/gone"))
OPEN, CLOSED = Stored((".open yes",)), Stored((".open no",))


@pytest.mark.parametrize("name", ["Patient/1", "Patient/2"])
def test_one_of_several_that_are_led_to_is_enough_and_what_is_gone_is_none(name: str) -> None:
    world = Gathered(records={"Patient/1": CLOSED, "Patient/2": CLOSED} | {name: OPEN})
    assert matches(Linked("to", has(".open", "yes")), TASK, world)
    assert not matches(Linked("to", has(".open", "later")), TASK, world)
    assert not matches(Linked("to", EVERYTHING), TASK, Gathered())
    assert not Linked("to", EVERYTHING).matches(TASK.terms)


def test_one_of_several_that_lead_here_is_enough() -> None:
    world = Gathered(led={("Task", "of", "Task/1"): [CLOSED, OPEN], ("Task", "of", "Task/2"): [OPEN]})
    assert matches(LinkedFrom("Task", "of", has(".open", "yes")), TASK, world)
    assert not matches(LinkedFrom("Task", "of", has(".open", "later")), TASK, world)
    assert not matches(LinkedFrom("Task", "for", EVERYTHING), TASK, world)
    assert not matches(LinkedFrom("Task", "of", EVERYTHING), TASK, NOWHERE)


def test_each_value_counts_and_one_is_enough_for_some() -> None:
    to = Values("to")
    everybody = Among(frozenset({"Patient/1", "Patient/2", "Patient/gone"}))
    assert matches(Each(to, everybody), TASK, NOWHERE)
    assert not matches(Each(to, Among(frozenset({"Patient/1"}))), TASK, NOWHERE)
    assert matches(some(to, Among(frozenset({"Patient/2"}))), TASK, NOWHERE)
    assert not matches(some(to, Among(frozenset({"Patient/3"}))), TASK, NOWHERE)
    assert matches(Each(Values("none"), NOTHING), TASK, NOWHERE)
    assert not matches(some(Values("none")), TASK, NOWHERE)
    assert not everybody.matches(TASK.terms)


def known(source: str, *, tag: str = "", until: str = FOREVER) -> Row:
    relation = Relation("knows", "Patient/1", "Organization/a", tag, until=until)
    return Row(relation, "2026-04-01T00:00:00.000Z", FOREVER, source, 1)


def knowing(*rows: Row) -> Gathered:
    world = Gathered(now="2026-11-23T00:00:00.000Z")
    world.add(rows)
    return world


def related(of: Predicate, *rows: Row, source: str = "") -> bool:
    return of.matches(TASK.terms, Around(TASK, knowing(*rows), "Patient/1", source))


def test_a_value_is_related_to_whom_and_as_is_asked_and_to_nobody_outside_of_a_world() -> None:
    row = known("Consent/1", tag="plain")
    assert related(Related("knows"), row)
    assert related(Related("knows", frozenset({"Organization/a"}), frozenset({"plain"})), row)
    assert not related(Related("knows", frozenset({"Organization/b"})), row)
    assert not related(Related("knows", tags=frozenset({"other"})), row)
    assert not related(Related("another"), row)
    assert not related(Related("knows"), known("Consent/1", until="2026-05-01T00:00:00.000Z"))
    assert not Related("knows").matches(TASK.terms)


def test_what_the_same_record_has_to_say_is_no_other_records_word() -> None:
    row, other = known("Consent/1"), known("Consent/2", tag="withheld")
    same = Related("knows", same=True)
    assert related(same, row, source="Consent/1")
    assert not related(same, row, source="Consent/2")
    withheld = Related("knows", tags=frozenset({"withheld"}), same=True)
    besides = Related("knows", tags=frozenset({""}), beside=Not(withheld))
    assert related(besides, row, other)
    assert not related(besides, row, known("Consent/1", tag="withheld"))


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (all_of([]), EVERYTHING),
        (any_of([]), NOTHING),
        (all_of([A]), A),
        (any_of([A, A]), A),
        (all_of([A, EVERYTHING]), A),
        (any_of([A, NOTHING]), A),
        (all_of([A, NOTHING, B]), NOTHING),
        (any_of([A, EVERYTHING, B]), EVERYTHING),
        (all_of([all_of([A, B]), A]), AllOf((A, B))),
        (any_of([any_of([A, B]), B]), AnyOf((A, B))),
        (all_of([any_of([A, B]), A]), AllOf((AnyOf((A, B)), A))),
        (none_of(EVERYTHING), NOTHING),
        (none_of(NOTHING), EVERYTHING),
        (none_of(A), Not(A)),
        (none_of(Not(A)), A),
        (has_one_of("k", ["b", "a", "b"]), AnyOf((A, B))),
    ],
)
def test_what_is_joined_is_as_short_as_it_can_be(made: Predicate, expected: Predicate) -> None:
    assert made == expected


def test_every_value_is_among_those_allowed_or_it_is_not_theirs() -> None:
    assert only("k", ["a", "b"]).matches(("k a", "k b"))
    assert only("k", ["a"]).matches(())
    assert not only("k", ["a"]).matches(("k a", "k b"))
