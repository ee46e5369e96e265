"""The days on which the city's offices are open: not on Saturdays, Sundays, national holidays, nor around New Year.

https://laws.e-gov.go.jp/law/322AC0000000067 (地方自治法第4条の2): the holidays of a local government.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from functools import lru_cache

_NEW_YEAR = frozenset({(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)})
_SATURDAY = 5


def is_one(day: date) -> bool:
    """Whether offices are open on this day."""
    return day.weekday() < _SATURDAY and not holiday(day)


def holiday(day: date) -> str:
    """The Japanese name of the holiday that this day is for offices, empty for an ordinary day of whatever weekday."""
    if found := _national(day.year).get(day):
        return found
    return "年末年始" if (day.month, day.day) in _NEW_YEAR else ""


def after(day: date, days: int) -> date:
    """The working day that is so many working days after this day."""
    while days > 0 and day < date.max:
        day += timedelta(days=1)
        days -= is_one(day)
    return day


@lru_cache(maxsize=64)
def _national(year: int) -> Mapping[date, str]:
    """The national holidays of a year; the library comes with the first question."""
    import holidays

    return dict(holidays.country_holidays("JP", years=year, language="ja").items())
