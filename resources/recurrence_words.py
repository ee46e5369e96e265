"""What a recurrence rule is called, in Japanese and in English.

https://www.rfc-editor.org/rfc/rfc5545#section-3.3.10; docs/timetable.md
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from resources import recurrence

Parts = dict[str, str]
Said = tuple[str, str]

DAYS_JA = "月火水木金土日"
DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS_EN = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_EACH = {
    "DAILY": ("毎日", "日", "day"),
    "WEEKLY": ("毎週", "週間", "week"),
    "MONTHLY": ("毎月", "か月", "month"),
    "YEARLY": ("毎年", "年", "year"),
}
_NTH = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth", -1: "last"}
_WORKDAYS = (0, 1, 2, 3, 4)


def words(rule: str, days: int = 1) -> Said:
    """What a rule that was read is called, Japanese and English.

    `days` is the length of each occurrence: five days and more from an nth Monday are called that week.
    """
    parts = recurrence.parts_of(rule)
    ja, en = _when(parts, days)
    if "COUNT" in parts:
        return f"{ja}（全{parts['COUNT']}回）", f"{en}, {parts['COUNT']} times in all"
    return ja, en


def _when(parts: Parts, days: int) -> Said:
    kind, every, chosen = parts["FREQ"], int(parts.get("INTERVAL", "1")), recurrence.chosen(parts)
    alone, unit_ja, unit_en = _EACH[kind]
    ja = alone if every == 1 else f"{every}{unit_ja}に1回"
    en = f"each {unit_en}" if every == 1 else f"every {every} {unit_en}s"
    if not chosen:
        return (f"{ja}1回" if every == 1 and kind != "DAILY" else ja), (f"once {en}" if kind != "DAILY" else en)
    place = _which(kind, parts, days)
    if kind == "DAILY" and every == 1:
        return place
    if every == 1:
        return f"{ja}{place[0]}", f"each {place[1]}" if kind == "WEEKLY" else f"{place[1]} of {en}"
    return f"{ja}、{place[0]}", f"{place[1]}, {en}" if kind == "WEEKLY" else f"{place[1]} of {en}"


def _which(kind: str, parts: Parts, days: int) -> Said:
    """Which days are chosen: of these months, these dates, these weekdays, the so many of them."""
    found = _dates_and_days(kind, parts, days)
    if "BYSETPOS" in parts and found:
        turns = [_turn(int(each)) for each in parts["BYSETPOS"].split(",")]
        ja, en = found
        found = f"{ja}のうち{'・'.join(each for each, _ in turns)}", f"the {_listed(each for _, each in turns)} of {en}"
    if "BYMONTH" not in parts:
        return found or ("", "")
    months = sorted({int(each) for each in parts["BYMONTH"].split(",")})
    ja, en = f"{'・'.join(map(str, months))}月", _listed(_MONTHS_EN[each - 1] for each in months)
    if not found:
        return ja, en
    joined = "" if "BYMONTHDAY" in parts and len(months) == 1 else "の"
    return f"{ja}{joined}{found[0]}", f"{found[1]} in {en}"


def _dates_and_days(kind: str, parts: Parts, days: int) -> Said | None:
    weekdays = _weekdays(kind, parts, days) if "BYDAY" in parts else None
    if "BYMONTHDAY" not in parts:
        return weekdays
    dates = [_date(int(each)) for each in parts["BYMONTHDAY"].split(",")]
    ja, en = "・".join(each for each, _ in dates), _listed(each for _, each in dates)
    return (f"{ja}が{weekdays[0]}の日", f"{en} when it is {weekdays[1]}") if weekdays else (ja, en)


def _weekdays(kind: str, parts: Parts, days: int) -> Said:
    if plain := recurrence.plain_days(parts):
        if tuple(sorted(set(plain))) == _WORKDAYS and kind != "WEEKLY":
            return "平日（月〜金）", "Mondays to Fridays"
        return f"{'・'.join(DAYS_JA[day] for day in plain)}曜日", _listed(DAYS_EN[day] for day in plain)
    said = [_numbered(each, days, alone="," not in parts["BYDAY"]) for each in parts["BYDAY"].split(",")]
    return "・".join(ja for ja, _ in said), _listed(en for _, en in said)


def _numbered(written: str, days: int, *, alone: bool) -> Said:
    nth = re.fullmatch(r"([+-]?\d+)?([A-Z]{2})", written)
    number, day = (int(nth[1] or 0), recurrence.DAYS.index(nth[2])) if nth else (0, 0)
    week = alone and day == 0 and days >= 5
    ja, en = ("週", "week") if week else (f"{DAYS_JA[day]}曜日", DAYS_EN[day])
    if not number:
        return ja, en
    return f"{'最終' if number == -1 else _from(number)}{ja}", f"{_ordinal(number)} {en}"


def _from(number: int) -> str:
    return f"第{number}" if number > 0 else f"最後から{-number}番目の"


def _date(number: int) -> Said:
    if number == -1:
        return "末日", "last day"
    return (f"{number}日", f"day {number}") if number > 0 else (f"末日から{-number}日目", f"{_ordinal(number)} day")


def _turn(number: int) -> Said:
    return ("最後" if number == -1 else f"{number}番目" if number > 0 else f"最後から{-number}番目"), _ordinal(number)


def _ordinal(number: int) -> str:
    """First, 20th, last, third from the end."""
    if number in _NTH:
        return _NTH[number]
    if number < 0:
        return f"{_ordinal(-number)} from the end"
    ending = "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _listed(names: Iterable[str]) -> str:
    *before, final = names
    return " and ".join(filter(None, [", ".join(before), final]))
