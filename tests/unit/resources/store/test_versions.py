"""What every store promises of versions: read as they were put, one after the other, and none that is wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from resources.record.version import Version
from resources.search.predicate import NOTHING, has
from resources.search.relation import Relation
from resources.store.port import Conflict
from tests.unit.resources.store.writing import draft, get, ids, put


def test_a_version_is_read_as_it_was_put(store, run):
    one = draft("a", 1, "name 山田", "note a b  c")
    instant = run(put(store, one))
    assert run(get(store, "a")) == replace(one, since=instant, first=instant)


def test_a_later_version_knows_since_when_there_is_the_record(store, run):
    first, second = run(put(store, draft("a"))), run(put(store, draft("a", 2, deleted=True)))
    third = run(put(store, draft("a", 3)))
    lives = [run(get(store, "a", number)) for number in (1, 2, 3)]
    assert [(one.since, one.first) for one in lives] == [(first, first), (second, first), (third, first)]


def test_an_unknown_record_is_none(store, run):
    run(put(store, draft("a")))
    assert run(get(store, "b")) is None
    assert run(get(store, "\ud800")) is None
    assert run(get(store, "a", type="Ta\0sk")) is None
    assert run(get(store, "a", 10**30)) is None


def test_a_record_outside_the_policy_is_none(store, run):
    run(put(store, draft("a", 1, "owner x")))
    assert run(get(store, "a", within=has("owner", "y"))) is None
    assert run(get(store, "a", 1, within=NOTHING)) is None


def test_the_next_version_becomes_the_current_one_and_the_old_one_stays(store, run):
    first, second = draft("a", 1, "owner x"), draft("a", 2, "owner y")
    run(put(store, first))
    run(put(store, second))
    assert run(get(store, "a")).body == second.body
    assert run(get(store, "a", 1)).body == first.body
    assert run(get(store, "a", 3)) is None
    assert run(ids(store, has("owner", "x"))) == []
    assert run(ids(store, has("owner", "y"))) == ["a"]


@pytest.mark.parametrize("number", [0, 1, 3])
def test_a_version_that_is_not_the_next_one_is_a_conflict(store, run, number):
    run(put(store, draft("a")))
    with pytest.raises(Conflict):
        run(put(store, draft("a", number)))
    assert run(get(store, "a")).number == 1


def test_a_record_begins_with_version_one(store, run):
    with pytest.raises(Conflict):
        run(put(store, draft("a", 2)))


def test_a_version_must_be_later_than_the_one_before(store, run):
    with pytest.raises(ValueError, match="later"):
        run(put(store, draft("a", 1), draft("a", 2)))
    assert run(get(store, "a")) is None


@pytest.mark.parametrize(
    ("terms", "said"),
    [
        (("b 1", "a 1"), "sorted"),
        (("a 1", "a 1"), "twice"),
        (("a \0",), "U"),
        (("a \ud800",), "U"),
        ((".type X",), "type"),
    ],
)
def test_terms_that_would_be_searched_wrongly_are_refused(store, run, terms, said):
    with pytest.raises(ValueError, match=said):
        run(put(store, Version("Task", "a", 1, "", False, b"{}", terms)))


@pytest.mark.parametrize(
    "relation", [Relation("member", "G/1", "P\0"), Relation("\ud800", "G/1", "P/1"), Relation("r", "a", "b", "\0")]
)
def test_rows_that_would_be_followed_wrongly_are_refused(store, run, relation):
    with pytest.raises(ValueError, match="a row of Task/a has"):
        run(put(store, draft("a"), relations=[relation]))


@pytest.mark.parametrize("term", ["a \0", "a \ud800", ".type X"])
def test_derived_terms_that_would_be_searched_wrongly_are_refused(store, run, term):
    run(put(store, draft("a")))
    with pytest.raises(ValueError, match="term of Task/a"):
        run(store.transact(lambda transaction: transaction.derive("Task/a", [term])))
    assert run(ids(store)) == ["a"]


@pytest.mark.parametrize(
    ("type", "id"), [("Task", "a b"), ("Task", ""), ("Ta sk", "a"), ("Task", "a\n"), ("Task", "x" * 65)]
)
def test_a_key_that_is_none_is_refused(store, run, type, id):
    with pytest.raises(ValueError, match="not a type and an id"):
        run(put(store, draft(id, type=type)))


def test_the_same_id_under_two_types_is_two_records(store, run):
    run(put(store, draft("a"), draft("a", type="Group")))
    assert run(get(store, "a", type="Group")).type == "Group"
    assert run(ids(store)) == ["a", "a"]
