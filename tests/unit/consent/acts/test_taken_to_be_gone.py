"""Who stalls while many records are settled, and is taken to be gone, leaves nothing half hidden and nothing untold."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from consent.acts import secluding, slices
from consent.gate import Gate
from resources.record.problem import Problem
from resources.search.relation import values
from resources.store.port import Transaction
from tests.unit.consent.acts import test_closed_apart as closing
from tests.unit.consent.acts import test_handed_on_apart as handing
from tests.unit.consent.acts.test_settled_apart import Watched
from tests.unit.consent.acts.test_transferring import wrong
from tests.unit.consent.people import NOW
from tests.unit.consent.test_whom import again, named
from tests.unit.consent.town import Town, actor, concern, patient

P = actor("p")
told, much = handing.told, closing.much

LATER = NOW + timedelta(minutes=3)


class Stalled(Watched):
    """A store whose server stalls before this turn, so that somebody else sees to all that it has begun."""

    def __init__(self, town: Town, before: int) -> None:
        super().__init__(town)
        self.before = before

    async def transact(self, work: Callable[[Transaction], Awaitable[Any]], **named: Any) -> Any:
        self.turns += 1
        if self.turns == self.before:
            await secluding.resumed(self.town.gate.engine, LATER)
        return await self.town.store.transact(work, **named)


def stalled(town: Town, before: int) -> Town:
    return replace(town, gate=Gate(replace(town.gate.engine, store=Stalled(town, before))))


@pytest.mark.parametrize("before", [2, 3, 4])
def test_what_is_handed_on_is_written_and_handed_on_or_neither(told: Town, before: int) -> None:
    with suppress(Problem):
        handing.moved(stalled(told, before))
    is_moved = "Patient/2" in named(told, "Condition/c")
    assert handing.about(told) == {("Patient/1", "Patient/2") if is_moved else ("Patient/1",)}
    assert wrong(told) == []
    assert handing.is_over(told)


@pytest.mark.parametrize("operation", ["$meta-add", "$meta-delete"])
@pytest.mark.parametrize("before", [2, 3, 4, 6])
def test_what_belongs_to_a_record_is_as_closed_as_it_stands(much: Town, operation: str, before: int) -> None:
    if operation == "$meta-delete":
        closing.relabel(much, "$meta-add")
    with suppress(Problem):
        closing.relabel(stalled(much, before), operation)
    assert wrong(much) == []
    assert len(closing.closed(much)) == 1
    assert handing.is_over(much)


def test_nothing_is_opened_that_is_not_yet_about_all_whom_it_is_about(much: Town) -> None:
    much.write(P, patient("2"))
    much.write(P, concern("c", "1") | again() | closing.ERROR)
    seen = []

    class Looking(Watched):
        async def transact(self, work: Callable[[Transaction], Awaitable[Any]], **named: Any) -> Any:
            done = await self.town.store.transact(work, **named)
            async with self.town.store.snapshot() as view:
                for number in range(closing.MANY):
                    each = await view.get("Provenance", f"p{number}", within=slices.FOUND)
                    assert each
                    seen.append((".mistaken yes" in each.terms, "Patient/2" in values(each.terms, ".subject")))
            return done

    town = replace(much, gate=Gate(replace(much.gate.engine, store=Looking(much))))
    town.write(P, concern("c", "2") | again(2))
    assert (True, True) in seen
    assert seen[-1] == (False, True)
    assert (False, False) not in seen
