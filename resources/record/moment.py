"""Reads a date, dateTime or instant as the range of time it stands for, in milliseconds: the one reading there is.

https://hl7.org/fhir/R4/datatypes.html#dateTime

A fraction counts to the millisecond it lies in; a leap second is the second after `:59`; 24:00 is no hour. What has no
zone is local, which is UTC+9 in every year, so that a day is a day long and calendar ranges nest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LEVELS = ("year", "month", "day", "minute", "second", "millisecond")

_WRITTEN = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(Z|[+\- ]\d\d:\d\d)?)?)?)?",
    re.ASCII,
)
_DAY = 86_400_000
_TOKYO = 9 * 3_600_000
_WIDTHS = (0, 0, _DAY, 60_000, 1_000, 1)
_SHIFT = 2 * _DAY
"""Keeps the first hours of year 1 above zero in every zone."""

UNIX = date(1970, 1, 1).toordinal() * _DAY + _SHIFT
"""Where Unix time begins on this scale."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """The range `start <= t < end` and its level, an index of LEVELS; ranges of a calendar nest or are disjoint."""

    start: int
    end: int
    level: int


def read(text: str) -> Moment | None:
    """The range a text stands for, None where it is none."""
    written = _WRITTEN.fullmatch(text)
    if written is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = written.groups()
    try:
        if day is None:
            return _month(int(year), int(month)) if month else _year(int(year))
        ordinal = date(int(year), int(month), int(day)).toordinal()
    except ValueError:
        return None
    start = ordinal * _DAY + _SHIFT
    if hour is None:
        return Moment(start - _TOKYO, start - _TOKYO + _DAY, 2)
    hours, minutes, seconds = int(hour), int(minute), int(second or 0)
    offset = _offset(zone)
    if hours > 23 or minutes > 59 or seconds > 60 or offset is None:
        return None
    start += hours * 3_600_000 + minutes * 60_000 + seconds * 1_000 - offset
    if second is None:
        return Moment(start, start + 60_000, 3)
    if fraction is None:
        return Moment(start, start + 1_000, 4)
    start += int(fraction[:3].ljust(3, "0"))
    return Moment(start, start + 1, 5)


def day(text: str) -> date | None:
    """The local day that a text names, None where it names none, or more or less than one."""
    found = read(text)
    return local_day(found.start) if found and found.level == LEVELS.index("day") else None


def of(now: datetime) -> int:
    """The instant of an aware time."""
    return (now - _EPOCH) // _MILLISECOND + UNIX


def time(instant: int) -> datetime | None:
    """An instant as a time in UTC; None for one that lies outside the years 1 to 9999 there."""
    try:
        return _EPOCH + (instant - UNIX) * _MILLISECOND
    except OverflowError:
        return None


def unix(written: str) -> int:
    """The milliseconds of Unix time of an instant that the server wrote. Raises ValueError for what is none."""
    found = read(written)
    if found is None:
        raise ValueError(written)
    return found.start - UNIX


def local_day(instant: int) -> date:
    """The local day that an instant lies in; the first or the last one there is, where it lies outside the calendar."""
    return date.fromordinal(min(max((instant + _TOKYO - _SHIFT) // _DAY, 1), date.max.toordinal()))


def around(instant: int, level: int) -> Moment:
    """The range of this level that holds an instant."""
    if level > 2:
        start = instant - instant % _WIDTHS[level]
        return Moment(start, start + _WIDTHS[level], level)
    if level == 2:
        start = _midnight((instant + _TOKYO - _SHIFT) // _DAY)
        return Moment(start, start + _DAY, 2)
    held = local_day(instant)
    return _month(held.year, held.month) if level else _year(held.year)


def enclosing(start: int, end: int) -> Moment | None:
    """The smallest calendar range that holds a whole period; None where it reaches over a new year."""
    if start >= end:
        return None
    for level in range(len(LEVELS) - 1, -1, -1):
        held = around(start, level)
        if held.start <= start and end <= held.end:
            return held
    return None


def _year(year: int) -> Moment:
    first = date(year, 1, 1).toordinal()
    return Moment(_midnight(first), _midnight(date(year, 12, 31).toordinal() + 1), 0)


def _month(year: int, month: int) -> Moment:
    first = date(year, month, 1).toordinal()
    after = date(year, 12, 31).toordinal() + 1 if month == 12 else date(year, month + 1, 1).toordinal()
    return Moment(_midnight(first), _midnight(after), 1)


def _midnight(ordinal: int) -> int:
    return ordinal * _DAY + _SHIFT - _TOKYO


def _offset(zone: str | None) -> int | None:
    """Milliseconds east of Greenwich. A `+` that arrives as a space was not percent-encoded by the client."""
    if zone is None:
        return _TOKYO
    if zone == "Z":
        return 0
    hours, minutes = int(zone[1:3]), int(zone[4:6])
    if minutes > 59 or hours * 60 + minutes > 14 * 60:
        return None
    return (-1 if zone[0] == "-" else 1) * (hours * 3_600_000 + minutes * 60_000)
