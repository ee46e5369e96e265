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
    Has,
    HasOther,
    Is,
    Leads,
    Linked,
    LinkedFrom,
    Not,
    Predicate,
    Related,
    all_of,
    any_of,
    has,
    has_any,
    has_one_of,
    matches,
    none_of,
    only,
    some,
    term,
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
    assert not LinkedFrom("Task", "of", EVERYTHING).matches(TASK.terms)


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


def test_what_is_joined_is_as_short_as_it_can_be() -> None:
    joined: list[tuple[Predicate, Predicate]] = [
        (all_of([]), EVERYTHING),
        (any_of([]), NOTHING),
        (all_of([A]), A),
        (any_of([A, A]), A),
        (all_of([A, EVERYTHING]), A),
        (any_of([A, NOTHING]), A),
        (all_of([A, NOTHING, B]), NOTHING),
        (any_of([A, EVERYTHING, B]), EVERYTHING),
        (all_of([A, B]), AllOf((A, B))),
        (any_of([A, B]), AnyOf((A, B))),
        (all_of([AllOf((A, B)), A]), AllOf((A, B))),
        (any_of([AnyOf((A, B)), B]), AnyOf((A, B))),
        (all_of([AnyOf((A, B)), A]), AllOf((AnyOf((A, B)), A))),
        (none_of(EVERYTHING), NOTHING),
        (none_of(NOTHING), EVERYTHING),
        (none_of(A), Not(A)),
        (none_of(Not(A)), A),
        (has_one_of("k", ["b", "a", "b"]), AnyOf((A, B))),
        (has_one_of("k", ["a"]), A),
        (has_one_of("k", []), NOTHING),
    ]
    for made, expected in joined:
        assert made == expected


def test_a_condition_on_a_term_is_of_its_name_and_its_value() -> None:
    assert term("k", "a b") == "k a b"
    assert has("k", "a") == Is("k a")
    assert has_any("k") == Has("k ", "k!")
    assert only("k", ["a", "b"]) == Not(HasOther("k", frozenset({"a", "b"})))
    assert only("k", []).matches(("l a",))


def test_every_value_is_among_those_allowed_or_it_is_not_theirs() -> None:
    assert only("k", ["a", "b"]).matches(("k a", "k b"))
    assert only("k", ["a"]).matches(())
    assert not only("k", ["a"]).matches(("k a", "k b"))


# --- the rows around a record ----------------------------------------------------------------------------------------

SINCE = "2026-04-01T00:00:00.000Z"


def said(relation: Relation, since: str = SINCE) -> Row:
    return Row(relation, since, FOREVER, "Consent/1", 1)


def holds(of: Predicate, record: Stored, *rows: Row, value: str = "Patient/1") -> bool:
    return of.matches(record.terms, Around(record, knowing(*rows), value))


def test_a_row_that_is_said_of_one_keeper_counts_for_the_records_of_that_one() -> None:
    row = said(Relation("knows", "Patient/1", "Organization/a", keeper="Organization/k"))
    own, other = (Stored((f".custodian Organization/{keeper}",)) for keeper in "kx")
    of_its_keeper = Related("knows", keeper=".custodian")
    assert holds(of_its_keeper, own, row)
    assert not holds(of_its_keeper, other, row)
    assert not holds(of_its_keeper, Stored(()), row)
    assert holds(Related("knows"), other, row), "where it is not asked"
    assert holds(of_its_keeper, other, said(Relation("knows", "Patient/1", "Organization/a"))), "said of everybody's"


def test_a_row_counts_where_it_is_asked_so_only_if_it_was_recorded_before_the_words_were() -> None:
    row = said(Relation("knows", "Patient/1", "Organization/a"))
    earlier, later = "2026-03-01T00:00:00.000Z", "2026-05-01T00:00:00.000Z"
    before = Related("knows", written=True)
    assert holds(before, Stored((), later), row)
    assert not holds(before, Stored((), SINCE), row)
    assert not holds(before, Stored((), earlier), row)
    assert holds(Related("knows"), Stored((), earlier), row)
    assert not holds(before, Stored((f".worded {earlier}",), later), row), "words that stood already"
    assert holds(before, Stored((f".worded {later}",), earlier), row)


def test_a_row_that_speaks_of_some_records_speaks_of_these_certainly_or_perhaps() -> None:
    of_one = said(Relation("knows", "Patient/1", "Organization/a", term=".id Task/1"))
    dated = said(Relation("knows", "Patient/1", "Organization/a", low="2026-01", high="2026-02"))
    day = Stored((".begins 2026-01-05", ".ends 2026-01-06"))
    undated, after = Stored((".id Task/1",)), Stored((".begins 2026-03-05", ".ends 2026-03-06"))
    certainly, perhaps = Related("knows", bound="certainly"), Related("knows", bound="perhaps")
    for bound in (certainly, perhaps):
        assert holds(bound, undated, of_one)
        assert not holds(bound, day, of_one)
        assert holds(bound, day, dated)
        assert not holds(bound, after, dated)
    assert not holds(certainly, undated, dated)
    assert holds(perhaps, undated, dated), "whose date cannot be told"
    assert holds(Related("knows"), after, dated), "where it is not asked"


def test_what_has_to_hold_besides_is_asked_of_the_record_at_hand() -> None:
    row = said(Relation("knows", "Patient/1", "Organization/a"))
    besides = Related("knows", beside=has(".open", "yes"))
    assert holds(besides, OPEN, row)
    assert not holds(besides, CLOSED, row)
    assert not holds(besides, OPEN), "no row"
    two = [said(Relation("knows", "Patient/1", name)) for name in ("Organization/a", "Organization/b")]
    to_b = Related("knows", frozenset({"Organization/b"}))
    assert [each.relation.to for each in to_b.found((), Around(OPEN, knowing(*two), "Patient/1"))] == ["Organization/b"]
    assert [each.relation.to for each in to_b.rows(knowing(*two), "Patient/1")] == ["Organization/b"]


def test_a_value_leads_by_a_row_to_one_that_is_so() -> None:
    same = said(Relation("same", "Patient/1", "Patient/2"))
    of_two = Leads("same", Among(frozenset({"Patient/2"})))
    assert holds(of_two, TASK, same)
    assert not holds(of_two, TASK, same, value="Patient/2")
    assert not holds(of_two, TASK)
    assert not holds(Leads("same", Among(frozenset({"Patient/1"}))), TASK, same)
    over = said(Relation("same", "Patient/1", "Patient/2", until="2026-05-01T00:00:00.000Z"))
    assert not holds(of_two, TASK, over)
    other = said(Relation("same", "Patient/1", "Patient/3"))
    assert holds(of_two, TASK, other, same), "one of several is enough"
    assert not of_two.matches(TASK.terms)


def test_each_part_of_a_condition_counts_and_one_of_several_is_enough() -> None:
    for parts in ((A, B), (B, A)):
        assert AllOf(parts).matches(("k a", "k b"))
        assert not AllOf(parts).matches(("k a",))
        assert not AllOf(parts).matches(("k b",))
        assert AnyOf(parts).matches(("k a",))
        assert AnyOf(parts).matches(("k b",))
        assert not AnyOf(parts).matches(("k c",))
    assert Not(A).matches(("k b",))
    assert not Not(A).matches(("k a",))
    assert (has_any("k").matches(("k x",)), has_any("k").matches(("kk x",)), has_any("k").matches(())) == (
        True,
        False,
        False,
    )


def test_each_value_is_asked_in_the_world_and_for_the_source_at_hand() -> None:
    row = known("Consent/1")
    same = Each(Values("to"), Related("knows", same=True))
    one = Stored(("to Patient/1",))
    assert same.matches(one.terms, Around(one, knowing(row), "", "Consent/1"))
    assert not same.matches(one.terms, Around(one, knowing(row), "", "Consent/2"))
    assert not same.matches(one.terms)
