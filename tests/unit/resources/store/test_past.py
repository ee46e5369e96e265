"""What every store promises of the past: a view of an instant answers as the store did then."""

from __future__ import annotations

import pytest

from resources.search.order import Key
from resources.search.predicate import Is, Linked, LinkedFrom, Not, all_of, has
from tests.unit.resources.store.writing import draft, get, ids, put


@pytest.fixture
def life(store, run):
    """Task/a: open, closed, deleted, open again; Task/b: open from the second instant on. Their five instants."""
    return store, [
        run(put(store, one))
        for one in (
            draft("a", 1, "status open"),
            draft("b", 1, "status open"),
            draft("a", 2, "status closed"),
            draft("a", 3, "status closed", deleted=True),
            draft("a", 4, "status open"),
        )
    ]


def before(instant):
    """A moment before this millisecond and after the one before it."""
    return f"{instant[:-2]}{chr(ord(instant[-2]) - 1)}~" if instant[-2] != "0" else f"{instant[:-2]}/~"


@pytest.mark.parametrize(
    ("place", "number", "found"), [(0, 1, ["a"]), (1, 1, ["a", "b"]), (2, 2, ["b"]), (3, 3, ["b"]), (4, 4, ["a", "b"])]
)
def test_the_past_is_answered_as_it_was(life, run, place, number, found):
    store, instants = life
    after = before(instants[place + 1]) if place < 4 else "9999"
    for moment in (instants[place], after):
        assert run(get(store, "a", instant=moment)).number == number
        assert run(ids(store, has("status", "open"), instant=moment)) == found
        alive = {"a"} & set(run(ids(store, instant=moment)))
        assert bool(alive) == (number in (1, 2, 4))


def test_before_the_beginning_there_is_nothing(life, run):
    store, [first, *_] = life
    assert run(get(store, "a", instant=before(first))) is None
    assert run(ids(store, instant=before(first))) == []
    assert run(ids(store, instant=before(first), history=True)) == []


def test_a_version_of_the_future_is_not_in_the_past(life, run):
    store, instants = life
    assert run(get(store, "a", 2, instant=instants[1])) is None
    assert run(get(store, "a", 1, instant=instants[3])).number == 1
    assert run(ids(store, Is("status closed"), history=True, instant=instants[2])) == ["a"]


def test_a_deleted_record_is_got_but_not_found(store, run):
    run(put(store, draft("a", 1, "status open")))
    run(put(store, draft("a", 2, "status open", deleted=True)))
    assert run(get(store, "a")).deleted
    assert run(get(store, "a", within=has("status", "closed"))) is None
    assert run(ids(store, has("status", "open"))) == []
    assert run(ids(store)) == []


def test_history_has_every_version_and_the_deleted_ones(life, run):
    store, _ = life
    assert run(ids(store, history=True)) == ["a", "a", "a", "a", "b"]
    assert run(ids(store, Is("status open"), Key("since", True), history=True)) == ["a", "b", "a"]
    assert run(ids(store, Is("status closed"), history=True, within=Not(Is("status closed")))) == []


def test_what_a_record_leads_to_is_what_it_led_to_then(store, run):
    first = run(put(store, draft("a", 1, "owner Group/g"), draft("g", 1, "name x", type="Group")))
    second = run(put(store, draft("g", 2, "name y", type="Group")))
    third = run(put(store, draft("g", 3, "name y", type="Group", deleted=True)))
    to_x, to_y = (Linked("owner", Is(f"name {name}")) for name in "xy")
    assert [run(ids(store, to_x, instant=at)) for at in (first, second, third)] == [["a"], [], []]
    assert [run(ids(store, to_y, instant=at)) for at in (first, second, third, None)] == [[], ["a"], [], []]


def test_what_leads_to_a_record_is_what_led_to_it_then(store, run):
    first = run(put(store, draft("g", 1, type="Group"), draft("a", 1, "owner Group/g", "status open")))
    second = run(put(store, draft("a", 2, "owner Group/g", "status closed")))
    third = run(put(store, draft("a", 3, "status closed")))
    led = all_of([has(".type", "Group"), LinkedFrom("Task", "owner", Is("status closed"))])
    assert [run(ids(store, led, instant=at)) for at in (first, second, third, None)] == [[], ["g"], [], []]
