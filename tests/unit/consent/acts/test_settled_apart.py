"""No write settles more than a step of records while others wait, whatever makes them secret or no longer so (D1)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from consent import derivation
from consent.acts import secluding, slices
from consent.gate import Gate
from consent.relations import hidden_place
from consent.writing import apart
from resources.record import parse
from resources.record.envelope import SECLUDED
from resources.record.problem import Problem
from resources.search.predicate import has
from resources.store.port import Query, Transaction
from tests.laws.worlds import index, ref
from tests.unit.consent.acts.counted import Counted
from tests.unit.consent.acts.merges import ask, undo
from tests.unit.consent.acts.test_transferring import wrong
from tests.unit.consent.importing.test_importing import taken_in
from tests.unit.consent.people import NOW
from tests.unit.consent.town import Town, actor, concern, household, patient

P, Q = actor("p"), actor("q")
MANY, OTHERS = 2 * apart.STEP + 5, 10
PLACE = ("_content", "山陽町")
NOTE = [{"text": "山陽町の家"}]

BOTH_STORES = pytest.mark.parametrize("told", ["town", "town_on_mongodb"], indirect=True)


def much_told(town: Town) -> None:
    """A household of which much is recorded; a protected person is in none."""
    town.write(P, patient("1"), patient("2"), household("1"))
    town.write(P, *(concern(f"g{n}", "1", subject=ref("Group/g"), note=NOTE) for n in range(MANY)))
    town.protect(P, "Patient/2", "Organization/center")


@pytest.fixture
def told(request: pytest.FixtureRequest, town_with: Callable[..., Town]) -> Town:
    return town_with(much_told, getattr(request, "param", "town"))


class Watched(Counted):
    """Looks after each whether too much is found."""

    async def looked(self) -> None:
        assert await found(self.town, secret=True) == 0


async def found(town: Town, *, secret: bool) -> int:
    """How many concerns are found by more than is harmless, of those that are secret, or are not."""
    async with town.store.snapshot() as view:
        every = (await view.find(Query(has(".type", "Condition")), within=slices.FOUND)).versions
        open_ones = [each for each in every if f"{SECLUDED} yes" not in each.terms]
        return sum([await hidden_place.is_secret(view, each.stored) == secret for each in open_ones])


def as_derived(town: Town) -> bool:
    async def looked() -> bool:
        async with town.store.snapshot() as view:
            for each in (await view.find(Query(has(".type", "Condition")), within=slices.FOUND)).versions:
                secret = await hidden_place.is_secret(view, each.stored)
                terms = derivation.search(index(), parse.editable(each.body), secret=secret)
                if each.terms != derivation.found_by(each.terms, terms, secret=secret):
                    return False
        return await town.store.vault.look("secluding", "") is None

    return town.run(looked())


def counting(town: Town) -> tuple[Town, Counted]:
    store = Watched(town)
    return replace(town, gate=Gate(replace(town.gate.engine, store=store))), store


def joined(town: Town) -> None:
    town.write(P, household("1", "2") | {"meta": {"versionId": "1"}})


@BOTH_STORES
def test_a_household_that_a_protected_person_joins_is_settled_in_slices(told: Town) -> None:
    town, store = counting(told)
    joined(town)
    assert town.search(P, "Condition", PLACE) == []
    assert store.most <= apart.STEP + OTHERS
    assert as_derived(town)


def test_so_is_one_that_a_protected_person_leaves(told: Town) -> None:
    joined(told)
    town, store = counting(told)
    town.write(P, household("1") | {"meta": {"versionId": "2"}})
    assert town.search(P, "Condition", PLACE) == [], "it is about who was in it"
    assert store.turns > MANY // apart.STEP
    assert store.most <= apart.STEP + OTHERS
    assert as_derived(town)


def test_two_that_are_merged_and_are_two_again_are_settled_in_slices(told: Town) -> None:
    town, store = counting(told)
    merged = ask(town, P, "2", "1")
    assert town.search(P, "Condition", PLACE) == []
    assert store.most <= apart.STEP + OTHERS
    assert as_derived(town)
    undo(town, P, merged)
    assert len(town.search(P, "Condition", PLACE, ("_count", "200"))) == MANY
    assert store.most <= apart.STEP + OTHERS
    assert as_derived(town)


def test_many_puts_in_one_transaction_have_the_room_of_one(told: Town) -> None:
    """Each household alone would have room."""
    groups = [household("1") | {"id": f"h{n}"} for n in range(3)]
    told.write(P, *groups)
    told.write(
        P,
        *(concern(f"h{n}-{m}", "1", subject=ref(f"Group/h{n}")) for n in range(3) for m in range(apart.STEP // 2)),
    )
    town, store = counting(told)
    town.write(P, *(household("1", "2") | {"id": f"h{n}", "meta": {"versionId": "1"}} for n in range(3)))
    assert store.most <= apart.STEP + OTHERS
    assert as_derived(town)


def test_few_are_settled_at_once(told: Town) -> None:
    told.write(P, household("1") | {"id": "h"}, concern("h1", "1", subject=ref("Group/h")))
    town, store = counting(told)
    town.write(P, household("1", "2") | {"id": "h", "meta": {"versionId": "1"}})
    assert store.turns == 1
    assert as_derived(town)


def test_a_household_that_an_import_adds_to_is_settled_in_slices(told: Town) -> None:
    told.write(P, *(concern(f"p{n}", "1", note=NOTE) for n in range(MANY)))
    town, store = counting(told)
    [outcome] = taken_in(town, household("1", "2") | {"id": "h"})
    assert outcome.written
    assert store.turns > MANY // apart.STEP
    assert store.most <= apart.STEP + OTHERS
    assert as_derived(town)


def test_what_is_refused_leaves_everything_found_as_it_was(told: Town) -> None:
    town, _ = counting(told)
    with pytest.raises(Problem):
        town.write(Q, household("1", "2") | {"meta": {"versionId": "1"}})
    assert len(town.search(P, "Condition", PLACE, ("_count", "200"))) == MANY
    assert as_derived(town)


def test_one_that_was_broken_off_is_settled_as_the_records_say(told: Town) -> None:
    class BrokenOff(Counted):
        async def transact(self, work: Callable[[Transaction], Awaitable[Any]], **named: Any) -> Any:
            if self.turns == 2:
                raise KeyboardInterrupt  # as a process that ends: nobody settles anything any more
            return await super().transact(work, **named)

    town = replace(told, gate=Gate(replace(told.gate.engine, store=BrokenOff(told))))
    with pytest.raises(KeyboardInterrupt):
        joined(town)
    assert not as_derived(told)
    told.run(secluding.resumed(told.gate.engine, NOW))
    assert as_derived(told)
    assert len(told.search(P, "Condition", PLACE, ("_count", "200"))) == MANY


def test_a_dwelling_that_more_share_than_are_settled_at_once_is_protected(town: Town) -> None:
    members = [str(number) for number in range(apart.STEP + 5)]
    town.write(P, *(patient(each) for each in members))
    town.write(P, household(*members))
    first, *others = (f"Patient/{each}" for each in members)
    town.protect(P, first, "Organization/center", shares=tuple(others))
    assert all(f"{SECLUDED} yes" in each.terms for each in [*town.stored("Patient"), *town.stored("Group")])
    assert wrong(town) == []
