"""The same server on MongoDB's wire protocol: `TSUNAGU_STORE` is all that is different.

docs/store.md
"""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest
from pymongo import MongoClient

from demo.journey import play
from resources.record.version import Version
from resources.store.open import opened
from resources.store.port import Transaction
from tests.http import launch
from tests.http.asking import Asking
from tests.http.stored import NAME
from tests.http.test_maintenance import ran, sentence

_PATIENCE = 300
"""Seconds the stand-in for MongoDB may take to store the city: it syncs each commit."""


@pytest.fixture
def database(mongodb: str) -> str:
    return f"{mongodb}/t{uuid4().hex}"


def test_a_server_on_mongodb_answers_and_ends_well(database: str, tmp_path: Path) -> None:
    assert "tsunagu init" in sentence(ran(tmp_path / "city", "serve", store=database))
    assert ran(tmp_path / "city", "init", store=database).returncode == 0
    with launch.serving(tmp_path / "city", store=database) as running:
        with Asking(running.base) as nobody:
            assert nobody.ask("GET", "metadata").json["resourceType"] == "CapabilityStatement"
            assert nobody.ask("GET", "Organization").total == 1, "the lead section"
            assert nobody.ask("GET", "Organization/council").status == 404
            assert nobody.ask("GET", "Patient").status == 401
        assert running.end(signal.SIGTERM) == 0
    assert not (tmp_path / "city" / NAME).exists()


def test_a_database_of_another_name_is_not_made_by_serving_it(database: str, tmp_path: Path) -> None:
    """The keys are there: the address was written wrong, or the database is gone."""
    assert ran(tmp_path / "city", "init", store=database).returncode == 0
    for words in (("serve",), ("check",), ("reindex",), ("audit", "verify"), ("city", "list")):
        said = sentence(ran(tmp_path / "city", *words, store=f"{database}-gone"))
        assert "tsunagu init" in said, words
    with MongoClient[Any](database.rpartition("/")[0]) as client:
        assert f"{database.rpartition('/')[2]}-gone" not in client.list_database_names()


def test_a_question_that_takes_too_long_ends_a_command_with_a_sentence(database: str, tmp_path: Path) -> None:
    assert ran(tmp_path / "city", "init", store=database).returncode == 0
    done = ran(tmp_path / "city", "city", "list", store=database, question_seconds="0.001")
    assert done.returncode == 2
    [said] = done.stderr.strip().splitlines()
    assert "TSUNAGU_QUESTION_SECONDS" in said


def test_what_keeps_a_store_true_works_on_mongodb_or_says_that_it_does_not(database: str, tmp_path: Path) -> None:
    """A database of another generation is not served until `reindex` has been through it."""
    asyncio.run(_one_agency(database))
    assert "`tsunagu reindex`" in sentence(ran(tmp_path, "serve", store=database))
    assert "`tsunagu reindex`" in sentence(ran(tmp_path, "check", store=database))
    done = ran(tmp_path, "upgrade", store=database)
    assert (done.returncode, "`tsunagu reindex`" in done.stdout) == (0, True), done
    assert "has been made anew" in ran(tmp_path, "reindex", store=database).stdout
    assert "of this generation already" in ran(tmp_path, "reindex", store=database).stdout
    assert ran(tmp_path, "keys", "rotate", "--lost", store=database).returncode == 0
    with launch.serving(tmp_path, store=database) as running, Asking(running.base) as nobody:
        # Found by a term that was not there before.
        assert nobody.ask("GET", "Organization?name=council").total == 1
        assert running.end(signal.SIGTERM) == 0


async def _one_agency(database: str) -> None:
    """As a generation would have left it that derived nothing but who keeps a record and who wrote it."""
    store = opened(database)
    await store.open()

    async def work(transaction: Transaction) -> None:
        meta = {"versionId": "1", "lastUpdated": transaction.instant}
        body = {"resourceType": "Organization", "id": "council", "meta": meta, "name": "council", "active": True}
        terms = (".author Practitioner/a", ".custodian Organization/council")
        await transaction.put(
            Version("Organization", "council", 1, transaction.instant, False, orjson.dumps(body), terms)
        )

    await store.transact(work)
    await store.close()


@pytest.mark.prove
def test_the_whole_journey_holds_on_mongodb(database: str, tmp_path: Path) -> None:
    with launch.serving(tmp_path / "city", "--demo", patience=_PATIENCE, store=database) as running:
        narration = list(play.play(running.base, running.credentials))
        assert [act for act in narration if not act.held] == []
        assert {act.step for act in narration} == set("abcdefghi")
        assert running.end(signal.SIGINT) == 0
    with (
        launch.serving(tmp_path / "city", "--demo", patience=_PATIENCE, store=database) as again,
        Asking(again.base) as nobody,
    ):
        assert nobody.ask("GET", "Organization/council").status == 200
    assert not (tmp_path / "city" / NAME).exists()
