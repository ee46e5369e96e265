"""When a desk is open: now, until when, and when next; closed on holidays unless it says that it is not.

https://hl7.org/fhir/R4/healthcareservice-definitions.html#HealthcareService.availableTime; R6 of the domain (受付時間).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from resources import working_day
from resources.record import coding, period
from resources.record.period import TOKYO

Resource = Mapping[str, Any]

ON_HOLIDAYS = coding.own("desk", "open-on-holidays")
DAYS_AHEAD = 60
"""A desk that does not open within so many days is not said to open at all."""

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Opening:
    """`closes` is when an open desk closes, `opens` when a closed one opens next; `holiday` is why today it does not.

    A desk that tells no hours has none of them, and it is not known whether it `is_open`.
    """

    is_open: bool | None = None
    closes: datetime | None = None
    opens: datetime | None = None
    holiday: str = ""


def of(desk: Resource, at: datetime) -> Opening:
    """Whether a desk is open at an instant, by the local clock."""
    if not any(isinstance(each, Mapping) for each in desk.get("availableTime") or ()):
        return Opening()
    here = at.astimezone(TOKYO)
    today = here.date()
    holiday = "" if ON_HOLIDAYS in coding.of(desk.get("characteristic")) else working_day.holiday(today)
    closes: datetime | None = None
    for begins, ends in sorted(_spans(desk, today - timedelta(days=1), DAYS_AHEAD + 1)):
        if begins <= (closes or here) < ends:
            closes = ends
        elif closes is None and here < begins:
            return Opening(False, opens=begins, holiday=holiday)
    return Opening(closes is not None, closes, holiday="" if closes else holiday)


def _spans(desk: Resource, first: date, days: int) -> Iterator[tuple[datetime, datetime]]:
    """From when to when it is open, of each of so many days; hours that end before they begin end the next day."""
    always = ON_HOLIDAYS in coding.of(desk.get("characteristic"))
    for day in (first + timedelta(days=each) for each in range(days)):
        if (not always and working_day.holiday(day)) or _is_away(desk, day):
            continue
        for hours in desk["availableTime"]:
            named = hours.get("daysOfWeek") or _WEEK
            if _WEEK[day.weekday()] in named and (found := _hours(hours)):
                begins, ends = (datetime.combine(day, each, TOKYO) for each in found)
                yield begins, ends if ends > begins else ends + timedelta(days=1)


def _hours(hours: Resource) -> tuple[time, time] | None:
    if hours.get("allDay") is True:
        return time(), time()
    try:
        begins, ends = (time.fromisoformat(str(hours[f"available{each}Time"])) for each in ("Start", "End"))
    except (KeyError, ValueError):
        return None
    return begins.replace(tzinfo=None), ends.replace(tzinfo=None)


def _is_away(desk: Resource, day: date) -> bool:
    """Whether it says that it is closed on a day."""
    for each in desk.get("notAvailable") or ():
        bounds = period.days(each.get("during")) if each.get("during") else None
        if bounds and (bounds[0] is None or bounds[0] <= day) and (bounds[1] is None or day <= bounds[1]):
            return True
    return False
