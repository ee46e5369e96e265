"""What must be so of the version before, as If-Match, If-None-Match and If-Unmodified-Since say."""

from __future__ import annotations

from datetime import datetime

import pytest

from consent.writing.precondition import NONE, Precondition
from resources.record.problem import Problem
from resources.record.version import Version

SINCE = datetime.fromisoformat("2026-11-23T04:00:00+00:00")


def version(number: int = 3, *, deleted: bool = False, since: str = "2026-11-23T04:00:00.999Z") -> Version:
    return Version("Patient", "1", number, since, deleted, b"" if deleted else b"{}", ())


def stale(condition: Precondition, before: Version | None) -> str:
    """What is answered where it is not so."""
    with pytest.raises(Problem) as caught:
        condition.check(before)
    assert caught.value.kind == "stale"
    [issue] = caught.value.issues
    return issue.text


def test_where_nothing_is_said_every_version_will_do() -> None:
    for before in (None, version(), version(deleted=True)):
        NONE.check(before)
        Precondition().check(before)


def test_there_must_be_none_where_that_is_said_and_a_deleted_one_is_none() -> None:
    none = Precondition(exists=False)
    assert stale(none, version()) == "the current version is `3`, there is one already"
    none.check(None)
    none.check(version(deleted=True))
    Precondition(exists=True).check(version())
    Precondition(exists=None).check(version())


def test_it_must_be_one_of_those_that_are_named_a_deleted_one_too() -> None:
    for among in ({3}, {1, 3}):
        Precondition(frozenset(among)).check(version())
        Precondition(frozenset(among)).check(version(deleted=True))
    assert stale(Precondition(frozenset({4, 2})), version()) == "the current version is `3`, not `2, 4`"
    assert stale(Precondition(frozenset()), version()) == "the current version is `3`, not `another`"
    Precondition(frozenset({4})).check(None)


def test_it_must_be_none_of_those_that_it_must_not_be() -> None:
    Precondition(but=frozenset({2, 4})).check(version())
    Precondition(but=frozenset({3})).check(None)
    assert stale(Precondition(but=frozenset({3})), version()) == "the current version is `3`, which it must not be"


def test_it_must_not_have_changed_after_a_second_and_within_it_is_not_after() -> None:
    Precondition(since=SINCE).check(version())
    Precondition(since=SINCE).check(version(since="2026-11-23T03:00:00.000Z"))
    Precondition(since=SINCE).check(None)
    for later in ("2026-11-23T04:00:01.000Z", "2026-11-23T05:00:00.000Z"):
        assert stale(Precondition(since=SINCE), version(since=later)) == "the current version is `3`, changed since"


def test_of_several_every_one_is_asked() -> None:
    both = Precondition(frozenset({3}), since=SINCE)
    both.check(version())
    stale(both, version(4))
    stale(both, version(since="2026-11-23T05:00:00.000Z"))
    stale(Precondition(frozenset({3}), frozenset({3})), version())
