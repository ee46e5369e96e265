"""The names of a person: all of them while a merge stands, of whomever it is asked, and of nobody else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from consent.relations import names
from consent.relations.names import SAME
from consent.verdict import Verdict
from resources.record.problem import Problem
from resources.search.predicate import EVERYTHING, NOTHING, Leads, any_of, has
from resources.search.relation import Relation
from tests.laws.worlds import concept, ref
from tests.unit.consent.acts.merges import ask
from tests.unit.consent.people import NOW, around, row
from tests.unit.consent.standing.lying import Lying
from tests.unit.consent.town import Town, actor, patient

Json = dict[str, Any]

ONE, TWO, THREE, OTHER = (f"Patient/{each}" for each in ("1", "2", "3", "9"))
DONE: Json = {"resourceType": "Task", "id": "m", "status": "completed", "code": concept("task-code", "merge")}
DONE |= {"for": ref(ONE), "focus": ref(TWO)}
P = actor("p")
STANDS = Verdict(True, noted=frozenset({f".same {ONE}", f".same {TWO}"}))


def known(lying: Lying, *persons: str) -> frozenset[str]:
    return lying.ask(lambda view: names.known(view, persons))


def test_a_person_is_known_by_all_names_while_a_merge_stands(lying: Lying) -> None:
    assert known(lying, ONE) == {ONE}
    lying.put(DONE, judged=STANDS)
    assert known(lying, ONE) == known(lying, TWO) == known(lying, ONE, TWO) == {ONE, TWO}
    assert known(lying, OTHER) == {OTHER}
    assert known(lying, ONE, OTHER, "Group/g", "Practitioner/p") == {ONE, TWO, OTHER, "Group/g", "Practitioner/p"}
    assert known(lying, "Group/g") == {"Group/g"}
    assert known(lying) == frozenset()
    lying.put(DONE | {"status": "cancelled"}, judged=STANDS)
    assert known(lying, ONE) == {ONE}


def test_what_was_merged_later_was_not_one_person_before(lying: Lying) -> None:
    lying.put({"resourceType": "Patient", "id": "1"})
    first = lying.versions[ONE].since
    lying.now = NOW + timedelta(minutes=1)
    lying.put(DONE, judged=STANDS)

    async def then() -> frozenset[str]:
        async with lying.store.snapshot(first) as view:
            return await names.known(view, [ONE])

    assert lying.runner.run(then()) == {ONE}
    assert known(lying, ONE) == {ONE, TWO}


def test_in_a_world_they_are_told_by_the_rows_that_hold() -> None:
    world = around(row(Relation(SAME, ONE, TWO)), row(Relation(SAME, ONE, THREE), ended="2026-05-01T00:00:00.000Z"))
    assert names.others(world, ONE) == {TWO}
    assert names.others(world, TWO) == frozenset()
    assert names.every(world, [ONE, OTHER]) == {ONE, TWO, OTHER}
    assert names.every(world, []) == frozenset()


def test_by_some_name_is_by_the_one_at_hand_or_by_another() -> None:
    here = has(".type", "Task")
    assert names.any_of_them(here) == any_of([here, Leads(SAME, here)])
    assert names.any_of_them(NOTHING) == NOTHING
    assert names.any_of_them(EVERYTHING) != NOTHING


def test_one_person_has_at_most_eight_names(town: Town) -> None:
    town.write(P, *(patient(str(each)) for each in range(1, 10)))
    for each in range(1, 8):
        ask(town, P, str(each), str(each + 1), reason="同じ人")
    with pytest.raises(Problem, match="at most 8 names"):
        ask(town, P, "8", "9", reason="同じ人")
