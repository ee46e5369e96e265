"""backup, restore, init and keys rotate as an operator runs them, beside a server, and killed at any moment.

docs/operations.md, "backup"
"""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from demo.people import People
from tests import trusting
from tests.http import launch
from tests.http.asking import Asking
from tests.http.launch import Running
from tests.http.test_maintenance import NAME, ran, sentence, versions


@pytest.fixture
def folder(installed: Path, tmp_path: Path) -> Path:
    return launch.copied(installed, tmp_path / "city")


@pytest.fixture
def running(folder: Path) -> Iterator[Running]:
    with launch.serving(folder) as running:
        yield running


def test_a_running_server_is_backed_up_and_comes_back_elsewhere(running: Running, tmp_path: Path) -> None:
    people = People(running.base, running.credentials)
    with Asking(running.base, people.officer("yorisoi").token()) as officer:
        made = officer.ask("POST", "Patient", b'{"resourceType":"Patient","name":[{"text":"a"}]}')
        done = ran(running.folder, "backup", str(tmp_path / "kept"))
        assert done.returncode == 0, done.stderr
        assert officer.ask("POST", "Patient", b'{"resourceType":"Patient","name":[{"text":"b"}]}').status == 201
    people.close()
    kept = tmp_path / "kept"
    assert {file.stat().st_mode & 0o077 for file in (kept, *kept.rglob("*"))} == {0}
    assert not list(tmp_path.glob("*.copying"))
    other = tmp_path / "other"
    assert ran(other, "restore", str(kept)).returncode == 0
    assert ran(other, "check").returncode == 0
    with launch.serving(other) as again:
        people = People(again.base, again.credentials)
        with Asking(again.base, people.officer("yorisoi").token()) as officer:
            assert officer.ask("GET", f"Patient/{made.json['id']}").status == 200
            assert officer.ask("GET", "Patient?_summary=count").total == 1
        people.close()


def test_a_store_is_not_overwritten_by_mistake(running: Running, folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    assert ran(folder, "backup", str(kept)).returncode == 0
    assert "name a folder that is not there yet" in sentence(ran(folder, "backup", str(kept)))
    assert "stop the server first" in sentence(ran(folder, "restore", str(kept), "--replace"))
    assert running.end(signal.SIGINT) == 0
    before = versions(folder / NAME)
    assert "`--replace` puts it aside" in sentence(ran(folder, "restore", str(kept)))
    assert versions(folder / NAME) == before
    assert ran(folder, "restore", str(kept), "--replace").returncode == 0
    assert versions(folder / NAME) == before
    assert versions(folder / "replaced-1" / NAME) == before
    assert (folder / "replaced-1" / "keys" / "signing-keys.json").exists()


def test_a_damaged_backup_puts_nothing_in_place(folder: Path, tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    assert ran(folder, "backup", str(kept)).returncode == 0
    with closing(sqlite3.connect(kept / NAME)) as database:
        database.execute("UPDATE version SET body = x'7b7d' WHERE seq = 7")
        database.commit()
    before = versions(folder / NAME)
    done = ran(folder, "restore", str(kept), "--replace")
    assert done.returncode == 1
    assert "not the one that was written" in done.stdout
    assert versions(folder / NAME) == before
    there = {file.name for file in folder.iterdir() if not file.name.startswith(NAME)}
    assert there == {"demo-credentials.json", "keys", "shares", "tsunagu.log"}


def test_a_start_that_could_not_count_what_is_asked_is_refused_with_the_place(folder: Path) -> None:
    shutil.rmtree(folder / "shares", ignore_errors=True)
    (folder / "shares").write_text("")
    assert str(folder / "shares") in sentence(ran(folder, "serve"))


def test_a_backup_of_nothing_is_said(tmp_path: Path) -> None:
    assert "keys" in sentence(ran(tmp_path / "none", "backup", str(tmp_path / "kept")))
    assert "there is no database" in sentence(ran(tmp_path / "none", "restore", str(tmp_path / "kept")))
    assert list(tmp_path.iterdir()) == []


def _killed(folder: Path, after: float, *words: str) -> None:
    with subprocess.Popen(launch.command(*words), env=launch.environment(folder), stdout=subprocess.DEVNULL) as one:
        try:
            one.wait(after)
        except subprocess.TimeoutExpired:
            one.kill()


@pytest.mark.parametrize("after", [0.7, 1.0, 1.3])
def test_one_who_is_killed_leaves_things_as_they_were_or_done(folder: Path, tmp_path: Path, after: float) -> None:
    before, kept = versions(folder / NAME), tmp_path / "kept"
    _killed(folder, after, "backup", str(kept))
    assert kept.exists() or ran(folder, "backup", str(kept)).returncode == 0
    _killed(folder, after, "restore", str(kept), "--replace")
    if not (folder / NAME).exists():
        assert "tsunagu restore" in sentence(ran(folder, "serve"))
        assert ran(folder, "restore", str(kept)).returncode == 0
    assert versions(folder / NAME) == before
    assert ran(folder, "check", "--quick").returncode == 0
    with launch.serving(folder) as running:
        assert running.end(signal.SIGINT) == 0


# A new store


def test_nobody_makes_a_store_by_serving_one(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    assert "tsunagu init" in sentence(ran(folder, "serve"))
    assert not folder.exists()
    assert ran(folder, "init").returncode == 0
    assert "it is there already" in ran(folder, "init").stdout
    with launch.serving(folder) as running, Asking(running.base) as nobody:
        assert nobody.ask("GET", "Organization").total == 1, "the lead section, whom everybody is sent to"


@pytest.mark.parametrize("lost", ["signing-keys.json", "cursor.key"])
def test_a_key_that_is_lost_is_not_made_anew_in_silence(folder: Path, lost: str) -> None:
    (folder / "keys" / lost).unlink()
    for words in (("serve",), ("serve", "--demo"), ("init",), ("keys", "rotate")):
        said = sentence(ran(folder, *words))
        assert lost in said
        assert "tsunagu keys rotate --lost" in said
    assert ran(folder, "keys", "rotate", "--lost").returncode == 0
    with launch.serving(folder) as running:
        assert running.end(signal.SIGINT) == 0


@pytest.mark.parametrize("empty", ["signing-keys.json", "cursor.key", "trail-key.json"])
def test_an_empty_key_is_named(folder: Path, empty: str) -> None:
    (folder / "keys" / empty).write_bytes(b"")
    assert empty in sentence(ran(folder, "serve"))


# keys rotate


def test_keys_are_rotated_while_tokens_go_on(running: Running) -> None:
    def published() -> list[str]:
        return [key["kid"] for key in trusting.get(f"{running.address}/oauth/jwks").json()["keys"]]

    people = People(running.base, running.credentials)
    token = people.officer("yorisoi").token()
    before = published()
    assert ran(running.folder, "keys", "rotate").returncode == 0
    assert {file.stat().st_mode & 0o077 for file in (running.folder / "keys").iterdir()} == {0}
    running.process.send_signal(signal.SIGHUP)
    while (after := published()) == before:
        pass
    assert (len(after), after[-len(before) :]) == (2 * len(before), before)
    with Asking(running.base, token) as officer:
        assert officer.ask("GET", "Patient?_count=0").status == 200
    people.close()
    assert running.end(signal.SIGINT) == 0
    assert ran(running.folder, "audit", "verify").returncode == 0
    assert ran(running.folder, "keys", "rotate", "--drop").returncode == 0
    with launch.serving(running.folder) as again, Asking(again.base, token) as officer:
        assert officer.ask("GET", "Patient?_count=0").status == 401


@pytest.mark.parametrize("words", [("backup", "kept"), ("restore", "kept"), ("restore", "kept", "--replace")])
def test_a_store_on_mongodb_is_backed_up_by_its_own_tools_as_the_command_says(
    folder: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    command, name, *options = words
    before = sorted(tmp_path.rglob("*"))
    done = ran(folder, command, str(tmp_path / name), *options, store="mongodb://127.0.0.1:1/city")
    said = sentence(done)
    assert "mongodump --oplog" in said
    assert "docs/operations.md" in said
    assert sorted(tmp_path.rglob("*")) == before
