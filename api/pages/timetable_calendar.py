"""The total care plan as a calendar: one event a service, repeated by its own rule, in local time.

https://www.rfc-editor.org/rfc/rfc5545
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from uuid import NAMESPACE_URL, uuid5

from icalendar import Calendar, Event, vRecur

from api.pages.timetable_lettering import clean
from api.pages.timetable_words import Words
from resources import recurrence
from resources.record import coding, period
from resources.timing import Schedule
from resources.week import Service, Week

_DAY = timedelta(days=1)
_YEAR = timedelta(days=365)


def calendar(week: Week, words: Words) -> bytes:
    """The plan as `text/calendar`; the same plan, language and day give the same bytes.

    What goes on without a rule is one event of whole days that blocks no time, to its last day, or as long as none is
    said for a year from the day asked. A part of the day (午前) is an event of its hours.
    """
    name, language = clean(words.titled(week)), words.language
    made = Calendar.new(
        prodid=f"-//Tsunagu//total care plan//{language.upper()}", name=name, language=language,
        uid=_uid(week, "calendar"),
    )  # fmt: skip
    services = week.services
    # Of what nothing tells when, or nothing that the reader is shown, there is nothing to put into a calendar.
    for place, service in enumerate(each for each in services if each.schedule.said):
        for turn, event in enumerate(_events(service, week, words)):
            if week.draft:
                event.add("status", "TENTATIVE")
            event.add("uid", _uid(week, f"{place}-{turn}"))
            event.add("dtstamp", _stamp(week))
            made.add_component(event)
    made.add_missing_timezones(first_date=min((it.schedule.begins for it in services), default=date(2019, 1, 1)))
    written: bytes = made.to_ical()
    return written


def _events(service: Service, week: Week, words: Words) -> Iterator[Event]:
    schedule = service.schedule
    if not schedule.rule or schedule.first is None:
        last = schedule.ends or _later(max(schedule.begins, week.day), _YEAR)
        yield _event(service, schedule.begins, _later(last, _DAY), words)
    elif schedule.ends is None or schedule.first <= schedule.ends:
        whole = max(schedule.minutes // 1440, 1)
        parts = [schedule.part] if schedule.part else [(None, 0)]
        for at, minutes in [(at, schedule.minutes) for at in schedule.times] or parts:
            begin = datetime.combine(schedule.first, at, period.TOKYO) if at else schedule.first
            yield _event(service, begin, _later(begin, timedelta(minutes=minutes) if at else whole * _DAY), words)


def _later(begin: date, length: timedelta) -> date:
    """The end of what is that long; on the last day of the calendar there is none after it to be named."""
    try:
        return begin + length
    except OverflowError:
        return begin


def _event(service: Service, begin: date, end: date, words: Words) -> Event:
    schedule = service.schedule
    event = Event()
    event.add("summary", clean(words.named(service)))
    event.add("description", "\n".join(clean(part) for part in (service.note, words.said(schedule)) if part))
    for contact in service.contacts:
        event.add("contact", clean(" ".join((contact.name, *contact.phones)).strip()))
    event.add("class", "CONFIDENTIAL")
    event.add("dtstart", begin)
    if end > begin:
        event.add("dtend", end)
    if schedule.rule:
        event.add("rrule", _rule(schedule, timed=isinstance(begin, datetime)))
    if not isinstance(begin, datetime):
        event.add("transp", "TRANSPARENT")
    return event


def _rule(schedule: Schedule, timed: bool) -> vRecur:
    """The rule with its end as the calendar wants it: a day for whole days, an instant in UTC for times of day."""
    rule: vRecur = vRecur.from_ical(schedule.rule)
    if schedule.ends is None or schedule.first is None:
        return rule
    if "COUNT" in rule:
        found = recurrence.Recurrence(schedule.rule, schedule.first, None)
        # What is counted takes no century: further on there is nobody to count it for.
        last = min(schedule.ends, schedule.first.replace(year=min(schedule.first.year + 100, 9999), day=1))
        rule["COUNT"] = [len(found.between(schedule.first, last))]
        return rule
    last = datetime.combine(schedule.ends, time(23, 59, 59), period.TOKYO).astimezone(UTC)
    rule["UNTIL"] = [last if timed else schedule.ends]
    return rule


def _stamp(week: Week) -> datetime:
    return period.first(week.stamp) or datetime.fromtimestamp(0, UTC)


def _uid(week: Week, part: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"{coding.BASE}/CarePlan/{week.id}#{part}"))
