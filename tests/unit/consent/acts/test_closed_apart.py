"""What belongs to a record that is closed is closed in slices before that, however much; it is opened after it is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from consent.acts import secluding, slices
from consent.gate import Gate
from consent.labels import Relabelling
from consent.writing import apart
from consent.writing.prepared import Change
from resources.record.envelope import LABEL
from resources.record.problem import Problem
from resources.search.relation import values
from resources.store.port import Transaction
from tests.unit.consent.acts.test_handed_on_apart import Cut, is_over
from tests.unit.consent.acts.test_settled_apart import OTHERS, Watched, counting
from tests.unit.consent.acts.test_transferring import wrong
from tests.unit.consent.people import NOW
from tests.unit.consent.test_belonging import P, Q, V, file, told
from tests.unit.consent.test_whom import again
from tests.unit.consent.town import Town, concern, patient

MANY = apart.STEP
STATUS = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
ERROR = {"verificationStatus": {"coding": [{"system": STATUS, "code": "entered-in-error"}]}}

BOTH_STORES = pytest.mark.parametrize("much", ["town", "town_on_mongodb"], indirect=True)


def much_told(town: Town) -> None:
    """A concern to which much belongs, and to the first of that as much again."""
    town.write(P, patient("1"), concern("c", "1"), *(told("Condition/c", id=f"p{n}") for n in range(MANY)))
    town.write(P, *(file("Provenance/p0", id=f"f{n}") for n in range(MANY)))


@pytest.fixture
def much(request: pytest.FixtureRequest, town_with: Callable[..., Town]) -> Town:
    return town_with(much_told, getattr(request, "param", "town"))


def relabel(town: Town, operation: Any) -> None:
    town.commit(P, Change("update", "Condition", "c", relabelling=Relabelling(operation, {"security": [V]})))


def closed(town: Town) -> set[bool]:
    """Whether what belongs to it is."""
    every = [*town.stored("Provenance"), *town.stored("Binary")]
    assert len(every) == 2 * MANY
    return {any(one.endswith("|V") for one in values(each.terms, LABEL)) for each in every}


def in_order(town: Town, of: list[bool]) -> Any:
    """A gate whose store is looked at after each transaction: is the concern closed, so is all that belongs to it."""

    class Looking(Watched):
        async def transact(self, work: Callable[[Transaction], Awaitable[Any]], **named: Any) -> Any:
            done = await self.town.store.transact(work, **named)
            async with self.town.store.snapshot() as view:
                found = {
                    name: await view.get(*name.split("/"), within=slices.FOUND)
                    for name in ("Condition/c", f"Provenance/p{MANY - 1}", f"Binary/f{MANY - 1}")
                }
            is_closed = [
                any(one.endswith("|V") for one in values(each.terms, LABEL)) for each in found.values() if each
            ]
            of.append(not is_closed[0] or all(is_closed))
            return done

    return Gate(replace(town.gate.engine, store=Looking(town)))


@BOTH_STORES
def test_what_belongs_to_a_record_is_closed_before_it_and_opened_after_it_in_slices(much: Town) -> None:
    town, store = counting(much)
    relabel(town, "$meta-add")
    assert closed(much) == {True}
    assert wrong(much) == []
    relabel(town, "$meta-delete")
    assert closed(much) == {False}
    assert wrong(much) == []
    assert store.turns > 4 * MANY // apart.STEP
    assert store.most <= apart.STEP + OTHERS
    assert is_over(much)


def test_at_no_moment_is_it_less_closed_than_the_record(much: Town) -> None:
    right: list[bool] = []
    town = replace(much, gate=in_order(much, right))
    relabel(town, "$meta-add")
    relabel(town, "$meta-delete")
    assert len(right) > 4 * MANY // apart.STEP
    assert all(right)


def test_so_is_what_belongs_to_a_mistake(much: Town) -> None:
    town, store = counting(much)
    town.write(P, concern("c", "1") | again() | ERROR)
    assert store.most <= apart.STEP + OTHERS
    assert wrong(much) == []
    assert not any(much.reads(Q, name) for name in ("Condition/c", "Provenance/p1", "Binary/f1"))


def test_of_a_write_that_is_refused_nothing_is_closed(much: Town) -> None:
    with pytest.raises(Problem):
        much.commit(Q, Change("update", "Condition", "c", relabelling=Relabelling("$meta-add", {"security": [V]})))
    assert closed(much) == {False}
    assert is_over(much)


@pytest.mark.parametrize("operation", ["$meta-add", "$meta-delete"])
@pytest.mark.parametrize("after", [1, 2, 4, 5, 6])
def test_what_was_broken_off_is_as_closed_as_the_record_stands(much: Town, operation: str, after: int) -> None:
    if operation == "$meta-delete":
        relabel(much, "$meta-add")
    town = replace(much, gate=Gate(replace(much.gate.engine, store=Cut(much, after))))
    with pytest.raises(KeyboardInterrupt):
        relabel(town, operation)
    much.run(secluding.resumed(much.gate.engine, NOW))
    assert wrong(much) == []
    assert len(closed(much)) == 1
    assert is_over(much)
