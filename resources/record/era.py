"""Dates as they are written by hand in Japan: by 元号, by the western calendar, in any width; and back again.

https://laws.e-gov.go.jp/law/354AC0000000043 (元号法) and the edicts on each era. A date beyond the end of an era, or
before its beginning, in a year that the era has, is the day it must mean (平成31年5月1日).
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

_ERAS = (
    ("令和", "R", date(2019, 5, 1), 2100),
    ("平成", "H", date(1989, 1, 8), 2019),
    ("昭和", "S", date(1926, 12, 25), 1989),
    ("大正", "T", date(1912, 7, 30), 1926),
    ("明治", "M", date(1868, 10, 23), 1912),
)
"""Name, letter, first day, and the western year of its last."""

_DAY = r"\s*(元|\d{1,4})\s*[年.\-/]\s*(\d{1,2})\s*[月.\-/]\s*(\d{1,2})\s*日?\s*"
_WRITTEN = re.compile(r"\s*(令和|平成|昭和|大正|明治|[RHSTM])?" + _DAY, re.ASCII)
LONGEST = 40
"""So many letters a written date has at most."""


def read(text: str) -> date | None:
    """The day that is written, as `昭和12年3月2日`, `S12.3.2` or `1937/3/2`; None where it is none."""
    if len(text) > LONGEST:
        return None
    found = _WRITTEN.fullmatch(unicodedata.normalize("NFKC", text).upper())
    if found is None:
        return None
    era, year, month, day = found.groups()
    numbered = 1 if year == "元" else int(year)
    western = _western(era, numbered) if era else (numbered if len(year) == len("1937") else 0)
    try:
        return date(western, int(month), int(day))
    except ValueError:
        return None


def written(day: date) -> str:
    """The day by its era: `令和8年11月26日`, `令和元年5月1日`; before 明治, by the western calendar."""
    return f"{_year(day) or f'{day.year}年'}{day.month}月{day.day}日"


def shown(day: date) -> str:
    """The day as pages show it, by its era and by the western calendar: `平成31年（2019年）4月5日`."""
    named = _year(day)
    return f"{named}（{day.year}年）{day.month}月{day.day}日" if named else written(day)


def _year(day: date) -> str:
    """The year by its era, empty before 明治."""
    for name, _, begun, _ in _ERAS:
        if day >= begun:
            year = day.year - begun.year + 1
            return f"{name}{'元' if year == 1 else year}年"
    return ""


def _western(era: str, year: int) -> int:
    for name, letter, begun, last in _ERAS:
        if era in (name, letter):
            western = begun.year + year - 1
            return western if year and western <= last else 0
    return 0
