"""What the cells of a published list say: telephone numbers, 内線, 受付時間, ages, names of persons.

Slide 14 of the seed: cells may hold two numbers, 別紙, or a dash.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Any

Json = dict[str, Any]

EXTENSION = "http://hl7.org/fhir/StructureDefinition/contactpoint-extension"
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_DAYS = "月火水木金土日"
_DASHES = dict.fromkeys(map(ord, "‐‑‒–—―−ー－ｰ~〜～"), "-")
_SPAN = re.compile(r"(\d{1,2})(?::|時)(\d{2})?分?\s*(?:-|から)\s*(\d{1,2})(?::|時)(\d{2})?分?(?:まで)?")
_NAMED = re.compile(rf"([{_DAYS}])-([{_DAYS}])|((?:[{_DAYS}][・、,]?)+)|平日|毎日|年中無休")
_ALL_DAY = re.compile("24時間")
_HOLIDAY, _CLOSED = "\ue000", "\ue001"
"""Words that end with 日 and are no Sunday, as they are read."""
_AREA_CODE = re.compile(r"\((0\d{1,4})\)")
_WHOLE = 9
"""A number with its area code has at least so many digits."""
_NUMBER = re.compile(r"0\d{1,4}-?\d{1,4}-?\d{3,4}")


def plain(text: str) -> str:
    """A cell in half-width letters, with one kind of dash."""
    return unicodedata.normalize("NFKC", text).translate(_DASHES).strip()


def is_none(text: str) -> bool:
    """Whether a cell says that there is nothing: it is empty, or a dash."""
    return plain(text) in ("", "-", "なし")


def is_annex(text: str) -> bool:
    """Whether a cell leads to the annexes (別紙)."""
    return "別紙" in text and not any(letter.isdigit() for letter in plain(text))


def phones(text: str, heading: str, extensions: str = "") -> tuple[list[Json], list[str]]:
    """Telephone numbers, each with every extension, and what is none; a heading as 電話番号（086） gives the code."""
    code = _AREA_CODE.search(plain(heading))
    inner = [] if is_none(extensions) else [each for each in re.split(r"[\s、,・/;]+", plain(extensions)) if each]
    found: list[Json] = []
    wrong: list[str] = []
    for each in [] if is_none(text) else re.split(r"[\s、,/;]+", plain(text)):
        number = f"{code[1]}-{each}" if code and sum(map(str.isdigit, each)) < _WHOLE else each
        if _NUMBER.fullmatch(number) is None:
            wrong.append(each)
            continue
        for one in inner or [""]:
            said = {"extension": [{"url": EXTENSION, "valueString": one}]} if one else {}
            found.append({"system": "phone", "value": number, "use": "work"} | said)
    return found, wrong


def hours(text: str) -> tuple[list[Json], str]:
    """The times at which a desk is open, and what of the cell is no time; no days named are weekdays, but for 24時間.

    Days hold for the times behind them, and those behind every time for all of them.
    """
    said = plain(text).replace("曜日", "").replace("曜", "").replace("祝日", _HOLIDAY).replace("休日", _CLOSED)
    found: list[Json] = []
    days: list[str] = []
    after = False
    tokens = [match for each in (_NAMED, _SPAN, _ALL_DAY) for match in each.finditer(said) if match[0]]
    for match in sorted(tokens, key=lambda each: each.start()):
        if match.re is _NAMED:
            days, after = [*([] if after else days), *_days(match)], False
        elif span := _span(match):
            after = True
            found.append(({"daysOfWeek": [day for day in WEEK if day in days]} if days else {}) | span)
    if not found:
        return [], _shown(said)
    trailing = [] if after or any("daysOfWeek" in each for each in found) else days
    rest = [day for day in WEEK if day in (trailing or WEEK[:5])]
    unsaid = [{"daysOfWeek": list(WEEK) if "allDay" in each and not trailing else rest} | each for each in found]
    return unsaid, _rest(_ALL_DAY.sub(" ", _SPAN.sub(" ", said)))


def _span(match: re.Match[str]) -> Json:
    if match.re is _ALL_DAY:
        return {"allDay": True}
    begins, ends = _time(match[1], match[2]), _time(match[3], match[4])
    return {"availableStartTime": begins, "availableEndTime": ends} if begins and ends else {}


def ages(text: str) -> tuple[int | None, int | None] | None:
    """The ages served, both ends included: 65歳以上, 18歳未満, 6～17歳; 0 is no bound. None where it says none."""
    said = plain(text)
    for pattern, low, high in (
        (r"(\d+)歳?-(\d+)歳?", 1, 2), (r"(\d+)歳?以上", 1, None), (r"(\d+)歳?(?:以下|まで)", None, 1),
    ):  # fmt: skip
        if match := re.search(pattern, said):
            first, last = int(match[low]) if low else 0, int(match[high]) if high else None
            return (first or None, last) if first or last is not None else None
    if match := re.search(r"(\d+)歳?未満", said):
        return None, int(match[1]) - 1
    return None


def persons(text: str) -> list[str]:
    """The names in a cell, as they stand; one letter in brackets tells two of a name apart."""
    if is_none(text) or is_annex(text):
        return []
    names = (unicodedata.normalize("NFKC", each).strip() for each in re.split(r"[、,\n/]+", text))
    return [each for each in names if each]


def _days(match: re.Match[str]) -> list[str]:
    if match[1]:
        first, last = _DAYS.index(match[1]), _DAYS.index(match[2])
        return list(WEEK[first : last + 1] if first <= last else WEEK[first:] + WEEK[: last + 1])
    if match[3]:
        return [WEEK[_DAYS.index(letter)] for letter in match[3] if letter in _DAYS]
    return list(WEEK[:5] if match[0] == "平日" else WEEK)


def _time(hour: str, minute: str | None) -> str:
    return f"{int(hour):02}:{minute or '00'}:00" if int(hour) < 24 and int(minute or 0) < 60 else ""


def _rest(text: str) -> str:
    return re.sub(r"[\s、,・]+", " ", _shown(_NAMED.sub(" ", text))).strip(" ()")


def _shown(text: str) -> str:
    return text.replace(_HOLIDAY, "祝日").replace(_CLOSED, "休日")
