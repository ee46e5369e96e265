"""A database on MongoDB as 0.1.0 wrote it becomes what SQLite's becomes, but that whom it named stays named.

docs/maintenance.md, "MongoDB"
"""

from __future__ import annotations

import lzma
import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest
from pymongo import MongoClient
from pymongo.database import Database

from tests.http import launch
from tests.http.test_maintenance import FIXTURE, NAME, ran, sentence

pytestmark = pytest.mark.prove


def test_it_is_upgraded_reindexed_and_served(mongodb: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(launch, "PATIENCE", 300)  # each change of the stand-in takes longer, the more there is
    name = f"t{uuid4().hex}"
    store, file = f"{mongodb}/{name}", tmp_path / "sqlite" / NAME
    file.parent.mkdir()
    file.write_bytes(lzma.decompress(FIXTURE.read_bytes()))
    with closing(sqlite3.connect(file)) as found, found:
        found.executescript(_FEWER)
    with MongoClient[Any](mongodb) as client:
        _as_0_1_0(file, client[name])
        assert "`tsunagu upgrade`" in sentence(ran(tmp_path / "mongo", "serve", store=store))
        for words in (("upgrade",), ("reindex",)):
            done = ran(tmp_path / "mongo", *words, store=store)
            assert done.returncode == 0, done.stderr
        assert ran(file.parent, "upgrade").returncode == 0
        (versions, *rest), (versions_there, *rest_there) = _derived(client[name]), _derived_there(file)
    assert rest == rest_there
    assert [one[:5] for one in versions] == [one[:5] for one in versions_there]
    for here, there in zip(versions, versions_there, strict=True):
        # Whom 0.1.0 named stays named on MongoDB, where nothing is written anew.
        assert set(there[5]) <= set(here[5])
        assert {term.partition(" ")[0] for term in set(here[5]) - set(there[5])} <= {".subject", ".household", ".kept"}
    assert "is as it was written" in ran(tmp_path / "mongo", "audit", "verify", store=store).stdout
    assert ran(tmp_path / "mongo", "keys", "rotate", "--lost", store=store).returncode == 0
    with launch.serving(tmp_path / "mongo", store=store) as running:
        assert running.end(signal.SIGTERM) == 0


_FEWER = """
    DELETE FROM version WHERE type IN ('Location', 'HealthcareService', 'OrganizationAffiliation');
    DELETE FROM version WHERE type = 'AuditEvent' AND seq % 5;
"""


def _as_0_1_0(file: Path, database: Database[Any]) -> None:
    sql = "SELECT type, id, number, since, until, deleted, body, terms FROM version ORDER BY seq"
    documents = []
    with closing(sqlite3.connect(file)) as found:
        for type, id, number, since, until, deleted, body, terms in found.execute(sql):
            key = f"{type} {id} {number:010}"
            document = {"_id": key, "moment": f"{since} {key}", "type": type, "id": id, "number": number}
            document |= {"since": since, "until": until or "9999-12-31T23:59:59.999Z", "deleted": bool(deleted)}
            document |= {"live": not (until or deleted), "terms": orjson.loads(terms), "body": body}
            documents.append(document | ({} if until else {"current": True}))
    database["version"].insert_many(documents)
    database["schema"].insert_one({"_id": "schema", "number": 1})


def _derived(database: Database[Any]) -> list[Any]:
    versions = [
        (one["type"], one["id"], one["number"], one["since"], one["first"], one["terms"])
        for one in database["version"].find()
    ]
    rows = [tuple(one[name] for name in _ROW) for one in database["relation"].find()]
    return [sorted(versions), sorted(rows), database["trail_event"].count_documents({})]


def _derived_there(file: Path) -> list[Any]:
    with closing(sqlite3.connect(file)) as found:
        versions = [
            (*one, orjson.loads(terms))
            for *one, terms in found.execute("SELECT type, id, number, since, first, terms FROM version")
        ]
        columns = ", ".join(f'"{name}"' for name in _ROW)
        rows = found.execute(f"SELECT {columns} FROM relation").fetchall()
        [(events,)] = found.execute("SELECT count(*) FROM trail_event").fetchall()
    return [sorted(versions), sorted(rows), events]


_ROW = ("name", "of", "to", "tag", "start", "until", "since", "ended", "source", "number")
