"""What a conflict of interest costs: whom one is in conflict with is asked at once, however many they are."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from consent.actor import Actor
from consent.gate import Gate
from resources.store.port import Snapshot
from tests.unit.consent.acts.test_declaring_conflict import declare, say
from tests.unit.consent.town import INSTALLER, Town, actor, concern, household, patient

P, Q = actor("p"), actor("q")
MANY = 30


class Asking:
    """A store whose views count what they are asked."""

    def __init__(self, town: Town) -> None:
        self.town, self.many = town, 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.town.store, name)

    @asynccontextmanager
    async def snapshot(self, *given: Any, **named: Any) -> AsyncIterator[Any]:
        async with self.town.store.snapshot(*given, **named) as view:
            yield Asked(self, view)


class Asked:
    def __init__(self, store: Asking, view: Snapshot) -> None:
        self.store, self.view = store, view

    def __getattr__(self, name: str) -> Any:
        self.store.many += name in ("find", "get", "rows", "tags", "count")
        return getattr(self.view, name)


def questions(town: Town, who: Actor, name: str) -> int:
    """How many a reading takes."""
    store: Any = Asking(town)
    type, _, id = name.partition("/")
    town.run(Gate(replace(town.gate.engine, store=store)).read(who, type, id))
    return int(store.many)


def test_a_reading_takes_as_many_questions_with_many_as_with_one_and_a_colleague_s_not_one_more(town: Town) -> None:
    town.write(P, *(patient(f"x{n}") for n in range(MANY)), concern("c", "x0"))
    town.write(Q, patient("own"), concern("d", "own"))
    plain = questions(town, P, "Condition/c")
    declare(town, P, "Practitioner/q", "Patient/x0")
    one = questions(town, Q, "Condition/d")
    for some in (range(1, MANY // 2), range(MANY // 2, MANY)):
        declare(town, P, "Practitioner/q", *(f"Patient/x{n}" for n in some))
    assert questions(town, Q, "Condition/d") == one
    assert questions(town, P, "Condition/c") == plain


def test_nor_does_it_take_more_the_more_households_they_have_lived_in(town: Town) -> None:
    def lived(n: int) -> None:
        town.write(P, patient(f"x{n}"), household(f"x{n}", "themselves") | {"id": f"h{n}"})

    town.write(P, patient("themselves"))
    town.write(Q, patient("own"), concern("d", "own"))
    lived(0)
    say(town, INSTALLER, "Practitioner/q", "Patient/themselves")
    one = questions(town, Q, "Condition/d")
    for n in range(1, MANY):
        lived(n)
    assert questions(town, Q, "Condition/d") == one
