"""A start that cannot be is one clear sentence and a code other than 0; an end that is asked for is quiet.

Issue 2, point 1; docs/settings.md
"""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from tests.http import launch
from tests.http.stored import Stored

_DROP_FROM_BOUNDS, _OVERRIDE_PERMISSIONS = 24, 1  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE

SETTINGS = {
    "PORT": ["70000"],
    "HOST": ["no such host"],
    "BASE_URL": ["https://city.example/fhir"],
    "BODY_LIMIT": ["five megabytes"],
    "DEPTH_LIMIT": ["100000"],
    "TOKEN_SECONDS": ["1"],
    "TOKEN_RATE": ["0"],
    "SIGN_IN_RATE": ["many"],
    "STORE": ["postgres://127.0.0.1/tsunagu", "mongodb://127.0.0.1", "mongodb://:::/tsunagu"],
    "LOG": ["/nowhere/at/all/tsunagu.log"],
}


def refused(folder: Path, *words: str, **settings: str) -> str:
    """What a start says that must fail: one line on standard error and nothing else."""
    return said(launch.ran(folder, "serve", *words, **settings))


def said(found: subprocess.CompletedProcess[str]) -> str:
    assert found.returncode == 2
    assert "Traceback" not in found.stderr
    assert found.stdout.strip() == ""
    [sentence] = found.stderr.strip().splitlines()
    assert sentence.startswith("tsunagu: ")
    return sentence


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in SETTINGS.items() for value in values])
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str, tmp_path: Path) -> None:
    sentence = refused(tmp_path, **{name.lower(): value})
    assert f"TSUNAGU_{name}" in sentence or value in sentence or "malformed" in sentence


def test_nothing_is_made_where_clients_would_not_be_safe_or_a_host_is_none(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    assert "TSUNAGU_BASE_URL" in refused(folder, base_url="http://city.example")
    for host in ("nobody.invalid", "192.0.2.1"):
        assert f"TSUNAGU_HOST cannot be `{host}`" in refused(folder, base_url="https://city.example", host=host)
    assert not folder.exists()


def test_a_password_in_an_address_is_not_repeated(tmp_path: Path) -> None:
    sentence = refused(tmp_path, store="postgres://clerk:sesame@db.example/tsunagu")
    assert "sesame" not in sentence
    assert "db.example" in sentence


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        for words in ((), ("--demo",)):
            sentence = refused(tmp_path / "city", *words, port=port)
            assert f"127.0.0.1:{port}" in sentence
            assert "TSUNAGU_PORT" in sentence
    assert not (tmp_path / "city").exists()


def test_a_database_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    sentence = refused(tmp_path, store=f"mongodb://127.0.0.1:{port}/tsunagu?serverSelectionTimeoutMS=300")
    assert "cannot be reached" in sentence


@pytest.mark.parametrize("words", [(), ("--demo",)], ids=["serve", "demo"])
def test_a_folder_that_cannot_be_written_is_named(words: tuple[str, ...], tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    folder = tmp_path / "city"
    if os.getuid() == 0:
        sentence = said(launch.bounded(folder, _without_override, "serve", *words))
    else:
        sentence = refused(folder, *words)
    tmp_path.chmod(0o755)
    assert str(tmp_path / "city") in sentence


@pytest.mark.parametrize("words", [(), ("--demo",)], ids=["serve", "demo"])
def test_a_folder_that_is_a_file_is_named(words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "city").write_text("a file")
    assert str(tmp_path / "city") in refused(tmp_path / "city", *words)


@pytest.mark.parametrize("damage", ["another file", "cut off", "overwritten"])
def test_a_damaged_database_is_named(damage: str, installed: Path, tmp_path: Path) -> None:
    folder = launch.copied(installed, tmp_path / "city")
    file = folder / "tsunagu.sqlite"
    whole = file.read_bytes()
    damaged = {
        "another file": b"dear diary " * 500,
        "cut off": whole[:50_000],
        "overwritten": b"\0" * 4096 + whole[4096:],
    }
    file.write_bytes(damaged[damage])
    assert str(file) in refused(folder)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("signing-keys.json", "{"),
        ("signing-keys.json", '{"keys": []}'),
        ("signing-keys.json", '{"keys": [{"kty": "RSA"}]}'),
        ("trail-key.json", "{"),
        ("trail-witness.json", "{}"),
        ("cursor.key", ""),
        ("cursor.key", "short"),
    ],
)
def test_damaged_keys_are_named(name: str, content: str, installed: Path, tmp_path: Path) -> None:
    folder = launch.copied(installed, tmp_path / "city")
    keys = folder / "keys"
    (keys / name).write_text(content)
    assert f"`{keys / name}`" in refused(folder)
    assert (keys / name).read_text() == content


def test_keys_that_others_can_read_are_not_used(installed: Path, tmp_path: Path) -> None:
    folder = launch.copied(installed, tmp_path / "city")
    (folder / "keys" / "signing-keys.json").chmod(0o644)
    assert "can be read by others" in refused(folder)


@pytest.mark.parametrize("content", [None, "{", "{}"], ids=["missing", "damaged", "empty"])
def test_a_journey_without_its_sign_ins_is_said(content: str | None, installed: Path, tmp_path: Path) -> None:
    folder = launch.copied(installed, tmp_path / "city")
    file = folder / "demo-credentials.json"
    file.unlink()
    if content is not None:
        file.write_text(content)
    assert str(file) in refused(folder, "--journey")


@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM])
def test_a_server_that_is_asked_to_end_ends_well(by: signal.Signals, installed: Path, tmp_path: Path) -> None:
    with launch.serving(launch.copied(installed, tmp_path / "city"), "--demo") as running:
        assert running.end(by) == 0
    assert "Traceback" not in "".join(running.said)
    assert Stored(running.folder).sound()


def test_the_first_process_alone_can_be_asked(installed: Path, tmp_path: Path) -> None:
    """As a supervisor does, which signals one process and not the group."""
    with launch.serving(launch.copied(installed, tmp_path / "city")) as running:
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(launch.PATIENCE) == 0
    assert "Traceback" not in "".join(running.said)


def test_a_second_start_finds_its_data_and_does_not_play_the_journey_twice(installed: Path, tmp_path: Path) -> None:
    folder = launch.copied(installed, tmp_path / "city")
    households = []
    for _ in range(2):
        with launch.serving(folder, "--demo", "--journey", until="Ctrl-C") as running:
            assert running.end(signal.SIGINT) == 0
            households.append([body for _, _, body, _ in Stored(folder).versions("Group")])
    assert len(households[0]) == 2  # H, and K
    assert households[1] == households[0]
    assert "演じ終わっています" in "".join(running.said)


def _without_override() -> None:
    """Even root then writes only where it may."""
    if ctypes.CDLL(None).prctl(_DROP_FROM_BOUNDS, _OVERRIDE_PERMISSIONS, 0, 0, 0):
        raise OSError("this process cannot give up its rights")
