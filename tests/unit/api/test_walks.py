"""What has lived through a long walk of the collector of garbage is not walked over again; what is new is."""

from __future__ import annotations

import gc

import pytest

from api.walks import Walks


@pytest.fixture
def walks():
    """The collector as others find it, whatever was frozen here."""
    added = []

    def add(long):
        added.append(Walks(long))
        gc.callbacks.append(added[-1])

    yield add
    for each in added:
        gc.callbacks.remove(each)
    gc.unfreeze()


def test_what_lives_through_a_long_walk_is_left_alone_from_then_on(walks):
    kept = [[n] for n in range(1000)]
    walks(0.0)
    gc.collect()
    assert gc.get_freeze_count() > len(kept)
    assert not any(each is kept for each in gc.get_objects()), "no walk comes by it"
    loop: list[object] = []
    loop.append(loop)
    del loop
    assert gc.collect() == 1, "what is new is collected as ever"


def test_a_short_walk_changes_nothing(walks):
    before = gc.get_freeze_count()
    walks(float("inf"))
    gc.collect()
    assert gc.get_freeze_count() == before


def test_what_was_left_alone_goes_when_nobody_counts_on_it(walks):
    walks(0.0)
    kept = [[n] for n in range(1000)]
    gc.collect()
    many = gc.get_freeze_count()
    kept.clear()
    assert gc.get_freeze_count() <= many - 1000
