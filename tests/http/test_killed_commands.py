"""A command that is killed at any change it makes to its files goes on at the next, or has left things as they were.

docs/operations.md, docs/maintenance.md
"""

from __future__ import annotations

import itertools
import lzma
import shutil
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from tests.http import launch
from tests.http.stored import NAME, Stored
from tests.http.test_maintenance import FIXTURE, KEPT

Words = Callable[[Path], tuple[str, ...]]
_LINES = 30


@pytest.fixture(scope="module")
def new(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new") / "city"
    assert launch.ran(folder, "init").returncode == 0
    return folder


def kills(from_: Path | None, to: Path, words: Words) -> Iterator[Path]:
    """Each folder that a kill leaves of a copy of this one (of none): at the first change, at the second, and so on."""
    for at in itertools.count(1):
        here = to / str(at)
        here.mkdir(parents=True)
        folder = here / "city"
        if from_ is not None:
            shutil.copytree(from_, folder)
        done = launch.ran(folder, *words(folder), test_dies_at=f"{at} {to}")
        assert done.returncode in (-signal.SIGKILL, 0), done
        if done.returncode == 0:
            assert at > 1
            return
        yield folder
        shutil.rmtree(here)


def is_sound(folder: Path) -> None:
    for words in (("check",), ("audit", "verify")):
        done = launch.ran(folder, *words)
        assert done.returncode == 0, done.stdout


def does(folder: Path, *words: str) -> None:
    done = launch.ran(folder, *words)
    assert done.returncode == 0, done


@pytest.mark.prove
def test_a_killed_rotation_leaves_good_keys_and_the_next_leaves_no_half_ones(new: Path, tmp_path: Path) -> None:
    for folder in kills(new, tmp_path, lambda _: ("keys", "rotate")):
        does(folder, "check", "--quick")
        does(folder, "keys", "rotate")
        names = {file.name for file in (folder / "keys").iterdir()}
        assert names == {"signing-keys.json", "cursor.key", "trail-key.json"}


def test_what_is_half_written_of_a_key_goes_into_no_backup(new: Path, tmp_path: Path) -> None:
    folder, kept = launch.copied(new, tmp_path / "city"), tmp_path / "kept"
    (folder / "keys" / ".signing-keys.json.partial").write_bytes(b"{")
    does(folder, "backup", str(kept))
    assert {file.name for file in (kept / "keys").iterdir()} == {"signing-keys.json", "cursor.key", "trail-key.json"}


@pytest.mark.prove
def test_a_killed_beginning_is_begun_again(tmp_path: Path) -> None:
    for folder in kills(None, tmp_path, lambda _: ("init",)):
        does(folder, "init")
        is_sound(folder)
        for half in (folder / "keys").glob(".*"):  # of what who signs first makes, and goes then
            assert half.name == ".trail-key.json.partial"
            assert not half.with_name("trail-key.json").exists()


@pytest.mark.prove
def test_a_killed_backup_leaves_none_and_the_next_is_whole(new: Path, tmp_path: Path) -> None:
    for folder in kills(new, tmp_path, lambda folder: ("backup", str(folder.with_name("kept")))):
        kept = folder.with_name("kept")
        is_sound(folder)
        if not kept.exists():
            does(folder, "backup", str(kept))
        is_sound(kept)
        assert {each.name for each in folder.parent.iterdir()} == {"city", "kept"}


@pytest.mark.prove
@pytest.mark.parametrize("stands", [False, True])
def test_a_killed_restore_leaves_a_whole_store_or_none_and_is_done_again(
    new: Path, tmp_path: Path, *, stands: bool
) -> None:
    kept = tmp_path / "kept"
    does(new, "backup", str(kept))
    words = ("restore", str(kept), *(("--replace",) if stands else ()))
    for folder in kills(new if stands else None, tmp_path / "killed", lambda _: words):
        if (folder / NAME).exists():
            does(folder, "check", "--quick")
        else:
            assert launch.ran(folder, "serve").returncode == 2
            does(folder, *words)
        is_sound(folder)


@pytest.mark.prove
def test_a_killed_archive_loses_no_event(new: Path, tmp_path: Path) -> None:
    def words(_: Path) -> tuple[str, ...]:
        return "audit", "archive", "--before", datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    for folder in kills(new, tmp_path, words):
        is_sound(folder)
        does(folder, *words(folder))
        is_sound(folder)
        assert not list((folder / "trail").glob(".*"))


@pytest.mark.prove
def test_a_killed_reindex_goes_on(new: Path, tmp_path: Path) -> None:
    for folder in kills(new, tmp_path, lambda _: ("reindex", "--again")):
        does(folder, "reindex")
        is_sound(folder)


@pytest.mark.prove
def test_a_killed_import_goes_on_and_takes_nothing_in_twice(new: Path, tmp_path: Path) -> None:
    lines, [agency] = tmp_path / "lines.ndjson", [name for name, *_ in Stored(new).versions("Organization")]
    people = ({"resourceType": "Patient", "id": f"p{number}", "active": True} for number in range(_LINES))
    lines.write_bytes(b"".join(orjson.dumps(each, option=orjson.OPT_APPEND_NEWLINE) for each in people))

    def words(folder: Path) -> tuple[str, ...]:
        return "import", str(lines), "--custodian", agency, "--report", str(folder.with_name("report.ndjson"))

    for folder in kills(new, tmp_path / "killed", words):
        is_sound(folder)
        does(folder, *words(folder))
        assert len(list(Stored(folder).versions("Patient"))) == _LINES
        is_sound(folder)


@pytest.mark.prove
def test_a_killed_city_import_goes_on_and_makes_nothing_twice(new: Path, tmp_path: Path) -> None:
    listed = tmp_path / "list"
    listed.mkdir()
    names = [f"相談所{number}" for number in range(_LINES)]
    (listed / "agencies.csv").write_text("\n".join(["機関名,種別", *(f"{name},相談所" for name in names)]))
    staff = (f"担当 {name},{name},支援担当者（主）" for name in names)
    (listed / "staff.csv").write_text("\n".join(["氏名,機関名,役割", *staff]))
    words = "city", "import", str(listed)
    whole = dict.fromkeys(("Organization", "Practitioner", "PractitionerRole"), _LINES)
    stood = {type: len(list(Stored(new).versions(type))) for type in whole}
    for folder in kills(new, tmp_path / "killed", lambda _: words):
        is_sound(folder)
        does(folder, *words)
        assert {type: len(list(Stored(folder).versions(type))) - stood[type] for type in whole} == whole
        is_sound(folder)


@pytest.mark.prove
def test_a_killed_upgrade_leaves_the_old_store_or_the_new_one(tmp_path: Path) -> None:
    old = tmp_path / "old"
    old.mkdir()
    (old / NAME).write_bytes(lzma.decompress(FIXTURE.read_bytes()))
    for folder in kills(old, tmp_path / "killed", lambda _: ("upgrade",)):
        done = launch.ran(folder, "upgrade")
        assert done.returncode == 0 or "needs no upgrade" in done.stderr, done
        does(folder, "check", "--quick")
        assert {NAME, KEPT} <= {file.name for file in folder.iterdir()}
