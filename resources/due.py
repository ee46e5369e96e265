"""What is due, and by which day: of requests, letters, meetings, plans and consents.

docs/worklist.md; section 6 of the domain (clocks): working days and holidays.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from resources import working_day
from resources.record import coding, moment, period, reference

Resource = Mapping[str, Any]

OF_AGE = 18
"""In years; https://laws.e-gov.go.jp/law/129AC0000000089 (民法第4条)."""


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """One thing to do, by the end of a day. `record` is what it is about, `search` shows it among its like."""

    day: date
    kind: str
    record: str = ""
    search: str = ""


def answer(task: Resource, days: int) -> date | None:
    """By when a request is to be answered: so many working days after it was asked, or earlier as it says itself."""
    asked = _day(task.get("authoredOn")) or _day((task.get("meta") or {}).get("lastUpdated"))
    found = (_end((task.get("restriction") or {}).get("period")), working_day.after(asked, days) if asked else None)
    return min((day for day in found if day), default=None)


def silence(task: Resource, days: int, came: date) -> date | None:
    """The last day on which nobody's silence on a request is one: it came to be known only on the day it `came`, and
    of one that is on hold the day to look at it again has passed. None where it was taken on or is over."""
    if task.get("status") == "on-hold":
        return look_again(task, days)
    if task.get("status") not in ("requested", "received"):
        return None
    asked = max(_day(task.get("authoredOn")) or came, came)
    said = _end((task.get("restriction") or {}).get("period"))
    by = working_day.after(asked, days)
    return max(min(said, by), came) if said else by


def look_again(task: Resource, days: int) -> date | None:
    """When a request that is on hold is looked at again."""
    said = coding.extension(task.get("statusReason") or {}, "look-again")
    found = [_day(next((value for key, value in each.items() if key.startswith("value")), None)) for each in said]
    return max((day for day in found if day), default=None) or answer(task, days)


def finish(task: Resource) -> date | None:
    """When a request that was taken on is to be done, where it says so."""
    return _end((task.get("restriction") or {}).get("period")) or _end(task.get("executionPeriod"))


def on_paper(task: Resource) -> bool:
    """R42: whether who asks carries it on paper, as to a hospital that has no account, and writes down what comes
    back."""
    return any(each.get("valueBoolean") is True for each in coding.extension(task, "carried-on-paper"))


def announces(request: Resource) -> bool:
    """Whether a word is to be sent ahead of a request: one that says why not needs none (R10)."""
    return not coding.extension(request, "notice-waived")


def asked_on(request: Resource) -> date | None:
    """The day on which a request was made."""
    return _day(request.get("authoredOn")) or _day((request.get("meta") or {}).get("lastUpdated"))


def meeting(encounter: Resource) -> date | None:
    return _start(encounter.get("period"))


def review(plan: Resource) -> date | None:
    """When a plan ends, and is looked at again before."""
    return _end(plan.get("period"))


def begins(plan: Resource) -> Iterator[date]:
    """The days on which its services that have not begun were to begin (R17)."""
    for activity in plan.get("activity") or ():
        detail = activity.get("detail") or {}
        if detail.get("status") in ("not-started", "scheduled"):
            timing = (detail.get("scheduledTiming") or {}).get("repeat") or {}
            day = _start(detail.get("scheduledPeriod")) or _start(timing.get("boundsPeriod"))
            if day := day or _start(plan.get("period")):
                yield day


def consent_ends(consent: Resource) -> date | None:
    return _end((consent.get("provision") or {}).get("period"))


def answered(letters: Iterable[Resource]) -> frozenset[str]:
    """Which letters these answer."""
    return frozenset(name for each in letters for name in reference.many(each, "inResponseTo"))


def month(day: date) -> tuple[date, date, date]:
    """The first day of its month, its last working day, and the first day of the next month."""
    first = day.replace(day=1)
    following = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    last = following
    while True:
        last = date.fromordinal(last.toordinal() - 1)
        if working_day.is_one(last):
            return first, last, following


def _day(text: Any) -> date | None:
    found = moment.read(text) if isinstance(text, str) else None
    return moment.local_day(found.start) if found else None


def _start(value: Any) -> date | None:
    found = period.days(value) if value else None
    return found[0] if found else None


def _end(value: Any) -> date | None:
    found = period.days(value) if value else None
    return found[1] if found else None
