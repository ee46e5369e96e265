"""Who has died, or joined, since the words of a record were written is asked as for that record, and nobody else is."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from consent.relations.contributions import DIED, MEMBER
from consent.writing import as_worded
from resources.record.version import Version
from resources.search.predicate import term
from resources.search.relation import WORDED, Row
from resources.store.port import Transaction
from tests.unit.consent.standing.test_death import Json, again, asking, confirm, lost
from tests.unit.consent.town import Town, actor, household, patient

__all__ = ["lost"]

P, LEAD = actor("p"), actor("lead")
Asked = Callable[[Any, Version], Awaitable[frozenset[str]]]
EARLY, LATE = "2026-11-01T00:00:00.000Z", "2100-01-01T00:00:00.000Z"


@dataclass(frozen=True, slots=True)
class Unit:
    """As much of a unit of work as is asked."""

    tx: Transaction


def stays(town: Town, since: str, *terms: str, of: Asked = as_worded.copied) -> frozenset[str]:
    """For what is copied, or for the next version of itself."""
    had = Version("Condition", "c", 1, since, False, b"{}", tuple(sorted(terms)))

    async def look(tx: Transaction) -> frozenset[str]:
        unit: Any = Unit(tx)
        return await of(unit, had)

    return town.run(town.store.transact(look))


def died(town: Town, person: str = "Patient/1") -> str:
    """The instant at which it was recorded."""

    async def rows() -> list[str]:
        async with town.store.snapshot() as view:
            return [row.since for row in await view.rows([(DIED, person)])]

    [since] = town.run(rows())
    return since


@pytest.fixture
def gone(lost: Town) -> Town:
    """The first person's death is confirmed; both live in one household, and a third person in another."""
    lost.write(P, household("1", "2"), household("2") | {"id": "h"})
    confirm(lost)
    return lost


OF_1, OF_2, OF_G, OF_H = ".subject Patient/1", ".subject Patient/2", ".household Group/g", ".household Group/h"


def test_what_was_written_before_the_death_asks_the_dead_on(gone: Town) -> None:
    assert stays(gone, EARLY, OF_1) == {term(WORDED, EARLY)}
    assert stays(gone, EARLY, OF_1, OF_2) == {term(WORDED, EARLY)}
    assert stays(gone, EARLY, OF_1, term(WORDED, "2026-10-01")) == {term(WORDED, "2026-10-01")}


def test_what_was_written_with_the_confirmation_was_not_written_after_it(gone: Town) -> None:
    at = died(gone)
    assert stays(gone, at, OF_1) == {term(WORDED, at)}
    assert stays(gone, LATE, OF_1) == frozenset()


def test_of_the_living_and_of_nobody_it_asks_nothing(gone: Town) -> None:
    assert stays(gone, EARLY, OF_2) == stays(gone, EARLY) == frozenset()


def test_of_a_household_each_who_was_in_it_is_asked(gone: Town) -> None:
    assert stays(gone, EARLY, OF_G) == {term(WORDED, EARLY)}
    assert stays(gone, EARLY, OF_H) == frozenset()
    gone.write(P, again(household("2"), 1))
    assert stays(gone, EARLY, OF_G) == {term(WORDED, EARLY)}, "then and now"


def test_a_death_that_was_taken_back_is_as_if_it_had_never_been(gone: Town) -> None:
    gone.write(LEAD, again(asking("entered-in-error"), 2))
    assert stays(gone, EARLY, OF_1) == frozenset()


def test_of_two_who_have_died_either_is_enough(lost: Town) -> None:
    both: Json = household("1", "2")
    lost.write(P, both)
    confirm(lost)
    between = died(lost)
    later = "2200-01-01T00:00:00.000Z"
    assert stays(lost, between, OF_1, OF_2) == {term(WORDED, between)}
    assert stays(lost, later, OF_1, OF_2) == frozenset()


def test_of_the_next_version_who_has_joined_since_is_asked_as_for_what_stood(town: Town) -> None:
    town.write(P, patient("1"), patient("2"), household("1"))
    [joined] = [row.since for row in town.run(_members(town))]
    later = as_worded.stays
    assert stays(town, EARLY, OF_G, of=later) == {term(WORDED, EARLY)}
    assert stays(town, joined, OF_G, of=later) == frozenset(), "who was in it then"
    town.write(P, again(household("1", "2"), 1))
    assert stays(town, joined, OF_G, of=later) == {term(WORDED, joined)}
    assert stays(town, joined, OF_G, term(WORDED, EARLY), of=later) == {term(WORDED, EARLY)}
    assert stays(town, joined, OF_H, OF_2, of=later) == frozenset(), "of another household"
    town.write(P, again(household("1"), 2))
    assert stays(town, joined, OF_G, of=later) == {term(WORDED, joined)}, "and has left again"
    assert stays(town, joined, OF_G) == frozenset(), "what is copied is for a household of its own"


def test_of_the_next_version_who_has_died_since_is_asked_too(gone: Town) -> None:
    assert stays(gone, EARLY, OF_1, of=as_worded.stays) == {term(WORDED, EARLY)}
    assert stays(gone, LATE, OF_1, OF_G, of=as_worded.stays) == frozenset()


async def _members(town: Town) -> list[Row]:
    async with town.store.snapshot() as view:
        return list(await view.rows([(MEMBER, "Group/g")]))
