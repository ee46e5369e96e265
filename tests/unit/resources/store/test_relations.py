"""What every store promises of the rows that records contribute: when they begin, that they go on, when they end."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resources.search.predicate import EVERYTHING, Among, Each, Is, Related, all_of, has, some
from resources.search.relation import FOREVER, Gathered, Relation, Row, Values
from tests.unit.resources.store.writing import draft, get, ids, put

CHILD, MOTHER = Relation("member", "Group/g", "Patient/child"), Relation("member", "Group/g", "Patient/mother")


async def rows(store, name, *of, instant=None):
    async with store.snapshot(instant) as view:
        return sorted(await view.rows((name, one) for one in of), key=lambda row: (row.relation, row.since))


async def tags(store, name, *to, instant=None):
    async with store.snapshot(instant) as view:
        return frozenset(await view.tags(name, to))


def test_rows_that_stand_keep_their_instant_and_those_that_end_remain(store, run):
    first = run(put(store, draft("g", 1, type="Group"), relations=[CHILD, MOTHER]))
    second = run(put(store, draft("g", 2, type="Group"), relations=[CHILD]))
    third = run(put(store, draft("g", 3, type="Group"), relations=[CHILD, MOTHER]))
    standing = Row(CHILD, first, FOREVER, "Group/g", 1)
    ended, again = Row(MOTHER, first, second, "Group/g", 1), Row(MOTHER, third, FOREVER, "Group/g", 3)
    assert run(rows(store, "member", "Group/g")) == [standing, ended, again]
    assert run(rows(store, "member", "Group/g", instant=second)) == [standing, ended]
    assert again.cited == "Group/g/_history/3"
    assert [row.holds(Gathered(second, second)) for row in (standing, ended, again)] == [True, False, False]


def test_a_deleted_record_that_contributes_nothing_ends_its_rows(store, run):
    run(put(store, draft("g", 1, type="Group"), relations=[CHILD]))
    end = run(put(store, draft("g", 2, type="Group", deleted=True)))
    assert [row.ended for row in run(rows(store, "member", "Group/g"))] == [end]


def test_a_version_that_stands_says_other_rows_from_now_on_and_is_still_the_one(store, run):
    first = run(put(store, draft("g", 1, type="Group"), relations=[CHILD]))

    async def work(transaction):
        await transaction.relate(await transaction.get("Group", "g", within=EVERYTHING), [MOTHER])
        return transaction.instant

    second = run(store.transact(work))
    assert run(rows(store, "member", "Group/g")) == [
        Row(CHILD, first, second, "Group/g", 1),
        Row(MOTHER, second, FOREVER, "Group/g", 1),
    ]
    assert run(rows(store, "member", "Group/g", instant=first)) == [Row(CHILD, first, second, "Group/g", 1)]
    assert run(get(store, "g", type="Group")).number == 1
    third = run(put(store, draft("g", 2, type="Group")))
    assert [row.ended for row in run(rows(store, "member", "Group/g"))] == [second, third]


def test_what_begins_and_ends_in_one_transaction_was_never_so(store, run):
    first = run(put(store, draft("g", 1, type="Group")))

    async def work(transaction):
        standing = await transaction.get("Group", "g", within=EVERYTHING)
        await transaction.relate(standing, [CHILD, MOTHER])
        await transaction.put(replace(draft("g", 2, type="Group"), since=transaction.instant), [MOTHER])
        return transaction.instant

    second = run(store.transact(work))
    assert first < second
    assert run(rows(store, "member", "Group/g")) == [Row(MOTHER, second, FOREVER, "Group/g", 1)]


def test_two_records_may_say_the_same_and_each_ends_its_own(store, run):
    run(put(store, draft("g", 1, type="Group"), relations=[CHILD]))
    run(put(store, draft("h", 1, type="Group"), relations=[CHILD]))
    run(put(store, draft("g", 2, type="Group")))
    assert sorted((row.source, row.ended == FOREVER) for row in run(rows(store, "member", "Group/g"))) == [
        ("Group/g", False),
        ("Group/h", True),
    ]


def test_a_work_that_raises_leaves_the_rows_as_they_were(store, run):
    run(put(store, draft("g", 1, type="Group"), relations=[CHILD]))

    async def work(transaction):
        await transaction.put(replace(draft("g", 2, type="Group"), since=transaction.instant), [MOTHER])
        raise LookupError

    with pytest.raises(LookupError):
        run(store.transact(work))
    assert [row.relation for row in run(rows(store, "member", "Group/g"))] == [CHILD]


def test_rows_of_another_name_or_of_nobody_asked_are_not_there(store, run):
    run(put(store, draft("g", 1, type="Group"), relations=[CHILD]))
    assert run(rows(store, "consent", "Group/g")) == []
    assert run(rows(store, "member", "Group/x", "\ud800", "\0")) == []
    assert run(rows(store, "\ud800", "Group/g")) == []
    assert run(rows(store, "member")) == []


def test_tags_are_those_of_open_rows(store, run):
    said = [Relation("consent", f"Patient/{n}", f"Org/{n % 2}", f"t{n % 4}") for n in range(8)]
    first = run(put(store, draft("c", 1), relations=said))
    run(put(store, draft("c", 2), relations=[said[0], said[1]]))
    assert run(tags(store, "consent", "Org/0")) == {"t0"}
    assert run(tags(store, "consent", "Org/0", "Org/1", "Org/2", "\ud800")) == {"t0", "t1"}
    assert run(tags(store, "consent", "Org/0", instant=first)) == {"t0", "t2"}
    assert run(tags(store, "member", "Org/0")) == run(tags(store, "consent")) == frozenset()


PERSONS = Values(".subject", ".household", "member")
WRITTEN = Values(".subject", ".household", "member", written=True)


def test_a_record_counts_the_members_there_were_from_its_beginning_on(store, run):
    """Who had left before it was first written is no matter of it; who came later is, save where it says `written`."""
    run(put(store, draft("g", 1, type="Group"), relations=[CHILD, MOTHER]))
    run(put(store, draft("early", 1, ".household Group/g")))
    left = run(put(store, draft("g", 2, type="Group"), relations=[CHILD]))
    run(put(store, draft("late", 1, ".household Group/g")))
    father = Relation("member", "Group/g", "Patient/father")
    run(put(store, draft("g", 3, type="Group"), relations=[CHILD, father]))
    run(put(store, draft("last", 1, ".household Group/g")))

    def about(values, person):
        return run(ids(store, some(values, Among(frozenset([f"Patient/{person}"])))))

    assert about(PERSONS, "child") == about(WRITTEN, "child") == ["early", "last", "late"]
    assert about(PERSONS, "mother") == about(WRITTEN, "mother") == ["early"]
    assert about(PERSONS, "father") == ["early", "last", "late"]
    assert about(WRITTEN, "father") == ["last"]
    run(put(store, draft("early", 2, ".household Group/g")))
    assert about(WRITTEN, "father") == ["early", "last"]
    assert about(PERSONS, "mother") == ["early"]
    assert run(ids(store, some(PERSONS, Among(frozenset(["Patient/father"]))), instant=left)) == []


def test_who_leaves_in_the_transaction_that_writes_the_record_is_no_matter_of_it(store, run):
    run(put(store, draft("g", 1, type="Group"), relations=[CHILD]))
    run(put(store, draft("g", 2, type="Group"), draft("a", 1, ".household Group/g")))
    assert run(ids(store, some(PERSONS))) == []


@pytest.fixture
def consents(store, run):
    """Records about the child, about both, about nobody; the child has agreed in spring, the mother always."""
    run(put(store, draft("child", 1, ".subject Patient/child"), draft("none")))
    run(put(store, draft("both", 1, ".subject Patient/child", ".subject Patient/mother")))
    spring = Relation("consent", "Patient/child", "Org/1", "t", "2026-03", "2026-06")
    run(put(store, draft("c1"), relations=[spring]))
    run(put(store, draft("c2"), relations=[Relation("consent", "Patient/mother", "Org/1", "u")]))
    return store


@pytest.mark.parametrize(
    ("row", "now", "found"),
    [
        (Related("consent"), "2026-04", ["both", "c1", "c2", "child", "none"]),
        (Related("consent", frozenset(["Org/1"])), "2026-04", ["both", "c1", "c2", "child", "none"]),
        (Related("consent", frozenset(["Org/1"])), "2026-06", ["c1", "c2", "none"]),
        (Related("consent", frozenset(["Org/1"])), "2026-02", ["c1", "c2", "none"]),
        (Related("consent", frozenset(["Org/1"]), frozenset(["t"])), "2026-04", ["c1", "c2", "child", "none"]),
        (Related("consent", None, frozenset(["t", "u"])), "2026-04", ["both", "c1", "c2", "child", "none"]),
        (Related("consent", frozenset(["Org/2"])), "2026-04", ["c1", "c2", "none"]),
        (Related("consent", frozenset()), "2026-04", ["c1", "c2", "none"]),
        (Related("\ud800", frozenset(["Org/1"])), "2026-04", ["c1", "c2", "none"]),
    ],
)
def test_each_person_has_a_row(consents, run, row, now, found):
    each = Each(Values(".subject"), row)
    assert run(ids(consents, each, now=now)) == found
    assert run(ids(consents, all_of([some(Values(".subject")), each]), now=now)) == [
        id for id in found if id in ("both", "child")
    ]


def test_a_row_said_of_one_keepers_records_counts_for_those_alone(store, run):
    kept = [draft(id, 1, ".subject Patient/child", f".custodian Org/{id}") for id in ("a", "b")]
    run(put(store, *kept, draft("g", 1, type="Group"), draft("shared", 1, ".household Group/g", ".custodian Org/a")))
    run(put(store, draft("g", 2, type="Group"), relations=[CHILD]))
    signed = Relation("consent", "Patient/child", "Org/1", keeper="Org/a")
    run(put(store, draft("c"), relations=[signed]))
    honoured, anybody = Related("consent", keeper=".custodian"), Related("consent")
    about = [some(values, honoured) for values in (Values(".subject"), PERSONS)]
    assert [run(ids(store, each)) for each in about] == [["a"], ["a", "shared"]]
    assert run(ids(store, some(PERSONS, anybody))) == ["a", "b", "shared"]
    assert run(ids(store, some(PERSONS, Related("consent", keeper="nobody")))) == []
    run(put(store, draft("c", 2), relations=[signed, Relation("consent", "Patient/child", "Org/1", keeper="Org/b")]))
    assert run(ids(store, some(PERSONS, honoured))) == ["a", "b", "shared"]
    run(put(store, draft("c", 3), relations=[Relation("consent", "Patient/child", "Org/1")]))
    assert run(ids(store, some(PERSONS, Related("consent", keeper="nobody")))) == ["a", "b", "shared"]
    assert run(ids(store, Each(PERSONS, Related("consent", frozenset(["Org/2"]), keeper=".custodian")))) == ["g", "c"]


@pytest.mark.parametrize("now", ["2026-02", "2026-06"])
def test_a_row_that_is_not_valid_yet_or_any_more_is_none(consents, run, now):
    signed = Each(Values(".subject"), Related("consent", frozenset(["Org/1"])))
    assert run(ids(consents, signed, now=now)) == ["c1", "c2", "none"]


def test_derived_terms_are_found_at_every_time_and_make_no_version(store, run):
    first = run(put(store, draft("a", 1, "owner x")))
    run(put(store, draft("a", 2, "owner y")))
    run(put(store, draft("b", 1, deleted=True)))

    async def work(transaction):
        await transaction.derive("Task/a", ["agency z", "owner x"])
        await transaction.derive("Task/b", ["agency z"])
        await transaction.derive("Task/unknown", ["agency z"])

    run(store.transact(work))
    assert run(ids(store, has("agency", "z"))) == ["a"]
    assert run(ids(store, has("agency", "z"), instant=first)) == ["a"]
    assert run(ids(store, has("agency", "z"), history=True)) == ["a", "a", "b"]
    assert run(ids(store, Is("owner x"))) == ["a"]
    one = run(get(store, "a"))
    assert (one.number, one.terms) == (2, (".id Task/a", ".type Task", "agency z", "owner x", "owner y"))
    run(store.transact(work))
    assert run(get(store, "a")) == one
