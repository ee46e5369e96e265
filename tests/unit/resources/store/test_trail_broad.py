"""Where nothing narrow is asked the events are walked in order, within bounds; the answer is the same."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from resources.store import sqlite_trail_names, sqlite_trail_question
from resources.store.open import opened
from resources.store.port import Store, Unavailable
from resources.store.trail import Event, Found, TooBroad, TrailQuery, matches
from tests.unit.resources.store.telling import event
from tests.unit.resources.store.test_trail import any_event, any_query, append, told


@pytest.fixture
def store(tmp_path: Path, run) -> Iterator[Store]:
    store = opened(str(tmp_path))
    run(store.open())
    yield store
    run(store.close())


def test_a_walk_answers_as_its_meaning_says(store: Store, run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_trail_question, "COUNTED", 0)
    chance = random.Random(20261126)
    events = [any_event(n, chance) for n in range(120)]
    run(append(store, events))
    for _ in range(60):
        query = any_query(chance)
        expected = [each for each in events if matches(query, each)]
        found: list[Event] = []
        page = Found(next=" ")
        while page.next:
            page = run(store.trail.find(replace(query, after=page.next.strip(), limit=7)))
            found += [entry.event for entry in page.entries]
        assert sorted(found) == sorted(expected), query
        times = [each.at for each in found]
        assert times == sorted(times, reverse=query.newest_first)


def test_a_page_that_would_pass_by_too_many_events_is_refused(
    store: Store, run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_trail_question, "COUNTED", 2)
    monkeypatch.setattr(sqlite_trail_question, "_WALKED", 10)
    run(append(store, [event(n, outcome="4" if n in (0, 1, 2) else "0") for n in range(40)]))
    denied = TrailQuery([("outcome", frozenset({"4"}))], limit=2)
    with pytest.raises(TooBroad):
        run(store.trail.find(denied))
    oldest = run(store.trail.find(replace(denied, newest_first=False)))
    assert [entry.event.at for entry in oldest.entries] == [event(0).at, event(1).at]
    some = run(store.trail.find(replace(denied, when=((event(0).at, event(9).at),))))
    assert len(some.entries) == 2
    assert run(store.trail.find(TrailQuery(limit=5))).total is None


def test_names_whose_numbers_are_alike_stay_apart(store: Store, run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sqlite_trail_names, "_number", lambda name: len(name) % 3 + 1)
    events = [event(n, records=(f"Patient/{n}/_history/1",), person=f"Practitioner/{n}") for n in range(30)]
    run(append(store, events[:20]))
    for each in events[20:]:
        run(store.trail.append(each))
    assert sorted(run(told(store))) == sorted(events)
    for n in range(30):
        found = run(store.trail.find(TrailQuery([("entity", frozenset({f"Patient/{n}"}))])))
        assert [entry.event for entry in found.entries] == [events[n]]


def test_a_full_millisecond_goes_on_in_the_next(store: Store, run) -> None:
    same = [event(n, at=event().at) for n in range(600)]
    run(append(store, same))
    run(store.trail.append(event(700, at=event().at)))
    found = run(store.trail.find(TrailQuery(limit=1000, newest_first=False)))
    assert len(found.entries) == 601
    assert found.entries[-1].event.at - found.entries[0].event.at == 2


def test_an_event_without_a_form_is_refused_and_the_trail_goes_on(store: Store, run) -> None:
    with pytest.raises(Unavailable, match="no form"):
        run(store.trail.append(event(1, asked="\ud800")))
    with pytest.raises(Unavailable, match="no form"):
        run(store.trail.append(event(2, records=(f"Task/t/_history/{1 << 24}",))))
    run(store.trail.append(event(3)))
    assert run(told(store)) == [event(3)]
