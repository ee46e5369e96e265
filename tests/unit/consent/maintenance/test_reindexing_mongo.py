"""Everything derived is made anew on MongoDB as it is on SQLite: test_reindexing.py has the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from consent import derivation
from consent.maintenance import reindexing
from consent.maintenance.anew import Damaged
from consent.maintenance.reindexing import Reindexing
from profiles.spec import Spec
from resources.store.body import digest
from resources.store.open import opened
from tests.laws.worlds import own, ref
from tests.unit.consent.people import NOW
from tests.unit.consent.town import Town, actor, case, concern, household, patient

P = actor("p")


@pytest.fixture
def database(mongodb: str) -> Iterator[Database[Any]]:
    with MongoClient[Any](mongodb) as client:
        yield client[f"t{uuid4().hex}"]


@pytest.fixture
def lived(mongodb: str, database: Database[Any], spec: Spec) -> Iterator[Town]:
    """A household whose members changed, and letters about its case."""
    store = opened(f"{mongodb}/{database.name}")
    with asyncio.Runner() as runner:
        runner.run(store.open())
        town = Town.founded(runner, store, spec)
        town.write(P, patient("1"), patient("2"), patient("3"))
        town.write(P, household("1", "2"))
        town.write(P, case(), concern("c", "1"))
        town.write(P, household("2") | {"meta": {"versionId": "1"}})
        letter = {"resourceType": "Communication", "status": "completed", "id": "n", "about": [ref("CarePlan/k")]}
        town.write(P, letter)
        secret = {"security": [own("secrecy-label", "address-secret")], "versionId": "1"}
        town.write(P, patient("1", meta=secret))
        town.delete(P, "Communication/n")
        yield town
        runner.run(store.close())


def said(database: Database[Any]) -> list[Any]:
    versions = [*database.version.find({}, {"body": 0}).sort("_id")]
    rows = [*database.relation.find({}, {"_id": 0})]
    return [versions, sorted(rows, key=str)]


def forget(database: Database[Any]) -> None:
    """Nothing derived is left but who keeps a record, who wrote it, what was put back and marked, and the verdict."""
    facts = (".custodian ", ".author ", ".writer ", ".masked ", ".unsent ", ".checked ")
    told = (*facts, ".counts ", ".honoured ", ".fixed ")
    for one in database.version.find({}, {"terms": 1}):
        terms = [term for term in one["terms"] if term.startswith(told)]
        database.version.update_one({"_id": one["_id"]}, {"$set": {"terms": terms, "first": ""}})
    database.relation.delete_many({})


def finished(town: Town) -> None:
    while (way := town.run(Reindexing.begun(town.gate.engine, lambda: NOW))) and town.run(way.step()):
        pass


def test_everything_derived_is_made_anew_however_often_it_is_broken_off(
    lived: Town, database: Database[Any], spec: Spec, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reindexing, "STEP", 7)
    before = said(database)
    forget(database)
    assert said(database) != before
    finished(lived)
    assert said(database) == before
    assert lived.run(Reindexing.begun(lived.gate.engine, lambda: NOW)) is None
    assert database.clock.find_one({})["generation"] == derivation.generation(spec)  # type: ignore[index]  # is there


def test_what_cannot_be_derived_is_named_and_the_generation_is_not_said(lived: Town, database: Database[Any]) -> None:
    database.version.update_many({"id": "c"}, {"$set": {"body": b"{", "digest": digest(b"{")}})
    with pytest.raises(Damaged, match="Condition/c"):
        finished(lived)
    assert "generation" not in database.clock.find_one({})  # type: ignore[operator]  # is there
