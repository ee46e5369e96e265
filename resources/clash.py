"""Two services at one time for one person: found among the weekly ones, and among those that fall on single days.

R37 of the domain: one ordered plan for the household, not each agency its own services.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import takewhile

from resources import recurrence
from resources.week import DAY, Clash, Service

MOST = 20
"""So many are told of one plan."""
_AHEAD = timedelta(days=366)
_MOST_DAYS, _MOST_SPANS = 2_000, 1_000
"""Days of services that are not weekly, and times of weekly ones, that are looked at for one plan."""


@dataclass(frozen=True, slots=True)
class _Span:
    """Minutes of a week (from Monday 0:00) or of a day, in which a service is; an unsaid length is a minute."""

    service: Service
    start: int
    end: int

    def meets(self, other: _Span) -> bool:
        return self.start < other.end and other.start < self.end


def within(services: Sequence[Service], day: date) -> tuple[Clash, ...]:
    """Those of the week of a day, and of the year from then on."""
    return _told([each for each in services if each.schedule.runs(day) or not each.schedule.weekly], day)


def ever(services: Sequence[Service], begins: date) -> tuple[Clash, ...]:
    """Those of a plan, whenever its services run."""
    return _told(services, begins)


def _told(services: Sequence[Service], day: date) -> tuple[Clash, ...]:
    found: dict[tuple[int, int], Clash] = {}
    for clash in (*_weekly(services), *_on_days(services, day)):
        found.setdefault((clash.one.place, clash.other.place), clash)
        if len(found) == MOST:
            break
    return tuple(found.values())


def _weekly(services: Sequence[Service]) -> Iterator[Clash]:
    spans = sorted((span for each in services for span in _in_week(each)), key=lambda span: span.start)[:_MOST_SPANS]
    for at, one in enumerate(spans):
        for other in takewhile(lambda later: later.start < one.end, spans[at + 1 :]):  # noqa: B023  # used at once
            if _both(one.service, other.service):
                first, second = sorted((one.service, other.service), key=lambda it: it.place)
                yield Clash(first, second, other.start // DAY % 7, other.start % DAY)


def _on_days(services: Sequence[Service], day: date) -> Iterator[Clash]:
    """Services of single days beside the weekly ones, and beside one another."""
    single = [(on, span) for each in services for on, span in _single(each, day)]
    single = sorted(single, key=lambda it: (it[0], it[1].start))[:_MOST_DAYS]
    weekly = [span for each in services for span in _in_week(each)]
    for at, (on, span) in enumerate(single):
        start = on.weekday() * DAY
        shifted = _Span(span.service, start + span.start, start + span.end)
        beside = [each for each in weekly if each.meets(shifted) and _runs(each.service, on)]
        later = (each for each in single[at + 1 :] if each[0] == on)
        beside += [each for _, each in later if each.meets(span)]
        for each in beside:
            if _both(span.service, each.service):
                first, second = sorted((span.service, each.service), key=lambda it: it.place)
                yield Clash(first, second, on.weekday(), max(span.start, each.start % DAY), on)


def _in_week(service: Service) -> Iterator[_Span]:
    for day in service.schedule.days:
        for at in service.schedule.times:
            start = day * DAY + _minute(at)
            yield _Span(service, start, start + max(service.schedule.minutes, 1))


def _single(service: Service, day: date) -> Iterator[tuple[date, _Span]]:
    schedule = service.schedule
    times = [(at, schedule.minutes) for at in schedule.times] or ([schedule.part] if schedule.part else [])
    if schedule.weekly or not schedule.rule or schedule.first is None or not times or schedule.minutes >= DAY:
        return
    low, high = max(schedule.first, day), min(schedule.ends or date.max, _later(day))
    if low > high:
        return
    for on in recurrence.Recurrence(schedule.rule, schedule.first, None).between(low, high):
        for at, minutes in times:
            yield on, _Span(service, _minute(at), _minute(at) + max(minutes, 1))


def _both(one: Service, other: Service) -> bool:
    """Whether they are two, run at one time of the plan, and name one person; the whole household is no one person."""
    shared = (one.subjects & other.subjects) if one.place != other.place else ()
    return any(name.startswith("Patient/") for name in shared) and _overlap(one, other)


def _overlap(one: Service, other: Service) -> bool:
    begins = max(one.schedule.begins, other.schedule.begins)
    return begins <= min(one.schedule.ends or date.max, other.schedule.ends or date.max)


def _runs(service: Service, on: date) -> bool:
    return service.schedule.begins <= on <= (service.schedule.ends or date.max)


def _later(day: date) -> date:
    return date.max if day > date.max - _AHEAD else day + _AHEAD


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute
