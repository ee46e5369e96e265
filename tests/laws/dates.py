"""A second opinion on dates: R4's own text, character by character, with a calendar that is counted out.

https://hl7.org/fhir/R4/datatypes.html#dateTime. It shares no code with `resources/record/`, on purpose, and knows no
`datetime` but the time of the question.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from fractions import Fraction
from functools import cache
from typing import Any

Json = Mapping[str, Any]
Range = tuple[Fraction, Fraction]

# As the page has it, but for the year 0000 and for days that a month has not, which are told below.
_DATE_TIME = re.compile(
    r"([0-9]{4})(-(0[1-9]|1[0-2])(-(0[1-9]|[1-2][0-9]|3[0-1])(T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9]|60)"
    r"(\.[0-9]+)?(Z|(\+|-)((0[0-9]|1[0-3]):[0-5][0-9]|14:00)))?)?)?"
)
_TOKYO = 9 * 3600
_DAY = 86_400


def within(period: Any, now: datetime) -> bool | None:
    """Whether a period holds now; None where it cannot be told."""
    if period is None:
        return True
    if not isinstance(period, dict):
        return None
    asked = second(now)
    bounds = [_bound(period, name) for name in ("start", "end")]
    if "unreadable" in bounds:
        return None
    start, end = (bound if isinstance(bound, tuple) else None for bound in bounds)
    if start and end and end[1] <= start[0]:
        return None
    endless = end is None or period["end"][:4] == "9999"
    return (start is None or start[0] <= asked) and (endless or (end is not None and asked < end[1]))


@cache
def local_day(now: datetime) -> str:
    """The day it is in Okayama, as a date is written."""
    days = (second(now) + _TOKYO) // _DAY
    year = 1
    while days >= sum(_lengths(year)):
        days -= sum(_lengths(year))
        year += 1
    month = 1
    while days >= _lengths(year)[month - 1]:
        days -= _lengths(year)[month - 1]
        month += 1
    return f"{year:04}-{month:02}-{int(days) + 1:02}"


def read(text: Any) -> Range | None:
    """The range of seconds since the beginning of year 1 that a date means: to the millisecond where it has parts."""
    found = _DATE_TIME.fullmatch(text) if isinstance(text, str) else None
    if found is None or text[:4] == "0000":
        return None
    year, month, day = int(found[1]), int(found[3] or 0), int(found[5] or 0)
    if day > (_lengths(year)[month - 1] if month else 0):
        return None
    if not found[6]:
        first = _days(year, month or 1, day or 1)
        length = 1 if day else _lengths(year)[month - 1] if month else sum(_lengths(year))
        return Fraction(first * _DAY - _TOKYO), Fraction((first + length) * _DAY - _TOKYO)
    at = Fraction(_days(year, month, day) * _DAY + int(found[7]) * 3600 + int(found[8]) * 60 + int(found[9]))
    if found[11] != "Z":
        hours, minutes = found[13].split(":")
        at -= (1 if found[12] == "+" else -1) * (int(hours) * 3600 + int(minutes) * 60)
    if not found[10]:
        return at, at + 1
    at += Fraction(Fraction(f"0{found[10]}") * 1000 // 1, 1000)
    return at, at + Fraction(1, 1000)


def _bound(period: Json, name: str) -> Range | str | None:
    if name in period:
        return read(period[name]) or "unreadable"
    return "unreadable" if f"_{name}" in period else None


def second(now: datetime) -> Fraction:
    """An aware time in seconds since the beginning of year 1, to the millisecond below."""
    offset = now.utcoffset()
    assert offset is not None
    days = _days(now.year, now.month, now.day)
    whole = days * _DAY + now.hour * 3600 + now.minute * 60 + now.second - int(offset.total_seconds())
    return whole + Fraction(now.microsecond // 1000, 1000)


def _days(year: int, month: int, day: int) -> int:
    """How many days there were before a day, counted year by year in hundreds."""
    before = year - 1
    return before * 365 + before // 4 - before // 100 + before // 400 + sum(_lengths(year)[: month - 1]) + day - 1


def _lengths(year: int) -> tuple[int, ...]:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
