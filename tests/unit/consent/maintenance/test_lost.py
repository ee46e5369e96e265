"""A version that the trail names and that has vanished is named by a check, where nothing else tells of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from consent.maintenance.difference import Difference
from consent.maintenance.lost import lost
from resources.store import trail_archive
from resources.store.open import ledger
from resources.store.sqlite_file import NAME
from resources.store.trail import Head
from resources.store.trail_signer import Signer
from tests.unit.consent.town import Town, actor, concern, patient
from tests.unit.resources.store.telling import event

P = actor("p")


def found(town: Town, until: list[Head] | None = None, *archives: Path) -> list[str]:
    """What is lost of all that the trail and archives of it name, or of what it named up to these heads."""

    async def look() -> list[Difference]:
        heads = until or await town.store.trail.heads()
        with closing(ledger(town.address or str(town.folder))) as opened:
            return [one async for one in lost(town.store.trail, heads, opened, archives)]

    return [one.at for one in town.run(look())]


def vanish(town: Town, type: str, id: str) -> None:
    """Take a record of one version away behind the server's back, with all that lies beside it."""
    if town.address.startswith("mongodb"):
        address, _, name = town.address.rpartition("/")
        with MongoClient[Any](address) as client:
            assert client[name]["version"].delete_many({"type": type, "id": id}).deleted_count == 1
            client[name]["relation"].delete_many({"source": f"{type}/{id}"})
        return
    with closing(sqlite3.connect(town.folder / NAME)) as database, database:
        [(place,)] = database.execute("SELECT seq FROM version WHERE type = ? AND id = ?", (type, id)).fetchall()
        database.execute("DELETE FROM term WHERE seq = ?", (place,))
        database.execute("DELETE FROM relation WHERE source = ?", (f"{type}/{id}",))
        assert database.execute("DELETE FROM version WHERE seq = ?", (place,)).rowcount == 1


@pytest.fixture(params=["town", "town_on_mongodb"])
def everywhere(request: pytest.FixtureRequest) -> Town:
    town: Town = request.getfixturevalue(request.param)
    town.write(P, patient("1"), concern("c", "1"))
    town.read(P, "Condition/c")
    town.write(P, concern("last", "1"))
    return town


def test_nothing_is_lost_of_a_whole_store(everywhere: Town) -> None:
    assert found(everywhere) == []


@pytest.mark.parametrize("id", ["c", "last"])
def test_a_record_whose_only_version_has_vanished_is_named(everywhere: Town, id: str) -> None:
    vanish(everywhere, "Condition", id)
    assert found(everywhere) == [f"Condition/{id}/_history/1"]


def test_an_event_of_a_look_at_the_trail_names_no_record(everywhere: Town) -> None:
    looked = event(records=("AuditEvent/c-1/_history/1",), evidence=())
    everywhere.run(everywhere.store.trail.append(looked))
    assert found(everywhere) == []


def test_what_is_written_after_the_heads_were_taken_is_not_looked_for(everywhere: Town) -> None:
    before = everywhere.run(everywhere.store.trail.heads())
    everywhere.write(P, concern("new", "1"))
    vanish(everywhere, "Condition", "new")
    assert found(everywhere, before) == []
    assert found(everywhere) == ["Condition/new/_history/1"]


def archived(town: Town, folder: Path) -> list[Path]:
    """All that the trail says, moved into a file."""
    later = datetime.now(UTC) + timedelta(days=1)
    moving = trail_archive.archive(town.store.trail, Signer.load(folder / "keys"), folder, later, later)
    return [one.file for one in town.run(moving)]


def test_a_version_that_only_an_archive_names_is_missed_where_the_file_is_at_hand(
    everywhere: Town, tmp_path: Path
) -> None:
    files = archived(everywhere, tmp_path / "archives")
    vanish(everywhere, "Condition", "c")
    assert found(everywhere) == []
    assert found(everywhere, None, *files) == ["Condition/c/_history/1"]
