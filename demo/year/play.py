"""The year: each household comes on its day, and all go their ways side by side, day after day.

docs/simulate.md
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from random import Random

from demo.year import conference, course, funding, household
from demo.year.referring import Course
from demo.year.town import Town

_SATURDAY = 5
_NEW_YEAR = frozenset({(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)})


@dataclass(order=True, slots=True)
class Coming:
    """What goes on next, and on which day; of one day in the order of the households."""

    day: date
    number: int
    course: Course = field(compare=False)


def play(
    town: Town, turn: Callable[[date], None], *, households: int, days: int, seed: int
) -> Iterator[tuple[date, int]]:
    """Play so many days from today on; gives each working day and how many households have come. Raises Unexpected.

    `turn` makes it the morning of a day.
    """
    first, last = town.today, town.today + timedelta(days=days - 1)
    turn(first if is_open(first) else after(first, 1))
    conference.roster(town)
    paid_in = False
    coming = [Coming(day, number, iter(())) for number, day in enumerate(_arrivals(first, days, households, seed))]
    heapq.heapify(coming)
    begun: set[int] = set()
    while coming and coming[0].day <= last:
        day = coming[0].day
        turn(day)
        if day >= funding.BEGINS and not paid_in:
            funding.pay_in(town)
            paid_in = True
        while coming and coming[0].day == day:
            now = heapq.heappop(coming)
            if now.number not in begun:
                begun.add(now.number)
                now.course = course.lived(town, household.drawn(town, now.number, seed))
            if (wait := next(now.course, None)) is not None:
                heapq.heappush(coming, Coming(after(day, wait), now.number, now.course))
        yield day, len(begun)


def without_end(town: Town, *, side_by_side: int, seed: int) -> Iterator[int]:
    """Households come one after another, so many side by side, and nobody waits for a day: one step at a time.

    Gives how many have gone their way to the end. Raises Unexpected.
    """
    conference.roster(town)
    funding.pay_in(town)
    chance = Random(f"{seed} turns")  # noqa: S311  # a game of dice, no secret
    under_way: list[Course] = []
    come = 0
    while True:
        while len(under_way) < side_by_side:
            under_way.append(course.lived(town, household.drawn(town, come, seed)))
            come += 1
        place = chance.randrange(side_by_side)
        if next(under_way[place], None) is None:
            del under_way[place]
        yield come - len(under_way)


def after(day: date, days: int) -> date:
    """The working day so many working days later; none later is the same day."""
    while days > 0:
        day += timedelta(days=1)
        days -= is_open(day)
    return day


@lru_cache(maxsize=4096)
def is_open(day: date) -> bool:
    """Whether the city's offices are open; the library of the holidays comes with the first question."""
    import holidays

    closed = (day.month, day.day) in _NEW_YEAR or day in holidays.country_holidays("JP", years=day.year)
    return day.weekday() < _SATURDAY and not closed


def _arrivals(first: date, days: int, households: int, seed: int) -> list[date]:
    """On which day each household comes: any working day of the year."""
    chance = Random(f"{seed} arrivals")  # noqa: S311  # a game of dice, no secret
    opened = [day for at in range(days) if is_open(day := first + timedelta(days=at))]
    return sorted(chance.choice(opened) for _ in range(households if opened else 0))
