"""The week's sheet in the format asked for: a page, a picture, a calendar, or plain JSON.

docs/timetable.md
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.pages import timetable_lettering, timetable_picture
from api.pages.timetable_picture import Picture
from resources.record.problem import Problem
from resources.week import DAWN, Entry, Service, Week

DAYS = (
    ("月", "Mon"),
    ("火", "Tue"),
    ("水", "Wed"),
    ("木", "Thu"),
    ("金", "Fri"),
    ("土", "Sat"),
    ("日", "Sun"),
)
BANDS = (
    ("深夜", "night", 0, 2, "#eef0f6"),
    ("早朝", "early", 2, 4, "#f7f5ee"),
    ("午前", "morning", 4, 8, "#ffffff"),
    ("午後", "afternoon", 8, 14, "#fbfcfd"),
    ("夜間", "evening", 14, 18, "#f5f6fa"),
    ("深夜", "night", 18, 24, "#eef0f6"),
)
"""Name, English, first and last hour after 4:00, ground."""
HUES = (
    ("#fde9e5", "#c8553d", "#6b2215"),
    ("#e4eefb", "#2f6db5", "#173a66"),
    ("#e5f3e6", "#3b8a4b", "#1d4a28"),
    ("#fdf1d3", "#b7791f", "#5c3b0a"),
    ("#efe8f8", "#7a4fb0", "#3f2463"),
    ("#e0f2f1", "#1f8a84", "#0d4643"),
    ("#edeff1", "#66727e", "#323a42"),
)
"""A member's ground, bar and ink."""
_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)


def render(week: Week, media_type: str) -> tuple[bytes, str]:
    """The sheet and its Content-Type. Raises Problem (`not-supported`) for a media type it is not made in."""
    if media_type not in _FORMATS:
        raise Problem.of(
            "not-supported",
            f"`{media_type}` is not a format of the timetable; it is made as {', '.join(_FORMATS)}",
            f"`{media_type}` の形式では予定表を出せません。{'、'.join(_FORMATS)} から選んでください",
            "_format",
        )
    return _FORMATS[media_type](
        week
    ), f"{media_type}; charset=utf-8" if media_type != "application/json" else media_type


def _page(week: Week) -> bytes:
    sheet = timetable_picture.picture(week)
    page = _PAGES.get_template("timetable.html").render(
        week=week,
        sheet=sheet,
        title=week.title,
        drawing=Markup(_drawn(week, sheet)),  # noqa: S704  # escaped by its own template
        days=DAYS,
        clock=timetable_picture.clock,
    )
    return page.encode()


def _picture(week: Week) -> bytes:
    return _drawn(week, timetable_picture.picture(week)).encode()


def _drawn(week: Week, sheet: Picture) -> str:
    title = timetable_lettering.clean(week.title)
    household = timetable_lettering.clean(week.household)
    other = sum(len(group.services) for group in week.other)
    return _PAGES.get_template("timetable.svg").render(
        sheet=sheet,
        title=title,
        title_size=_size(title, 26, 900),
        household=household,
        household_size=_size(f"{household} 様", 16, 188),
        made=week.made,
        summary=f"月曜日から日曜日まで、4時から翌4時までの予定。毎週 {len(week.entries)} 件、週単位以外 {other} 件。",
        legend=_legend(sheet.members),
        days=DAYS,
        bands=BANDS,
        hues=HUES,
        top=timetable_picture.TOP,
        days_left=timetable_picture.DAYS_LEFT,
        day_width=timetable_picture.DAY_WIDTH,
        notes_left=timetable_picture.NOTES_LEFT,
        notes_width=timetable_picture.NOTES_WIDTH,
        group_width=timetable_picture.GROUP_WIDTH,
        titled=timetable_picture.titled,
        clean=timetable_lettering.clean,
    )


def _size(text: str, largest: float, room: float) -> float:
    return round(min(largest, largest * room / max(timetable_lettering.width(text, largest), 1)), 2)


def _legend(members: tuple[tuple[str, int], ...]) -> list[tuple[str, int, float]]:
    """Whose colour is whose, from the right margin leftwards as far as there is room."""
    placed: list[tuple[str, int, float]] = []
    x = timetable_picture.WIDTH - timetable_picture.MARGIN
    for member, hue in reversed(members):
        name = timetable_lettering.clean(member)
        x -= timetable_lettering.width(name, 12) + 38
        if x < 350:
            break
        placed.insert(0, (name, hue, round(x + 16, 2)))
    return placed


def _data(week: Week) -> bytes:
    return orjson.dumps(
        {
            "title": week.title,
            "made": week.made,
            "household": week.household,
            "day-begins": "04:00",
            "entries": [_entry(entry) for entry in week.entries],
            "other": [
                {"for": group.member, "services": [_service(service) for service in group.services]}
                for group in week.other
            ],
            "notes": [{"label": note.label, "for": note.member, "note": note.note} for note in week.notes],
            "remarks": week.remarks,
        }
    )


def _calendar(week: Week) -> bytes:
    # What writes calendars takes long to load, and most servers are asked for none in their first seconds.
    from api.pages import timetable_calendar

    return timetable_calendar.calendar(week)


def _entry(entry: Entry) -> dict[str, Any]:
    start, end = (f"{at // 60 % 24:02d}:{at % 60:02d}" for at in (entry.start + DAWN, entry.end + DAWN))
    return {
        "day": DAYS[entry.day][1].lower(),
        "start": start,
        "end": None if entry.open_end else end,
        "label": entry.label,
        "for": entry.member,
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


_FORMATS: dict[str, Callable[[Week], bytes]] = {
    "text/html": _page,
    "image/svg+xml": _picture,
    "application/json": _data,
    "text/calendar": _calendar,
}
