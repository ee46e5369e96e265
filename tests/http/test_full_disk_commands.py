"""A command for which the disk has no room says so in a sentence, leaves things as they were, and is done later.

docs/operations.md, docs/maintenance.md
"""

from __future__ import annotations

import lzma
import resource
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from subprocess import CompletedProcess

import orjson
import pytest

from tests.http import launch
from tests.http.stored import NAME, Stored
from tests.http.test_killed_commands import does, is_sound
from tests.http.test_maintenance import FIXTURE

pytestmark = pytest.mark.prove

ROOM = (64, 20_000, 80_000)
"""Bytes that a file may have: none has room, those of keys have, the most of a new database has."""
_LINES = 30


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new") / "city"
    does(folder, "init")
    return folder


def without_room(folder: Path, room: int, *words: str) -> CompletedProcess[str]:
    """What came of the command; what it wrote is one sentence, where it was not done."""

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    done = launch.bounded(folder, bound, *words)
    assert "Traceback" not in done.stderr, done.stderr
    if done.returncode:
        assert done.returncode == 2, done
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done


@pytest.mark.parametrize("room", ROOM)
def test_a_beginning(room: int, tmp_path: Path) -> None:
    folder = tmp_path / "city"
    assert without_room(folder, room, "init").returncode == 2
    does(folder, "init")
    is_sound(folder)


@pytest.mark.parametrize("room", ROOM)
def test_a_backup(new: Path, room: int, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    assert without_room(new, room, "backup", str(kept)).returncode == 2
    assert not kept.exists()
    does(new, "backup", str(kept))
    is_sound(kept)


@pytest.mark.parametrize("stands", [False, True])
@pytest.mark.parametrize("room", ROOM)
def test_a_restore(new: Path, room: int, tmp_path: Path, *, stands: bool) -> None:
    kept, folder = tmp_path / "kept", tmp_path / "city"
    does(new, "backup", str(kept))
    if stands:
        shutil.copytree(new, folder)
    words = ("restore", str(kept), *(("--replace",) if stands else ()))
    assert without_room(folder, room, *words).returncode == 2
    if stands:
        is_sound(folder)
    else:
        assert not (folder / NAME).exists()
    does(folder, *words)
    is_sound(folder)


@pytest.mark.parametrize("room", ROOM)
def test_an_upgrade(room: int, tmp_path: Path) -> None:
    folder = tmp_path / "city"
    folder.mkdir()
    old = lzma.decompress(FIXTURE.read_bytes())
    (folder / NAME).write_bytes(old)
    assert without_room(folder, room, "upgrade").returncode == 2
    assert (folder / NAME).read_bytes() == old
    does(folder, "upgrade")
    does(folder, "check", "--quick")


def rotate(_: Path) -> tuple[str, ...]:
    return "keys", "rotate"


def archive(_: Path) -> tuple[str, ...]:
    return "audit", "archive", "--before", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def reindex(_: Path) -> tuple[str, ...]:
    return "reindex", "--again"


def taken_in(folder: Path) -> tuple[str, ...]:
    lines, [agency] = folder.with_name("lines.ndjson"), [name for name, *_ in Stored(folder).versions("Organization")]
    people = ({"resourceType": "Patient", "id": f"p{number}", "active": True} for number in range(_LINES))
    lines.write_bytes(b"".join(orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE) for each in people))
    return "import", str(lines), "--custodian", agency, "--report", str(folder.with_name("report.ndjson"))


@pytest.mark.parametrize("words", [rotate, archive, reindex, taken_in])
@pytest.mark.parametrize("room", ROOM)
def test_what_changes_a_store(new: Path, words: Callable[[Path], tuple[str, ...]], room: int, tmp_path: Path) -> None:
    folder = launch.copied(new, tmp_path / "city")
    without_room(folder, room, *words(folder))
    is_sound(folder)
    does(folder, *words(folder))
    is_sound(folder)
