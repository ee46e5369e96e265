"""A server that cannot write its trail discloses nothing; what is on it can be verified, exported and archived.

docs/trail.md
"""

from __future__ import annotations

import asyncio
import resource
import signal
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from demo.journey.city import City
from demo.people import AUDIT, People
from resources.store.open import opened
from resources.store.trail_root import Notary
from resources.store.trail_signer import Signer
from tests.http import launch
from tests.http.asking import Asking
from tests.http.launch import Running
from tests.unit.resources.store.telling import event
from tests.world import household

BROKEN = "CREATE TRIGGER broken BEFORE INSERT ON trail_event BEGIN SELECT RAISE(ABORT, 'no'); END"
MENDED = "DROP TRIGGER broken"


@pytest.fixture(scope="module")
def own(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Running, City, People]]:
    """A server of this module's own, with one household."""
    with launch.serving(launch.copied(installed, tmp_path_factory.mktemp("trail") / "city"), "--demo") as running:
        people = People(running.base, running.credentials)
        city = City(people)
        household.record(city)
        yield running, city, people
        people.close()


def sql(folder: Path, *statements: str) -> None:
    with closing(sqlite3.connect(folder / "tsunagu.sqlite", timeout=20, isolation_level=None)) as database:
        for statement in statements:
            database.execute(statement)


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return ran(folder, "audit", *words)


def ran(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return launch.ran(folder, *words)


def test_nothing_is_disclosed_while_the_trail_cannot_be_written(own: tuple[Running, City, People]) -> None:
    running, city, people = own
    mother = city.known["mother"]
    with Asking(running.base, people.officer("yorisoi").token()) as asking:
        sql(running.folder, BROKEN)
        try:
            for path in (mother, "Patient", f"{mother}/_history", f"{mother}/$explain-access", "Patient/nobody"):
                answer = asking.ask("GET", path)
                assert answer.status == 503, (path, answer.text)
                assert answer.json["resourceType"] == "OperationOutcome"
            assert asking.ask("GET", "HealthcareService").status == 200
            written = asking.ask("POST", "Patient", b'{"resourceType":"Patient"}')
            assert written.status == 503
        finally:
            sql(running.folder, MENDED)
        assert asking.ask("GET", mother).status == 200


def test_nobody_writes_an_audit_event(own: tuple[Running, City, People]) -> None:
    running, _, people = own
    body = b'{"resourceType":"AuditEvent","type":{"code":"rest"},"recorded":"2026-01-01T00:00:00Z",'
    body += b'"agent":[{"requestor":true}],"source":{"observer":{"display":"a"}}}'
    for client in (people.officer("yorisoi"), people.officer("auditor", AUDIT), people.system("yorisoi-system")):
        with Asking(running.base, client.token()) as asking:
            assert asking.ask("POST", "AuditEvent", body).status == 403


def test_the_trail_of_a_server_is_verified_exported_and_archived(own: tuple[Running, City, People]) -> None:
    running, city, people = own
    auditor = people.officer("auditor", AUDIT)
    before = auditor.get("AuditEvent", _summary="count").total
    assert before
    assert running.end(signal.SIGINT) == 0
    folder = running.folder
    sound = run(folder, "verify")
    assert (sound.returncode, sound.stderr) == (0, "")
    exported = folder / "events.ndjson"
    assert run(folder, "export", str(exported)).returncode == 0
    events = [orjson.loads(line) for line in exported.read_bytes().splitlines()]
    assert {event["resourceType"] for event in events} == {"AuditEvent"}
    assert len({event["id"] for event in events}) == len(events) > before
    assert city.known["mother"] in exported.read_text()
    roots = (folder / "events.ndjson.roots").read_bytes().splitlines()
    assert len(roots) > 1
    for file in (exported, folder / "events.ndjson.roots"):
        assert file.stat().st_mode & 0o077 == 0
    assert run(folder, "archive", "--before", "2999-01-01").returncode == 2
    assert run(folder, "archive", "--before", "soon").returncode == 2
    assert "ありません" in run(folder, "archive", "--before", "2020-01-01").stdout
    moved = run(folder, "archive", "--before", datetime.now(UTC).isoformat(timespec="milliseconds"))
    assert moved.returncode == 0, moved.stderr
    [file] = (folder / "trail").glob("*.gz")
    assert file.stat().st_mode & 0o077 == 0
    assert run(folder, "verify").returncode == run(folder, "verify", str(file)).returncode == 0
    what_an_archive_alone_names_is_missed_where_the_file_is_at_hand(folder, city.known["mother"])
    published = folder / "published.json"
    published.write_bytes(roots[0])
    assert run(folder, "verify", str(file), "--key", str(published)).returncode == 0
    with launch.serving(folder, "--demo") as again:
        people = People(again.base, again.credentials)
        assert people.officer("auditor", AUDIT).get("AuditEvent", _summary="count").total == 2
        people.close()
        assert again.end(signal.SIGINT) == 0
    assert run(folder, "verify").returncode == 0
    sql(folder, "UPDATE trail_event SET hash = zeroblob(32) WHERE place = (SELECT min(place) FROM trail_event)")
    damaged = run(folder, "verify")
    assert damaged.returncode == 1
    assert damaged.stdout.startswith("event ")


def what_an_archive_alone_names_is_missed_where_the_file_is_at_hand(folder: Path, person: str) -> None:
    [file] = (folder / "trail").glob("*.gz")
    elsewhere = (folder / "trail").rename(folder / "elsewhere")
    away = ran(folder, "check")
    assert (away.returncode, f"`{file.name}`" in away.stdout) == (0, True), away.stdout
    kept = (folder / "tsunagu.sqlite").read_bytes()
    sql(folder, "DELETE FROM version WHERE type = 'Patient' AND id = '{}'".format(person.partition("/")[2]))
    at_hand = ran(folder, "check", "--lines", "9999", "--archives", str(elsewhere))
    assert f"{person}/_history/1: 監査記録にあるこの版がありません" in at_hand.stdout
    assert "手元にない" not in at_hand.stdout
    assert ran(folder, "check", "--archives", str(file)).returncode == 2
    (folder / "tsunagu.sqlite").write_bytes(kept)
    elsewhere.rename(folder / "trail")


def test_a_command_that_cannot_be_says_so_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "tsunagu.sqlite").write_bytes(b"nothing" * 1000)
    refused = run(tmp_path, "verify")
    assert refused.returncode == 2
    assert refused.stderr.startswith("tsunagu: ")
    assert "Traceback" not in refused.stderr


@pytest.fixture
def signed(tmp_path: Path) -> Path:
    """A folder with a trail of three events and a root."""

    async def story() -> None:
        store = opened(str(tmp_path))
        await store.open()
        for n in range(3):
            await store.trail.append(event(n))
        await Notary(store.trail, Signer.load(tmp_path / "keys")).sign(datetime.now(UTC))
        await store.close()

    asyncio.run(story())
    return tmp_path


def told(folder: Path, *words: str, bound: Callable[[], None] | None = None) -> str:
    """The one sentence of a command that cannot be."""
    done = launch.bounded(folder, bound, *words) if bound else launch.ran(folder, *words)
    assert (done.returncode, done.stdout) == (2, ""), done
    [sentence] = done.stderr.splitlines()
    assert sentence.startswith("tsunagu: ")
    assert "Errno" not in sentence
    return sentence


def test_without_the_key_of_its_roots_nothing_goes_on_and_no_key_is_made(signed: Path) -> None:
    (signed / "keys" / "trail-key.json").unlink()
    for words in (
        ("audit", "verify"),
        ("audit", "export", str(signed / "events")),
        ("audit", "archive", "--before", "2026-01-01"),
        ("check", "--quick"),
        ("serve",),
    ):
        assert "1 roots are signed with a key that is not here" in told(signed, *words)
    assert [file.name for file in (signed / "keys").iterdir()] == ["trail-witness.json"]
    assert not (signed / "events").exists()


@pytest.mark.parametrize("name", ["trail-key.json", "trail-witness.json"])
def test_a_damaged_key_or_note_of_the_trail_is_named_by_each_command(name: str, signed: Path) -> None:
    (signed / "keys" / name).write_text("{")
    for words in (("audit", "verify"), ("check", "--quick")):
        assert f"`{signed / 'keys' / name}`" in told(signed, *words)


def test_a_trail_that_is_not_there_is_said_and_not_made(tmp_path: Path) -> None:
    folder = tmp_path / "none"
    for words in (("verify",), ("export", str(tmp_path / "events")), ("archive", "--before", "2026-01-01")):
        assert "there is no database" in told(folder, "audit", *words)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_written_or_read_is_named_and_nothing_is_left(signed: Path) -> None:
    folder = signed / "folder"
    folder.mkdir()
    before = sorted(signed.rglob("*"))
    assert f"`{folder}` cannot be used: is a directory; name a file" in told(signed, "audit", "export", str(folder))
    for words in (("export", str(folder / "none" / "events")), ("verify", str(folder / "none"))):
        assert f"`{words[1]}` cannot be used: no such file or directory" in told(signed, "audit", *words)
    assert f"`{folder}` cannot be used" in told(signed, "audit", "verify", str(folder))
    old = str(signed / "tsunagu.sqlite" / "old")
    refused = told(signed, "audit", "archive", "--before", "2026-01-01", "--folder", old)
    assert f"`{old}` cannot be used: not a directory" in refused
    assert sorted(signed.rglob("*")) == before


def test_what_has_no_room_is_said_and_is_no_difference(signed: Path) -> None:
    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))

    for words in (("audit", "export", str(signed / "events")), ("audit", "verify"), ("check", "--quick")):
        told(signed, *words, bound=bound)
    assert not [file for file in signed.iterdir() if "events" in file.name]
