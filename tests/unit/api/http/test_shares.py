"""One asker has a share of all processes together, and what one leaves is there for the others."""

from __future__ import annotations

import resource
from contextlib import ExitStack
from pathlib import Path

import pytest

from api.http.shares import Shares
from api.settings import Settings
from resources.record.problem import Problem


def settings(folder: Path, **given: int) -> Settings:
    return Settings(data=folder, workers=2, **given)  # type: ignore[arg-type]  # numbers all of them


def test_what_one_asks_at_once_is_counted_by_all(tmp_path: Path) -> None:
    one, two = (Shares(settings(tmp_path, at_once=3)) for _ in range(2))
    with ExitStack() as under_way:
        for shares in (one, two, one):
            under_way.enter_context(shares.turn("a"))
        with pytest.raises(Problem) as refused, two.turn("a"):
            raise AssertionError
        assert (refused.value.kind, refused.value.wait) == ("too-often", 1)
        with two.turn("b"):
            pass
    with two.turn("a"):
        pass


def test_what_one_asks_in_a_minute_is_counted_by_all(tmp_path: Path) -> None:
    one, two = (Shares(settings(tmp_path, rate=4)) for _ in range(2))
    refused: list[int] = []
    for shares in (one, two) * 5:  # in two minutes at the most
        try:
            with shares.turn("a"):
                pass
        except Problem as problem:
            refused.append(problem.wait)
    assert len(refused) >= 2
    assert all(1 <= wait <= 60 for wait in refused)


def test_one_who_died_holds_nothing(tmp_path: Path) -> None:
    one, two = (Shares(settings(tmp_path, at_once=1)) for _ in range(2))
    left = one.turn("a")
    left.__enter__()
    with pytest.raises(Problem), two.turn("a"):
        raise AssertionError
    one.close()
    three = Shares(settings(tmp_path, at_once=1))
    with three.turn("a"), pytest.raises(Problem), two.turn("a"):
        raise AssertionError
    with pytest.raises(ValueError, match="closed"):  # it is not there to end it
        left.__exit__(None, None, None)


def test_more_processes_than_there_are_rows_share_the_last(tmp_path: Path) -> None:
    many = [Shares(settings(tmp_path)) for _ in range(6)]
    with ExitStack() as under_way:
        for shares in many:
            under_way.enter_context(shares.turn("a"))


def test_names_are_not_in_the_file(tmp_path: Path) -> None:
    with Shares(settings(tmp_path)).turn("Practitioner/hanako"):
        assert b"hanako" not in (tmp_path / "shares" / "table").read_bytes()
    assert {file.stat().st_mode & 0o077 for file in (tmp_path / "shares").iterdir()} == {0}


def test_where_the_disk_is_full_a_process_counts_for_itself(tmp_path: Path) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024, most))
    try:
        one, two = (Shares(settings(tmp_path, at_once=1)) for _ in range(2))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    with one.turn("a"), two.turn("a"), pytest.raises(Problem), one.turn("a"):
        raise AssertionError
