"""One that beats is left alone however often it is looked at, and one that does not is given up."""

from __future__ import annotations

from api.pulse import STARTING, Pulse, Watched


def test_one_that_beats_is_never_given_up() -> None:
    pulse = Pulse()
    watched = Watched(pulse, 3)
    for _ in range(100):
        pulse.beat()
        assert watched.look() == 3


def test_one_that_beats_no_more_is_given_up_after_so_many_looks() -> None:
    pulse = Pulse()
    watched = Watched(pulse, 3)
    pulse.beat()
    assert [watched.look() for _ in range(5)] == [3, 2, 1, 0, 0]


def test_one_that_beats_late_is_whole_again() -> None:
    pulse = Pulse()
    watched = Watched(pulse, 3)
    pulse.beat()
    assert [watched.look() for _ in range(3)] == [3, 2, 1]
    pulse.beat()
    assert watched.look() == 3


def test_one_that_begins_has_longer() -> None:
    watched = Watched(Pulse(), 3)
    left = [watched.look() for _ in range(STARTING)]
    assert left[0] == STARTING - 1
    assert left[-2:] == [1, 0]
