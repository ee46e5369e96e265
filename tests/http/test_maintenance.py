"""check, reindex and upgrade as an operator runs them: what they say, what they return, and what a kill leaves.

docs/maintenance.md
"""

from __future__ import annotations

import asyncio
import lzma
import os
import re
import signal
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from consent import vocabulary
from consent.actor import Actor, Scope
from consent.engine import PolicyEngine
from consent.gate import Gate
from profiles.spec import Spec
from resources.search import request
from resources.search.index import Index
from resources.store import sqlite_older
from resources.store.open import older, opened
from resources.store.port import Unavailable
from tests.http import launch

FIXTURE = Path(__file__).parents[1] / "fixtures" / "store-0.1.0.sqlite.xz"
NAME = "tsunagu.sqlite"
KEPT = "tsunagu-schema-1.sqlite"


def ran(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return launch.ran(folder, *words, **settings)


def sentence(done: subprocess.CompletedProcess[str]) -> str:
    """What a command says to an operator who must do something else first."""
    assert done.returncode == 2, done
    assert done.stdout == ""
    [said] = done.stderr.strip().splitlines()
    assert said.startswith("tsunagu: ")
    return said


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A store that 0.1.0 wrote: a city, and household H's journey through it."""
    folder = tmp_path / "city"
    folder.mkdir()
    (folder / NAME).write_bytes(lzma.decompress(FIXTURE.read_bytes()))
    return folder


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("upgraded") / "city"
    folder.mkdir()
    (folder / NAME).write_bytes(lzma.decompress(FIXTURE.read_bytes()))
    done = ran(folder, "upgrade")
    assert done.returncode == 0, done.stderr
    assert KEPT in done.stdout
    return folder


def versions(file: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as database:
        sql = "SELECT type, id, number, since, until, deleted, body FROM version ORDER BY type, id, number"
        return database.execute(sql).fetchall()


# upgrade


def test_an_old_store_stops_a_start_with_the_command_that_is_needed(old: Path) -> None:
    before = (old / NAME).read_bytes()
    for words in (("serve",), ("serve", "--demo"), ("check",), ("check", "--quick"), ("reindex",)):
        assert "tsunagu upgrade" in sentence(ran(old, *words))
    assert (old / NAME).read_bytes() == before


def test_an_upgrade_keeps_every_version_and_the_old_file(upgraded: Path) -> None:
    with lzma.open(FIXTURE) as fixture:
        whole = fixture.read()
    kept = (upgraded / KEPT).read_bytes()
    assert len(kept) == len(whole)
    assert versions(upgraded / NAME) == [row for row in versions(upgraded / KEPT) if row[0] != "AuditEvent"]
    assert (upgraded / NAME).stat().st_mode & 0o777 == 0o600
    assert sorted(file.name for file in upgraded.iterdir()) == [KEPT, NAME]


def test_an_upgraded_store_is_clean(upgraded: Path) -> None:
    for words in (("check",), ("check", "--quick")):
        done = ran(upgraded, *words)
        assert done.returncode == 0, done.stdout
        assert "946" in done.stdout


def test_what_stood_on_the_trail_stands_there_still(upgraded: Path, tmp_path: Path) -> None:
    folder = launch.copied(upgraded, tmp_path / "city")
    file = tmp_path / "events.ndjson"
    assert ran(folder, "audit", "export", str(file)).returncode == 0
    with closing(sqlite3.connect(folder / KEPT)) as database:
        sql = "SELECT body FROM version WHERE type = 'AuditEvent' ORDER BY since, seq"
        before = [told(orjson.loads(body)) for (body,) in database.execute(sql)]
    after = [told(orjson.loads(line)) for line in file.read_bytes().splitlines()]
    assert len(after) == 1021
    assert sorted(after, key=repr) == sorted(before, key=repr)
    assert ran(folder, "audit", "verify").returncode == 0


def test_a_chain_of_the_trail_that_is_broken_is_found_by_either_check(upgraded: Path, tmp_path: Path) -> None:
    folder = launch.copied(upgraded, tmp_path / "city")
    with closing(sqlite3.connect(folder / NAME)) as database, database:
        assert database.execute("DELETE FROM trail_event WHERE number = 7").rowcount == 1
    for words in (("check",), ("check", "--quick")):
        done = ran(folder, *words)
        assert done.returncode == 1
        assert "missing before it" in done.stdout


def told(event: dict[str, Any]) -> list[Any]:
    """What an event says, but for its id and the order of what it names."""
    entities = sorted(orjson.dumps(entity, option=orjson.OPT_SORT_KEYS) for entity in event["entity"])
    return [event[name] for name in ("recorded", "action", "outcome", "agent", "subtype", "purposeOfEvent")] + entities


def test_memberships_are_recorded_when_the_household_first_said_them(upgraded: Path) -> None:
    with closing(sqlite3.connect(upgraded / NAME)) as database:
        sql = """SELECT count(*), sum(r.since = v.since), sum(r.ended = '~') FROM relation r JOIN version v
            ON v.type || '/' || v.id = r.source AND v.number = r.number WHERE r.name = ?"""
        for name in ("member", "consent", "agency"):
            rows, timely, _ = database.execute(sql, (name,)).fetchone()
            assert rows == timely > 0
        ended = "SELECT count(*) FROM relation r WHERE name = 'consent' AND ended != '~'"
        revised = "SELECT count(*) FROM version WHERE type = 'Consent' AND until IS NOT NULL"
        assert (database.execute(ended).fetchone()[0] > 0) == (database.execute(revised).fetchone()[0] > 0)


@pytest.mark.parametrize(
    ("person", "sees"), [("practitioner-yorisoi", True), ("practitioner-branch-office-4-deputy", False)]
)
def test_the_household_is_read_by_who_could_read_it(upgraded: Path, spec: Spec, person: str, sees: bool) -> None:
    store, index = opened(str(upgraded)), Index(spec)
    scopes = (Scope("user", "*", frozenset("rs")),)
    actor = Actor(
        "desk",
        f"Practitioner/{person}",
        "",
        vocabulary.CARE_MANAGEMENT,
        scopes,
        datetime.now(UTC),
        "r",
    )

    async def seen(type: str) -> int:
        page = await Gate(PolicyEngine.of(store, spec, index)).search(actor, request.parse(index, type, ()))
        return len(page.versions)

    with asyncio.Runner() as runner:
        runner.run(store.open())
        try:
            for type in ("Patient", "Group", "Condition", "QuestionnaireResponse", "RelatedPerson"):
                assert (runner.run(seen(type)) > 0) == sees, type
        finally:
            runner.run(store.close())


def test_an_upgraded_store_is_served(upgraded: Path, tmp_path: Path) -> None:
    folder = launch.copied(upgraded, tmp_path / "city")
    assert "keys rotate --lost" in sentence(ran(folder, "serve"))
    assert ran(folder, "keys", "rotate", "--lost").returncode == 0
    with launch.serving(folder) as running:
        assert running.end(signal.SIGINT) == 0


@pytest.mark.parametrize("size", [1, 1_000_000])
def test_a_killed_upgrade_leaves_the_old_store_and_is_begun_anew(old: Path, size: int) -> None:
    before = (old / NAME).read_bytes()
    process = launch.begun(old, "upgrade")
    new = [old / sqlite_older.BESIDE / name for name in (NAME, f"{NAME}-wal")]
    while process.poll() is None and sum(file.stat().st_size for file in new if file.exists()) < size:
        os.sched_yield()
    process.kill()
    process.wait()
    assert (old / NAME).read_bytes()[100:] == before[100:]
    assert "tsunagu upgrade" in sentence(ran(old, "serve"))
    assert ran(old, "upgrade").returncode == 0
    assert ran(old, "check").returncode == 0


@pytest.mark.parametrize("step", ["link", "replace"])
def test_an_upgrade_that_is_broken_off_at_the_exchange_can_be_repeated(
    old: Path, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*paths: object) -> None:
        raise KeyboardInterrupt

    with closing(older(str(old))) as file:
        store = opened(str(file.beside()))
        asyncio.run(made(store))
        monkeypatch.setattr(os, step, killed)
        with pytest.raises(KeyboardInterrupt):
            file.exchange("g")
    monkeypatch.undo()
    assert len(versions(old / NAME)) == 1967
    assert ran(old, "upgrade").returncode == 0
    assert sorted(entry.name for entry in old.iterdir()) == [KEPT, NAME]


async def made(store) -> None:
    await store.open()
    await store.close()


def test_without_hard_links_the_old_file_is_copied(old: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*paths: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", refused)
    with closing(older(str(old))) as file:
        store = opened(str(file.beside()))
        asyncio.run(made(store))
        kept = file.exchange("g")
    assert len(versions(kept)) == 1967
    assert versions(old / NAME) == []


def test_a_store_in_use_is_not_upgraded(old: Path) -> None:
    with closing(sqlite3.connect(old / NAME)) as other:
        other.execute("PRAGMA journal_mode = WAL")  # as 0.1.0 has it
        other.execute("SELECT count(*) FROM version").fetchall()
        assert "stop the server" in sentence(ran(old, "upgrade"))
    with closing(older(str(old))), pytest.raises(Unavailable, match=r"in use|locked by another process"):
        older(str(old))


def test_what_needs_no_upgrade_says_so(upgraded: Path) -> None:
    assert "needs no upgrade" in sentence(ran(upgraded, "upgrade"))


# reindex


def test_another_generation_stops_a_start_until_it_is_brought_along(upgraded: Path, tmp_path: Path) -> None:
    folder = launch.copied(upgraded, tmp_path / "city")
    with closing(sqlite3.connect(folder / NAME)) as database, database:
        database.execute("UPDATE store SET value = 'other' WHERE name = 'generation'")
        database.execute("DELETE FROM relation WHERE name = 'member'")
    for words in (("serve",), ("serve", "--demo"), ("check",)):
        assert "tsunagu reindex" in sentence(ran(folder, *words))
    process = launch.begun(folder, "reindex")
    while process.poll() is None and not marked(folder):
        os.sched_yield()
    process.kill()
    process.wait(launch.PATIENCE)
    assert "tsunagu reindex" in sentence(ran(folder, "serve"))
    done = ran(folder, "reindex")
    assert done.returncode == 0, done.stderr
    assert ran(folder, "check").returncode == 0
    assert "今の世代" in ran(folder, "reindex").stdout
    assert ran(folder, "keys", "rotate", "--lost").returncode == 0
    with launch.serving(folder) as running:
        assert running.end(signal.SIGINT) == 0


def marked(folder: Path) -> bool:
    with closing(sqlite3.connect(folder / NAME, timeout=5)) as database:
        return bool(database.execute("SELECT 1 FROM secret WHERE kind = 'reindex'").fetchall())


# check


def test_damage_is_named_and_is_exit_code_1(upgraded: Path, tmp_path: Path) -> None:
    folder = launch.copied(upgraded, tmp_path / "city")
    with closing(sqlite3.connect(folder / NAME)) as database, database:
        [(group,)] = database.execute("SELECT DISTINCT id FROM version WHERE type = 'Group'").fetchall()
        database.execute("UPDATE version SET body = CAST(body || X'20' AS BLOB) WHERE type = 'Condition'")
        database.execute("DELETE FROM relation WHERE name = 'member'")
    done = ran(folder, "check", "--lines", "5")
    assert done.returncode == 1
    assert re.search(r"and \d\d more", done.stdout)
    assert len(done.stdout.splitlines()) == 7
    whole = ran(folder, "check").stdout
    assert f"Group/{group}: " in whole
    assert ran(folder, "check", "--quick").returncode == 1
    # Nothing is derived of a body that is not the one that was written.
    assert "restore the last backup" in sentence(ran(folder, "reindex", "--again"))
    with closing(sqlite3.connect(folder / NAME)) as database, database:
        database.execute("UPDATE version SET body = substr(body, 1, length(body) - 1) WHERE type = 'Condition'")
    assert ran(folder, "reindex", "--again").returncode == 0
    assert f"Group/{group}: " not in ran(folder, "check").stdout


def test_the_last_versions_of_all_are_missed_by_the_trail(upgraded: Path, tmp_path: Path) -> None:
    folder = launch.copied(upgraded, tmp_path / "city")
    with closing(sqlite3.connect(folder / NAME)) as database, database:
        [(type, id, number, place)] = database.execute("SELECT type, id, number, max(seq) FROM version").fetchall()
        database.execute("DELETE FROM term WHERE seq = ?", (place,))
        database.execute("DELETE FROM relation WHERE source = ?", (f"{type}/{id}",))
        database.execute("DELETE FROM version WHERE seq = ?", (place,))
    done = ran(folder, "check")
    assert done.returncode == 1
    assert f"{type}/{id}/_history/{number}: 監査記録にあるこの版がありません" in done.stdout


@pytest.mark.parametrize("words", [("check",), ("reindex",), ("upgrade",)], ids=lambda words: words[0])
def test_a_store_that_is_not_there_is_said_and_not_made(words: tuple[str, ...], tmp_path: Path) -> None:
    assert "there is no database" in sentence(ran(tmp_path / "none", *words))
    assert not (tmp_path / "none").exists()
    assert "malformed" in sentence(ran(tmp_path, words[0], store="mongodb://:::/tsunagu")) or words[0] != "reindex"
    (tmp_path / NAME).write_bytes(b"dear diary " * 500)
    assert "damaged" in sentence(ran(tmp_path, *words))
