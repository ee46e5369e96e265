"""The Japanese forms in which the directory is published: the list's own columns, 公共施設一覧, GIF.

https://www.digital.go.jp/resources/open_data/municipal-standard-data-set-test;
https://www.digital.go.jp/policies/data_strategy_government_interoperability_framework
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from resources.listing.gif_read import LISTED
from resources.listing.publishing import Desk

Json = dict[str, Any]

WEEK = {"mon": "月", "tue": "火", "wed": "水", "thu": "木", "fri": "金", "sat": "土", "sun": "日"}
_FORMULA = re.compile(r"[=+@\t\r\n＝＋＠]|[-－](?![-－\d\s]*$)")
"""How a formula begins in a spreadsheet; a dash alone says that there is nothing, and before figures it is a number."""
_WEEKDAYS = ["mon", "tue", "wed", "thu", "fri"]

LIST = (
    "★",
    "№",
    "相談項目",
    "相談内容",
    "機関名",
    "係",
    "主",
    "副",
    "所在地",
    "電話番号",
    "内線",
    "受付時間",
    "圏域",
    "対象年齢",
)
FACILITIES = (
    *("全国地方公共団体コード", "ID", "地方公共団体名", "名称", "名称_カナ", "名称_英字", "POIコード"),
    *("所在地_連結表記", "緯度", "経度", "電話番号", "内線番号", "団体名", "利用可能曜日", "開始時間", "終了時間"),
    *("利用可能日時特記事項", "説明", "URL", "備考"),
)


def listed(desks: Iterable[Desk], displays: Mapping[str, str], staff: Mapping[str, tuple[str, str]]) -> list[list[str]]:
    """The list in its own columns, its heading first; `staff` are 主 and 副 by the id of a desk."""
    rows = [list(LIST)]
    for desk in desks:
        primary, deputy = staff.get(str(desk.body["id"]), ("", ""))
        rows.append(
            [
                "★" if desk.starred else "",
                desk.number,
                "、".join(displays.get(each, each) for each in desk.fields),
                str(desk.body.get("comment", "")),
                str(desk.agency.get("name", "")),
                str(desk.body.get("extraDetails", "")).removeprefix("担当："),
                primary,
                deputy,
                desk.address,
                "\n".join(desk.phones),
                "、".join(desk.extensions),
                hours(desk),
                "、".join(desk.area_names),
                _ages(desk),
            ]
        )
    return rows


def facilities(desks: Iterable[Desk], code: str, city: str) -> list[list[str]]:
    """公共施設一覧 of the 自治体標準オープンデータセット: one row a desk."""
    rows = [list(FACILITIES)]
    for desk in desks:
        days, begins, ends, rest = _times(desk)
        position = desk.place.get("position") or {}
        cells = {
            "全国地方公共団体コード": code,
            "ID": str(desk.body["id"]),
            "地方公共団体名": city,
            "名称": desk.name,
            "所在地_連結表記": desk.address,
            "緯度": str(position.get("latitude", "")),
            "経度": str(position.get("longitude", "")),
            "電話番号": ";".join(desk.phones),
            "内線番号": ";".join(desk.extensions),
            "団体名": str(desk.agency.get("name", "")),
            "利用可能曜日": days,
            "開始時間": begins,
            "終了時間": ends,
            "利用可能日時特記事項": rest,
            "説明": str(desk.body.get("comment", "")),
        }
        rows.append([cells.get(column, "") for column in FACILITIES])
    return rows


def text(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as CSV, in UTF-8 with the BOM by which spreadsheets know it; no cell begins as a formula does."""
    made = io.StringIO(newline="")
    csv.writer(made, lineterminator="\r\n").writerows([_safe(cell) for cell in row] for row in rows)
    return made.getvalue().encode("utf-8-sig")


def workbook(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as a spreadsheet of one sheet, every cell a text."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("相談機関一覧")
    for row in rows:
        sheet.append([_safe(cell) for cell in row])
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def gif(desks: Iterable[Desk], displays: Mapping[str, str], code: str, city: str) -> list[Json]:
    """デジタル庁 GIF: the places of public services, by the names of its core data parts."""
    found = []
    for desk in desks:
        days, begins, ends, rest = _times(desk)
        said: Json = {
            "ID": str(desk.body["id"]),
            "名称": desk.name,
            "団体名": str(desk.agency.get("name", "")),
            "説明": str(desk.body.get("comment", "")),
            "分類": [displays.get(each, each) for each in desk.fields],
            "対象地域": desk.area_names,
            "住所": {"全国地方公共団体コード": code, "市区町村": city, "所在地_連結表記": desk.address},
            "連絡先": [{"電話番号": each, "内線番号": desk.extensions} for each in desk.phones],
            "利用可能曜日": days,
            "開始時間": begins,
            "終了時間": ends,
            "利用可能日時特記事項": rest,
            "対象年齢": _ages(desk),
            LISTED: {name: value for name, value in (("番号", desk.number), ("★", desk.starred)) if value},
        }
        found.append({name: value for name, value in said.items() if value not in ("", [], None, {})})
    return found


def hours(desk: Desk) -> str:
    """受付時間 as a list says it."""
    said = [f"{_named(each)} {_span(each)}".strip() for each in desk.body.get("availableTime") or ()]
    return "、".join([*said, str(desk.body.get("availabilityExceptions", ""))]).strip("、")


def _times(desk: Desk) -> tuple[str, str, str, str]:
    """Days, beginning and end where the hours are one span, and everything else as a text."""
    spans = desk.body.get("availableTime") or []
    rest = str(desk.body.get("availabilityExceptions", ""))
    if len(spans) != 1 or spans[0].get("allDay"):
        return "", "", "", hours(desk)
    [only] = spans
    days = "".join(WEEK[day] for day in only.get("daysOfWeek") or WEEK if day in WEEK)
    return days, str(only.get("availableStartTime", ""))[:5], str(only.get("availableEndTime", ""))[:5], rest


def _named(span: Mapping[str, Any]) -> str:
    days = [day for day in span.get("daysOfWeek") or WEEK if day in WEEK]
    return "平日" if days == _WEEKDAYS else "毎日" if len(days) == len(WEEK) else "・".join(WEEK[day] for day in days)


def _span(span: Mapping[str, Any]) -> str:
    if span.get("allDay"):
        return "24時間"
    begins, ends = (str(span.get(f"available{each}Time", ""))[:5] for each in ("Start", "End"))
    return f"{begins.lstrip('0') or begins}～{ends.lstrip('0') or ends}" if begins and ends else ""


def _ages(desk: Desk) -> str:
    low, high = desk.ages
    if low is not None and high is not None:
        return f"{low}～{high}歳"
    return f"{low}歳以上" if low is not None else f"{high}歳以下" if high is not None else ""


def _safe(cell: str) -> str:
    return f"'{cell}" if _FORMULA.match(cell) else cell
