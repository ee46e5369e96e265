"""A town, or records that lie in a store, of its own for every test."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from pymongo import MongoClient

from profiles.spec import Spec
from resources.store.open import opened
from tests.laws.worlds import ref
from tests.unit.consent.people import NOW
from tests.unit.consent.standing.lying import Lying, in_a_store
from tests.unit.consent.town import (
    Town,
    actor,
    case,
    concern,
    conference,
    coordination,
    household,
    letter,
    patient,
    roster,
)

P, CO, CONV = actor("p"), actor("co"), actor("conv")
MEMBER = actor("q", "support-conference")


@pytest.fixture
def town(founding: Path, tmp_path: Path, spec: Spec) -> Iterator[Town]:
    with moved_into(tmp_path, spec, founding) as town:
        yield town


@pytest.fixture
def lying(tmp_path: Path) -> Iterator[Lying]:
    with in_a_store(tmp_path) as made:
        yield made


@contextmanager
def moved_into(folder: Path, spec: Spec, of: Path) -> Iterator[Town]:
    """A copy, in a folder, of the town that lies in another."""
    shutil.copytree(of, folder, dirs_exist_ok=True)
    store = opened(str(folder), lambda: NOW)
    with asyncio.Runner() as runner:
        runner.run(store.open())
        try:
            town = Town.of(runner, store, spec)
            town.folder = folder
            yield town
        finally:
            runner.run(store.close())


@pytest.fixture
def town_on_mongodb(mongodb: str, spec: Spec) -> Iterator[Town]:
    """The same in a database of its own, on MongoDB."""
    name = f"t{uuid4().hex}"
    store = opened(f"{mongodb}/{name}", lambda: NOW)
    with asyncio.Runner() as runner:
        runner.run(store.open())
        try:
            town = Town.founded(runner, store, spec)
            town.address = f"{mongodb}/{name}"
            yield town
        finally:
            runner.run(store.close())
            with MongoClient[Any](mongodb) as client:
                client.drop_database(name)


@pytest.fixture
def called(town: Town) -> Town:
    """A household whose case is with the coordinator, a standing roster, and a meeting called."""
    call(town)
    return town


def call(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), household("1", "2"), concern("c", "1"))
    town.write(P, case(), coordination("requested"))
    town.write(CO, coordination() | {"meta": {"versionId": "1"}})
    town.write(CONV, roster("q", "p", "co"))
    town.write(CONV, conference("planned", "q", "p"))


@pytest.fixture
def open_(called: Town) -> Town:
    """The meeting is open, and its member has acknowledged secrecy twice."""
    open_meeting(called)
    return called


def open_meeting(town: Town) -> None:
    sent = {"sender": ref("PractitionerRole/conv"), "recipient": [ref("PractitionerRole/q")]}
    town.write(CONV, letter("i", "invitation", **sent))
    town.write(CONV, conference("in-progress", "q", "p") | {"meta": {"versionId": "1"}})
    town.write(CONV, letter("o", "opening-notice", **sent))
    for id, answered in (("1", "i"), ("2", "o")):
        answer = letter(
            id, "acknowledgement", sender=ref("PractitionerRole/q"), inResponseTo=[ref(f"Communication/{answered}")]
        )
        town.write(MEMBER, answer)
