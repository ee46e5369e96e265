"""What an emergency opens and a conflict closes on MongoDB: the tests of both beside this one have the rest."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from pymongo import MongoClient

from profiles.spec import Spec
from resources.record.problem import Problem
from resources.store.open import opened
from tests.unit.consent.people import NOW
from tests.unit.consent.test_breaking_glass import EM, LEAD, VERY, break_glass, refused
from tests.unit.consent.test_declaring_conflict import declare
from tests.unit.consent.town import Town, actor, concern, household, patient

P = actor("p")


@pytest.fixture
def town(mongodb: str, spec: Spec) -> Iterator[Town]:
    name = f"t{uuid4().hex}"
    store = opened(f"{mongodb}/{name}", lambda: NOW)
    with asyncio.Runner() as runner:
        runner.run(store.open())
        try:
            yield Town.founded(runner, store, spec)
        finally:
            runner.run(store.close())
            with MongoClient[Any](mongodb) as client:
                client.drop_database(name)


def test_an_emergency_opens_one_household_until_its_end_and_a_conflict_closes_it(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), patient("3"), household("1", "2"))
    town.write(P, concern("c", "1"), concern("d", "2"), concern("e", "3"), concern("v", "1", **VERY))
    assert town.search(EM, "Condition") == []
    break_glass(town)
    assert sorted(town.search(EM, "Condition")) == ["Condition/c", "Condition/d"]
    assert town.search(replace(EM, now=NOW + timedelta(minutes=15)), "Condition") == []
    assert refused(town) == "business-rule"
    declare(town, LEAD, "Practitioner/em", "Patient/1")
    assert town.search(EM, "Condition") == ["Condition/d"]
    with pytest.raises(Problem, match="Condition/c"):
        town.read(EM, "Condition/c")
