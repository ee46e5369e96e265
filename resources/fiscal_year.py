"""A fiscal year of Japan, April to March, and the months that are closed.

okayama-2019.txt s25: 平成30年度 (H30) ends on 2019-03-31, 令和元年度 (R1) begins on 2019-04-01
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_APRIL = 4
_ERAS = ((2019, "R", "令和"), (1989, "H", "平成"), (1926, "S", "昭和"))
"""The first fiscal year that is called by each era, the latest first."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days of one fiscal year, both included; `name` is how tables head it (`H30`), `ja` how people say it."""

    name: str
    ja: str
    first: date
    last: date

    def holds(self, day: date) -> bool:
        return self.first <= day <= self.last


def spans(first: date, last: date) -> Iterator[Span]:
    """The fiscal years that a period touches, each as far as the period reaches."""
    while first <= last:
        year = first.year if first.month >= _APRIL else first.year - 1
        end = min(date(year + 1, 3, 31), last)
        yield Span(*_named(year), first, end)
        first = end + timedelta(days=1)


def is_whole_months(first: date, last: date) -> bool:
    """Whether a period is made of whole months."""
    return first.day == 1 and last.day == calendar.monthrange(last.year, last.month)[1]


def is_closed(last: date, today: date) -> bool:
    """Whether the month of a day is over."""
    return (last.year, last.month) < (today.year, today.month)


def _named(year: int) -> tuple[str, str]:
    for begins, letter, ja in _ERAS:
        if year >= begins:
            number = year - begins + 1
            return f"{letter}{number}", f"{ja}{'元' if number == 1 else number}年度"
    return str(year), f"{year}年度"
