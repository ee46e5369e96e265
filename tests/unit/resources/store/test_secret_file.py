"""A secret is whole under its name or not there, its owner's alone, and what was half written of it goes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from resources.store import secret_file


def test_of_many_who_make_it_one_does(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "one"
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: secret_file.made_once(file, b"%d" % number * 1000), range(8)))
    assert len(set(file.read_bytes())) == 1
    assert len(file.read_bytes()) == 1000
    assert [each.name for each in file.parent.iterdir()] == ["one"]
    assert file.stat().st_mode & 0o777 == 0o600


def test_what_one_who_was_killed_had_written_is_gone_when_the_next_has_written(tmp_path: Path) -> None:
    half, file = tmp_path / ".one.partial", tmp_path / "one"
    half.write_bytes(b"hal")
    secret_file.made_once(file, b"whole")
    assert [each.name for each in tmp_path.iterdir()] == ["one"]
    half.write_bytes(b"hal")
    secret_file.made_once(file, b"another")
    assert file.read_bytes() == b"whole"
    secret_file.replaced(file, b"new")
    assert (file.read_bytes(), [each.name for each in tmp_path.iterdir()]) == (b"new", ["one"])


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    file = tmp_path / "one"
    file.mkdir()
    with pytest.raises(OSError) as told:  # noqa: PT011  # whichever the system says
        secret_file.replaced(file, b"new")
    assert told.value.filename == str(file)
    assert [each.name for each in tmp_path.iterdir()] == ["one"]
