"""A recurrence rule: the days it falls on.

https://www.rfc-editor.org/rfc/rfc5545#section-3.3.10
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from dateutil.rrule import rrule, rrulestr

from resources.record import period
from resources.record.problem import Problem

DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_VALUE = re.compile(r"[A-Z0-9=;,+-]+")
_PARTS = frozenset({"FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS", "WKST", "UNTIL", "COUNT"})
_UNTIL = re.compile(r"(\d{4})(\d\d)(\d\d)(?P<time>T(\d\d)(\d\d)(\d\d)(Z?))?")
_LATE = range(9960, 9988)
"""Each of the 28 years of the calendar once."""
_DATED, _TIMED = r"\1-\2-\3", r"\1-\2-\3T\5:\6:\7\8"
"""The same as FHIR R4 writes a date and a time."""
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_COUNTED = 10
"""Within so many years what is counted is counted to its end."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule that falls on a day at least: the RRULE value, its first day, and the last that UNTIL or COUNT allows."""

    rule: str
    first: date
    until: date | None

    def between(self, low: date, high: date) -> tuple[date, ...]:
        """The days it falls on from `low` to `high`, both included."""
        found = _rrule(self.rule, self.first).between(_midnight(low), _midnight(high), inc=True)
        return tuple(day.date() for day in found)


def read(rule: str, start: date, at: str, times: Sequence[time] = ()) -> Recurrence:
    """The rule begun on a day. Raises Problem (`invalid`) naming `at` where it is no rule of days, or never falls.

    Hours, minutes and seconds are refused: the `times` of day stand beside the rule, not in it. UNTIL is an instant:
    the day it falls on counts where one of them has come by then.
    """
    try:
        parts = parts_of(rule)
        _demand(parts)
        until = _until(parts, times)
        found = _joined(parts)
        day = _first(found, start)
    except (ValueError, OverflowError, TypeError, IndexError):
        raise Problem.of(
            "invalid",
            f"`{rule}` is not a recurrence rule of days, weeks, months or years",
            f"`{rule}` は日・週・月・年の繰り返し規則として読めません",
            at,
        ) from None
    if day is None:
        text, ja = f"`{rule}` falls on no day in twelve years", f"`{rule}` に当てはまる日が12年の間にありません"
        raise Problem.of("invalid", text, ja, at)
    return Recurrence(found, day, last(found, day, int(parts["COUNT"])) if "COUNT" in parts else until)


@lru_cache(maxsize=8192)  # of as many rules as one request can hold
def last(rule: str, first: date, count: int) -> date | None:
    """The day on which what is counted has come so often; None where that is more than ten years after its first."""
    high = date.max if first.year > date.max.year - _COUNTED else first.replace(year=first.year + _COUNTED, day=1)
    found = Recurrence(rule, first, None).between(first, high)
    return found[count - 1] if len(found) >= count else None


def weekdays(rule: str) -> tuple[int, ...]:
    """The days (Monday 0) of a rule that is simply every week; empty for any other."""
    parts = parts_of(rule)
    plain = parts["FREQ"] == "WEEKLY" and parts.get("INTERVAL", "1") == "1"
    return plain_days(parts) if plain and chosen(parts) == {"BYDAY"} else ()


def parts_of(rule: str) -> dict[str, str]:
    """The parts of a rule by name. Raises ValueError for what is no rule of days."""
    value = rule.upper()
    pairs = [part.partition("=")[::2] for part in value.split(";")]
    parts = dict(pairs)
    sound = _VALUE.fullmatch(value) and len(parts) == len(pairs) and parts.keys() <= _PARTS
    if not sound or parts.get("FREQ") not in FREQUENCIES or {"COUNT", "UNTIL"} <= parts.keys():
        raise ValueError(rule)
    if not all(1 <= int(parts.get(name, "1")) <= 999 for name in ("INTERVAL", "COUNT")):
        raise ValueError(rule)
    return parts


def chosen(parts: dict[str, str]) -> set[str]:
    """The parts that choose among days."""
    return parts.keys() - {"FREQ", "INTERVAL", "WKST", "UNTIL", "COUNT"}


def plain_days(parts: dict[str, str]) -> tuple[int, ...]:
    """The days of BYDAY (Monday 0), where none of them is numbered."""
    named = parts["BYDAY"].split(",")
    return tuple(DAYS.index(day) for day in named) if all(day in DAYS for day in named) else ()


def _demand(parts: dict[str, str]) -> None:
    """Raises ValueError for what RFC 5545 says must not stand together, or is no number of its part."""
    kind = parts["FREQ"]
    numbered = any(day not in DAYS for day in parts.get("BYDAY", "MO").split(","))
    alone = "BYSETPOS" in parts and not chosen(parts) - {"BYSETPOS"}
    if (numbered and kind not in ("MONTHLY", "YEARLY")) or (kind == "WEEKLY" and "BYMONTHDAY" in parts) or alone:
        raise ValueError(kind)
    for name, most in (("BYMONTH", 12), ("BYMONTHDAY", 31), ("BYSETPOS", 366)):
        if not all(1 <= abs(int(each)) <= most for each in parts.get(name, "1").split(",")):
            raise ValueError(name)


def _until(parts: dict[str, str], times: Sequence[time]) -> date | None:
    """The last local day, put back into the parts as a plain day: dateutil refuses one in UTC beside a local start."""
    if "UNTIL" not in parts:
        return None
    found = _UNTIL.fullmatch(parts.pop("UNTIL"))
    days = period.days({"end": found.expand(_DATED if found["time"] is None else _TIMED)}) if found else None
    if days is None:
        raise ValueError
    _, last = days
    if last and found and found["time"] and times and all(each > _local(found) for each in times):
        last -= timedelta(days=1)
    if last:
        parts["UNTIL"] = last.isoformat().replace("-", "")
    return last


def _local(until: re.Match[str]) -> time:
    """The time of day in Japan of an UNTIL; a leap second is the last of its minute."""
    hour, minute, second = (int(until[group]) for group in (5, 6, 7))
    return time((hour + (9 if until[8] else 0)) % 24, minute, min(second, 59))


def _joined(parts: dict[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time())


@lru_cache(maxsize=8192)  # of as many rules as one request can hold
def _first(rule: str, start: date) -> date | None:
    """The first day from the start on; None where there is none within twelve years or so.

    dateutil looks day by day until the year 9999, which would hold everybody up for seconds. So it is first asked near
    the end of time, in a year that has the same days of the week as the start's, and whose leap years come as soon.
    """
    found = _rrule(rule, start)
    year = next(each for each in _LATE if _same_days(each, start.year))
    late = found.replace(dtstart=_midnight(start.replace(year=year)), count=None, until=None)
    day = found.after(_midnight(start), inc=True) if next(iter(late), None) else None
    return day.date() if day else None


def _same_days(one: int, other: int) -> bool:
    return (one - other) % 4 == 0 and date(one, 1, 1).weekday() == date(other, 1, 1).weekday()


def _rrule(rule: str, start: date) -> rrule:
    found = rrulestr(rule, dtstart=_midnight(start))
    if not isinstance(found, rrule):
        raise ValueError(rule)
    return found
