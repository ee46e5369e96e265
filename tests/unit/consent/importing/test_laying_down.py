"""A list of the directory is checked before its transaction: nobody who writes waits for that (P12)."""

from __future__ import annotations

import orjson
import pytest

from consent.importing import laying_down
from consent.writing.prepared import Change
from resources.record.problem import Problem
from tests.unit.consent.town import INSTALLER, Town


def agency(id: str, **elements: object) -> Change:
    said = {"resourceType": "Organization", "id": id, "name": id} | elements
    return Change("update", "Organization", id, orjson.dumps(said))


def test_what_is_wrong_in_it_is_said_without_a_transaction(town: Town) -> None:
    with pytest.raises(Problem) as caught:
        laying_down.made_ready(town.gate.engine, [agency("new"), agency("wrong", name=1)])
    assert caught.value.kind == "invalid"


def test_what_was_made_ready_is_written_in_its_order(town: Town) -> None:
    ready = laying_down.made_ready(town.gate.engine, [agency("new"), agency("newer")])
    done: list[int] = []
    names = ("city import",)
    town.run(town.gate.operate(INSTALLER, names, lambda unit: laying_down.laid(unit, ready, done.append)))
    assert done == [0, 1]
    assert {"Organization/new", "Organization/newer"} <= {each.reference for each in town.stored("Organization")}
