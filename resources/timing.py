"""When an activity is done: a scheduled Timing, Period or string read as days, times, a length and a recurrence.

https://hl7.org/fhir/R4/datatypes.html#Timing
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from dateutil.relativedelta import relativedelta

from resources import recurrence, recurrence_words
from resources.record import coding, period
from resources.record.problem import Problem

_MINUTES = {"s": 1 / 60, "min": 1, "h": 60, "d": 1440, "wk": 10080}
_KINDS = {"d": "DAILY", "wk": "WEEKLY", "mo": "MONTHLY", "a": "YEARLY"}
_UNITS = {
    "h": ("時間", "hours"),
    "d": ("日", "days"),
    "wk": ("週間", "weeks"),
    "mo": ("か月", "months"),
    "a": ("年", "years"),
}
_WHEN = {
    "MORN": ("午前", "morning", time(9), 180),
    "NOON": ("正午", "noon", time(12), 60),
    "AFT": ("午後", "afternoon", time(13), 240),
    "EVE": ("夜間", "evening", time(18), 180),
    "NIGHT": ("深夜", "night", time(22), 120),
}
"""What a part of the day is called, and from when and for how many minutes a calendar keeps it free."""
_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_ALL = tuple(range(7))
_WEEK = 7 * 1440


@dataclass(frozen=True, slots=True)
class Schedule:
    """When. `begins` and `ends` are local days, both included; `minutes` is 0 where the length is not said.

    `days` (Monday 0) is filled only for what has its place in every week: with a day, and with a time. `rule` is the
    RRULE value and `first` its first day; without one it goes on, or is not said. `ja` and `en` say it in words.
    `part` is from when and for how many minutes the part of the day is that is said in place of a time.
    """

    begins: date
    ends: date | None
    days: tuple[int, ...] = ()
    times: tuple[time, ...] = ()
    minutes: int = 0
    rule: str = ""
    first: date | None = None
    ja: str = ""
    en: str = ""
    part: tuple[time, int] | None = None

    @property
    def weekly(self) -> bool:
        return bool(self.days)

    def runs(self, on: date) -> bool:
        """Whether it has begun by the end of the week of a day, and not ended before that week."""
        monday = on.toordinal() - on.weekday()
        ended = self.ends is not None and self.ends.toordinal() < monday
        return not ended and self.begins.toordinal() < monday + 7

    @property
    def said(self) -> bool:
        """Whether anything tells when: days, a rule, or words."""
        return bool(self.days or self.rule or self.ja)


def read(detail: Mapping[str, Any], begins: date, ends: date | None, at: str) -> Schedule:
    """The schedule of CarePlan.activity.detail at path `at`, within the plan's own days.

    Raises Problem (`invalid`) naming the element for a day, time, length or rule that cannot be read.
    """
    if "scheduledString" in detail:
        return Schedule(begins, ends, ja=detail["scheduledString"], en=detail["scheduledString"])
    if "scheduledPeriod" in detail:
        starts, stops = bounds(detail["scheduledPeriod"], f"{at}.scheduled")
        return Schedule(starts or begins, stops or ends, ja="継続", en="continuous")
    if "scheduledTiming" not in detail:
        return Schedule(begins, ends)
    timing, at = detail["scheduledTiming"], f"{at}.scheduled"
    repeat = timing.get("repeat", {})
    starts, stops = bounds(repeat.get("boundsPeriod"), f"{at}.repeat.bounds")
    begins, ends = starts or begins, stops or ends
    for name in ("boundsDuration", "boundsRange"):
        if name in repeat:
            length = repeat[name] if name == "boundsDuration" else repeat[name].get("high", {})
            ends = _lasting(begins, length, f"{at}.repeat.bounds")
    times = tuple(_time(value, f"{at}.repeat.timeOfDay[{n}]") for n, value in _told(repeat, "timeOfDay"))
    minutes = _minutes(repeat, at)
    carried = coding.extension(timing, "recurrence-rule")
    rule = str(carried[0].get("valueString", "")) if carried else _implied(repeat, at)
    if not rule and not carried:
        ja, en = _often(repeat)
        return Schedule(begins, ends, times=times, minutes=minutes, ja=ja, en=en)
    place = f"extension[{timing['extension'].index(carried[0])}].value" if carried else "repeat"
    found = recurrence.read(rule, begins, f"{at}.{place}", times)
    counted = recurrence.last(found.rule, found.first, _turns(repeat, len(times))) if "count" in repeat else None
    ends = min((day for day in (ends, found.until, counted) if day), default=None)
    days = (_ALL if found.rule == "FREQ=DAILY" else recurrence.weekdays(found.rule)) if times else ()
    ja, en = _words(found.rule, repeat, times, minutes)
    part = None if times or minutes >= 1440 else _part(repeat)
    return Schedule(begins, ends, days, times, min(minutes, _WEEK), found.rule, found.first, ja, en, part)


def bounds(written: Any, at: str) -> tuple[date | None, date | None]:
    """The first and the last day of a Period, None for what it leaves open.

    Raises Problem (`invalid`) naming the element where they cannot be told.
    """
    days = period.days(written)
    if days is None:
        text, ja = "it cannot be told from which day to which", "いつからいつまでかを読み取れません"
        raise Problem.of("invalid", text, ja, at)
    return days


def _lasting(begins: date, length: Mapping[str, Any], at: str) -> date | None:
    """The last day of what lasts so long at the most; None where that is after the calendar."""
    value, unit = length.get("value"), str(length.get("code") or length.get("unit") or "")
    try:
        if not isinstance(value, int | float) or value <= 0:
            raise ValueError(unit)
        if unit in _MINUTES:
            return begins + timedelta(days=max(math.ceil(value * _MINUTES[unit] / 1440), 1) - 1)
        months = {"mo": 1, "a": 12}.get(unit, 0) * value
        if not months or months != int(months):
            raise ValueError(unit)
        if months > 12 * (date.max.year - begins.year):
            return None
        return begins + relativedelta(months=int(months), days=-1)
    except OverflowError:
        return None
    except ValueError:
        text, ja = f"`{value} {unit}` is no length of days, weeks or months", f"`{value} {unit}` は長さとして読めません"
        raise Problem.of("invalid", text, ja, at) from None


def _implied(repeat: Mapping[str, Any], at: str) -> str:
    """The rule that a Timing's own elements amount to; empty where they name no days, or several times in a period."""
    named = [_day(value, f"{at}.repeat.dayOfWeek[{n}]") for n, value in _told(repeat, "dayOfWeek")]
    unit = repeat.get("periodUnit", "wk" if named else "")
    every = repeat.get("period", 1)
    counted = repeat.get("frequency", 1) if not named and "timeOfDay" not in repeat else 1
    if unit not in _KINDS or every != int(every) or counted != 1 or (named and unit not in ("d", "wk")):
        return ""
    if named:
        return f"FREQ=WEEKLY{_interval(every)};BYDAY={','.join(recurrence.DAYS[day] for day in sorted(set(named)))}"
    return f"FREQ={_KINDS[unit]}{_interval(every)}" if unit != "wk" else ""


def _turns(repeat: Mapping[str, Any], times: int) -> int:
    """On how many days it is done, which is done `count` times, or up to `countMax`."""
    most: int = max(repeat["count"], repeat.get("countMax", 0))
    return -(-most // max(times, 1))


def _interval(every: float) -> str:
    return "" if every == 1 else f";INTERVAL={int(every)}"


def _part(repeat: Mapping[str, Any]) -> tuple[time, int] | None:
    """The part of the day in which it is done, where one is said."""
    said = [found for _, code in _told(repeat, "when") if (found := code.partition(".")[0]) in _WHEN]
    return _WHEN[said[0]][2:] if len(said) == 1 else None


def _words(rule: str, repeat: Mapping[str, Any], times: tuple[time, ...], minutes: int) -> tuple[str, str]:
    ja, en = recurrence_words.words(rule, minutes // 1440)
    parts = [_WHEN[found][:2] for _, code in _told(repeat, "when") if (found := code.partition(".")[0]) in _WHEN]
    parts += [(f"{at:%H:%M}", f"{at:%H:%M}") for at in times]
    return "　".join([ja, *(part[0] for part in parts)]), ", ".join([en, *(part[1] for part in parts)])


def _often(repeat: Mapping[str, Any]) -> tuple[str, str]:
    """How often, where no day can be told: `3 times in 1 months` keeps what the plan says, and no more."""
    unit = _UNITS.get(repeat.get("periodUnit", ""))
    if not unit:
        return "", ""
    often, every = repeat.get("frequency", 1), repeat.get("period", 1)
    en = f"every {every} {unit[1]}" if every != 1 else f"each {unit[1][:-1]}"
    return f"{every}{unit[0]}に{often}回", f"{'once' if often == 1 else f'{often} times'} {en}"


def _told(repeat: Mapping[str, Any], name: str) -> Iterator[tuple[int, str]]:
    """The days or times of a list, with their places; one that is only said to be unknown (null) is none."""
    return ((place, value) for place, value in enumerate(repeat.get(name, ())) if value is not None)


def _day(value: str, at: str) -> int:
    if value not in _DAYS:
        raise Problem.of("invalid", f"`{value}` is not a day of the week", f"`{value}` は曜日ではありません", at)
    return _DAYS.index(value)


def _time(value: str, at: str) -> time:
    try:
        return time.fromisoformat(value)
    except ValueError:
        raise Problem.of("invalid", f"`{value}` is not a time of day", f"`{value}` は時刻ではありません", at) from None


def _minutes(repeat: Mapping[str, Any], at: str) -> int:
    if "duration" not in repeat:
        return 0
    unit = repeat.get("durationUnit", "")
    if unit not in _MINUTES or repeat["duration"] < 0:
        raise Problem.of(
            "invalid",
            f"`{repeat['duration']} {unit}` is not a length of at most weeks",
            f"`{repeat['duration']} {unit}` は長さとして読めません",
            f"{at}.repeat.duration",
        )
    minutes: float = repeat["duration"] * _MINUTES[unit]
    return round(minutes)
