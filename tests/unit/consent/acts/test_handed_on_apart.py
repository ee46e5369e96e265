"""No write tells more than a step of records whom they are about: the others are told before it is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import orjson
import pytest

from consent.acts import secluding
from consent.gate import Gate
from consent.maintenance.reindexing import Reindexing
from consent.writing import apart
from consent.writing.prepared import Change
from resources.record.problem import Problem
from resources.search.relation import values
from resources.store.port import Transaction
from tests.laws.worlds import ref
from tests.unit.consent.acts.test_settled_apart import OTHERS, PLACE, Watched, counting
from tests.unit.consent.people import NOW
from tests.unit.consent.test_in_sight import OF_H, PLAN, REQUEST, at, refused, two
from tests.unit.consent.test_whom import again, named, word
from tests.unit.consent.town import (
    WITHOUT_A_PLAN,
    Town,
    actor,
    case,
    concern,
    coordination,
    household,
    patient,
)

__all__ = ("two",)

P, Q, CO = actor("p"), actor("q"), actor("co")
MANY = apart.STEP
OTHER = case("x", "concern")
PLACES = [{"text": "山陽町の家"}]

BOTH_STORES = pytest.mark.parametrize("told", ["town", "town_on_mongodb"], indirect=True)


def much_told(town: Town) -> None:
    """A concern of which much is told, and of the first word as much again."""
    town.write(P, *(patient(str(n)) for n in (1, 2, 3)), concern("c", "1"))
    town.write(P, *(word(f"w{n}", about=[ref("Condition/c")], note=PLACES) for n in range(MANY)))
    town.write(P, *(word(f"x{n}", inResponseTo=[ref("Communication/w0")], note=PLACES) for n in range(MANY)))
    town.protect(P, "Patient/2", "Organization/center")


@pytest.fixture
def told(request: pytest.FixtureRequest, town_with: Callable[..., Town]) -> Town:
    return town_with(much_told, getattr(request, "param", "town"))


def about(town: Town) -> set[tuple[str, ...]]:
    """Whom the words are about."""
    return {tuple(values(each.terms, ".subject")) for each in town.stored("Communication")}


def moved(town: Town, person: str = "2") -> None:
    town.write(P, concern("c", person) | again())


def is_over(town: Town) -> bool:
    return town.run(town.store.vault.look("secluding", "")) is None


def as_derived(town: Town) -> bool:
    """Whether deriving everything anew changes nothing."""
    before = {each.reference: each.terms for each in town.stored("Communication")}
    way = town.run(Reindexing.begun(town.gate.engine, lambda: NOW, again=True))
    assert way
    while town.run(way.step()):
        pass
    return before == {each.reference: each.terms for each in town.stored("Communication")}


@BOTH_STORES
def test_what_is_of_a_record_that_has_grown_is_brought_along_in_slices(told: Town) -> None:
    town, store = counting(told)
    moved(town)
    assert about(town) == {("Patient/1", "Patient/2")}
    assert town.search(P, "Communication", PLACE) == []
    assert store.turns > 2 * MANY // apart.STEP
    assert store.most <= apart.STEP + OTHERS
    assert is_over(town)
    assert as_derived(town)


def test_what_is_of_a_few_is_brought_along_at_once(told: Town) -> None:
    told.write(P, concern("d", "1"), *(word(f"y{n}", about=[ref("Condition/d")]) for n in range(5)))
    town, store = counting(told)
    town.write(P, concern("d", "3") | again())
    assert named(town, "Communication/y4") == ["Patient/1", "Patient/3"]
    assert store.turns == 1


def test_a_circle_ends(told: Town) -> None:
    told.write(P, concern("c", "1") | again(evidence=[{"detail": [ref("Communication/x1")]}]))
    told.write(P, concern("c", "3") | again(2))
    assert about(told) == {("Patient/1", "Patient/3")}
    assert named(told, "Condition/c") == ["Patient/1", "Patient/3"]


def test_who_had_left_the_household_that_a_record_is_moved_to_goes_along(told: Town) -> None:
    told.write(P, household("1", "3"))
    told.write(P, household("1") | again())
    town, store = counting(told)
    town.write(P, concern("c", "1", subject=ref("Group/g")) | again())
    assert {tuple(values(each.terms, ".household")) for each in town.stored("Communication")} == {("Group/g",)}
    assert store.most <= apart.STEP + OTHERS


def test_what_is_refused_is_handed_on_to_nobody(told: Town) -> None:
    town, _ = counting(told)
    with pytest.raises(Problem):
        town.write(Q, concern("c", "2") | again())
    assert about(town) == {("Patient/1",)}
    assert is_over(town)


class Cut(Watched):
    """A store whose server ends after so many transactions: nobody settles anything any more."""

    def __init__(self, town: Town, after: int) -> None:
        super().__init__(town)
        self.after = after

    async def transact(self, work: Callable[[Transaction], Awaitable[Any]], **named: Any) -> Any:
        if self.turns == self.after:
            raise KeyboardInterrupt
        return await super().transact(work, **named)


@pytest.mark.parametrize("after", [1, 2, 3, 5])
def test_what_was_broken_off_is_brought_along_as_the_records_stand(told: Town, after: int) -> None:
    """The first transaction is undone and the second the write; in the third and on, all else is brought along."""
    town = replace(told, gate=Gate(replace(told.gate.engine, store=Cut(told, after))))
    with pytest.raises(KeyboardInterrupt):
        moved(town)
    assert len(about(told)) == (1 if after < 3 else 2)
    told.run(secluding.resumed(told.gate.engine, NOW))
    assert about(told) == {("Patient/1",) if after == 1 else ("Patient/1", "Patient/2")}
    assert is_over(told)
    assert as_derived(told)


def test_what_is_written_meanwhile_of_one_that_was_not_reached_yet_is_about_them_too(told: Town) -> None:
    class Beside(Watched):
        async def transact(self, work: Callable[[Transaction], Awaitable[Any]], **named: Any) -> Any:
            done = await super().transact(work, **named)
            if self.turns == 2:
                late = [word(f"z{n}", inResponseTo=[ref(f"Communication/w{n}")]) for n in range(MANY)]
                await self.town.gate.commit(
                    P, [Change("create", "Communication", each["id"], orjson.dumps(each)) for each in late]
                )
            return done

    town = replace(told, gate=Gate(replace(told.gate.engine, store=Beside(told))))
    moved(town)
    assert len(told.stored("Communication")) == 3 * MANY
    assert about(told) == {("Patient/1", "Patient/2")}


@pytest.fixture
def much(two: Town) -> Town:
    """Of a concern there is a plan on which the coordinator works, in the last of many words."""
    two.write(P, OTHER, *(word(f"w{n}", about=[ref("CarePlan/x")]) for n in range(2 * MANY)))
    two.write(P, PLAN | {"basedOn": [ref("CarePlan/x")]} | again())
    return two


def households(town: Town, type: str, id: str) -> list[str]:
    return named(town, f"{type}/{id}", ".household")


def test_a_plan_that_others_work_on_is_asked_about_however_much_there_is_beside_it(much: Town) -> None:
    town, store = counting(much)
    assert refused(town, P, OTHER | OF_H | again()) == ["R17"]
    assert {tuple(households(much, "Communication", f"w{n}")) for n in range(2 * MANY)} == {("Group/g",)}
    assert is_over(much)
    much.write(CO, coordination("completed") | WITHOUT_A_PLAN | at(2))
    town.write(P, OTHER | OF_H | again())
    assert {tuple(households(much, "Communication", f"w{n}")) for n in range(2 * MANY)} == {("Group/g", "Group/h")}
    assert households(much, "CarePlan", "plan") == ["Group/g", "Group/h"]
    assert store.most <= apart.STEP + OTHERS
    assert is_over(much)


@pytest.mark.parametrize("where", ["before", "beside"])
def test_so_is_one_that_comes_when_it_had_been_looked_which_there_are(much: Town, where: str) -> None:
    """It comes into the same transaction, or by somebody else before that begins."""
    new = case("late", "total-care-plan") | {"basedOn": [ref("CarePlan/x")]}

    class Late(Watched):
        async def transact(self, work: Callable[[Transaction], Awaitable[Any]], **named: Any) -> Any:
            if self.turns == 1 and where == "before":
                await self.town.gate.commit(P, [Change("create", "CarePlan", "late", orjson.dumps(new))])
            return await super().transact(work, **named)

    much.write(P, PLAN | {"status": "revoked"} | at(2))
    town = replace(much, gate=Gate(replace(much.gate.engine, store=Late(much))))
    beside = [new] if where == "beside" else []
    assert refused(town, P, OTHER | OF_H | again(), *beside) == ["R17"]
    assert is_over(much)


ASKED = REQUEST | {"subject": ref("Group/g")}
VISIT: dict[str, Any] = {"resourceType": "Encounter", "id": "e", "status": "finished", "subject": ref("Group/g")}
VISIT |= {"class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "HH"}}
ON_IT = {"basedOn": [ref("ServiceRequest/s")]}


@pytest.fixture
def asked(two: Town) -> Town:
    """Of a request there are many words, and a visit."""
    two.write(P, ASKED, VISIT, *(word(f"w{n}", about=[ref("ServiceRequest/s")]) for n in range(MANY + 1)))
    return two


def test_so_is_one_that_is_tied_to_it_by_another_record_in_the_same_transaction(asked: Town) -> None:
    asked.write(P, PLAN | {"encounter": ref("Encounter/e")} | again())
    assert refused(asked, P, VISIT | ON_IT | again(), ASKED | OF_H | again()) == ["R17"]
    assert asked.reads(CO, "CarePlan/plan")


def test_so_is_one_that_is_written_before_all_has_been_handed_on(asked: Town) -> None:
    asked.write(P, PLAN | {"status": "revoked"} | again(), VISIT | ON_IT | again())
    new = case("late", "total-care-plan") | {"encounter": ref("Encounter/e")}
    found: list[Problem] = []

    class Late(Watched):
        async def transact(self, work: Callable[[Transaction], Awaitable[Any]], **named: Any) -> Any:
            done = await super().transact(work, **named)
            if not found:
                try:
                    await self.town.gate.commit(P, [Change("create", "CarePlan", "late", orjson.dumps(new))])
                except Problem as problem:
                    found.append(problem)
            return done

    town = replace(asked, gate=Gate(replace(asked.gate.engine, store=Late(asked))))
    town.write(P, ASKED | OF_H | again())
    assert [each.rules for each in found] == [("R17",)]
    assert {tuple(households(asked, "Communication", f"w{n}")) for n in range(MANY + 1)} == {("Group/g", "Group/h")}
