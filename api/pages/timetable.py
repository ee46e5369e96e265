"""The week's sheet in the format asked for: a page, a picture, a paper, a calendar, or plain JSON.

docs/timetable.md
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal

import orjson
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from api.pages import timetable_lettering, timetable_lists, timetable_picture, timetable_words
from api.pages.timetable_picture import Picture
from api.pages.timetable_words import Words
from resources.record.problem import Problem
from resources.week import Week

CODES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BANDS = (
    (0, 2, "#eef0f6"),
    (2, 4, "#f7f5ee"),
    (4, 8, "#ffffff"),
    (8, 14, "#fbfcfd"),
    (14, 18, "#f5f6fa"),
    (18, 24, "#eef0f6"),
)
"""First and last hour after 4:00, ground; their names are words."""
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


def render(week: Week, media_type: str, language: str = "ja") -> tuple[bytes, str]:
    """The sheet in one language and its Content-Type. Raises Problem (`not-supported`) for a media type it is not made
    in."""
    if media_type not in _FORMATS:
        raise Problem.of(
            "not-supported",
            f"`{media_type}` is not a format of the timetable; it is made as {', '.join(_FORMATS)}",
            f"`{media_type}` の形式では予定表を出せません。{'、'.join(_FORMATS)} から選んでください",
            "_format",
        )
    words = timetable_words.of(language)
    if media_type not in _UNDRAWN:
        week = replace(week, remarks=(*week.remarks, words.given(week)))
    body = _FORMATS[media_type](week, words)
    return body, f"{media_type}; charset=utf-8" if media_type in _TEXTS else media_type


def _page(week: Week, words: Words) -> bytes:
    sheet = timetable_picture.picture(week, words)
    page = _PAGES.get_template("timetable.html").render(
        week=week,
        words=words,
        sheet=sheet,
        title=words.titled(week),
        drawing=Markup(_drawn(week, sheet, words)),  # noqa: S704  # escaped by its own template
        clock=timetable_picture.clock,
    )
    return page.encode()


def _picture(week: Week, words: Words) -> bytes:
    return _drawn(week, timetable_picture.picture(week, words), words).encode()


def _drawn(week: Week, sheet: Picture, words: Words) -> str:
    title = timetable_lettering.clean(words.titled(week))
    household = timetable_lettering.clean(f"{week.household} {words.honorific}".strip() if week.household else "")
    return _PAGES.get_template("timetable.svg").render(
        sheet=sheet,
        words=words,
        title=title,
        title_size=_size(title, 26, 900),
        household=household,
        household_size=_size(household, 16, 188),
        made=week.made,
        day=week.day,
        summary=words.summary(week),
        legend=_legend(sheet.members),
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
        down=timetable_lettering.down,
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


def _printed(form: Literal["pdf", "png"]) -> Callable[[Week, Words], bytes]:
    def made(week: Week, words: Words) -> bytes:
        # What prints takes long to load, and most servers are asked for nothing on paper in their first seconds.
        from api.pages import paper

        sheet = timetable_picture.picture(week, words)
        lists = timetable_lists.of(week, words, timetable_picture.clock) if sheet.crowded else []
        title, summary = words.titled(week), words.summary(week)
        drawn = _drawn(week, sheet, words).encode()
        return paper.printed(drawn, form, title, summary, words.language, lists)

    return made


def _data(week: Week, words: Words) -> bytes:
    return orjson.dumps(timetable_lists.data(week, words, CODES))


def _calendar(week: Week, words: Words) -> bytes:
    # What writes calendars takes long to load, and most servers are asked for none in their first seconds.
    from api.pages import timetable_calendar

    return timetable_calendar.calendar(week, words)


_FORMATS: dict[str, Callable[[Week, Words], bytes]] = {
    "text/html": _page,
    "image/svg+xml": _picture,
    "application/json": _data,
    "text/calendar": _calendar,
    "application/pdf": _printed("pdf"),
    "image/png": _printed("png"),
}
_UNDRAWN = ("application/json", "text/calendar")
_TEXTS = ("text/html", "image/svg+xml", "text/calendar")
