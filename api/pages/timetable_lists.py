"""What the sheet of a week says as lists: for programs as JSON, and for a page of paper where blocks are too small.

docs/timetable.md
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from api.pages.timetable_words import Words
from resources.week import DAWN, Clash, Entry, Service, Week


def of(week: Week, words: Words, clock: Callable[[Entry], str]) -> list[dict[str, object]]:
    """The weekly services and the others, each as a list with a title, a head and rows of texts."""
    weekly = [
        [words.days[each.day], clock(each), each.label, words.member(each.member), each.note] for each in week.entries
    ]
    other = [
        [words.member(group.member), each.label, each.note, words.said(each.schedule)]
        for group in week.other
        for each in group.services
    ]
    heads = [words.day, words.time, words.service, words.whom, words.note]
    return [
        {"title": words.weekly, "head": heads, "rows": weekly},
        {"title": words.other, "head": [words.whom, words.service, words.content, words.when], "rows": other},
    ]


def data(week: Week, words: Words, codes: Sequence[str]) -> dict[str, Any]:
    """The whole of it for programs."""
    return {
        "title": words.titled(week),
        "draft": week.draft,
        "made": week.made,
        "date": week.day,
        "household": week.household,
        "recipient": words.member(week.recipient) or None,
        "day-begins": "04:00",
        "entries": [_entry(entry, words, codes) for entry in week.entries],
        "other": [
            {"for": words.member(group.member), "services": [_service(service) for service in group.services]}
            for group in week.other
        ],
        "notes": [{"label": note.label, "for": words.member(note.member), "note": note.note} for note in week.notes],
        "coming": [
            {"label": each.label, "for": words.member(each.member), "from": each.schedule.begins}
            for each in week.coming
        ],
        "clashes": [_clash(each, words, codes) for each in week.clashes],
        "contacts": [{"name": each.name, "phones": each.phones} for each in week.contacts],
        "remarks": week.remarks,
    }


def _entry(entry: Entry, words: Words, codes: Sequence[str]) -> dict[str, Any]:
    start, end = (f"{at // 60 % 24:02d}:{at % 60:02d}" for at in (entry.start + DAWN, entry.end + DAWN))
    return {
        "day": codes[entry.day],
        "start": start,
        "end": None if entry.open_end else end,
        "label": entry.label,
        "for": words.member(entry.member),
        "note": entry.note,
    }


def _service(service: Service) -> dict[str, Any]:
    schedule = service.schedule
    return {
        "label": service.label,
        "note": service.note,
        "rule": schedule.rule or None,
        "first": schedule.first,
        "until": schedule.ends,
        "times": [f"{at:%H:%M}" for at in schedule.times],
        "minutes": schedule.minutes or None,
        "when": {"ja": schedule.ja, "en": schedule.en},
    }


def _clash(clash: Clash, words: Words, codes: Sequence[str]) -> dict[str, Any]:
    both = [{"label": each.label, "for": words.member(each.member)} for each in (clash.one, clash.other)]
    return {"day": codes[clash.day], "date": clash.on, "at": clash.at, "services": both}
