"""A date as it is written by hand is read, and nothing is guessed."""

from __future__ import annotations

from datetime import date

import pytest

from resources.record import era


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("昭和12年3月2日", (1937, 3, 2)),
        ("昭和１２年３月２日", (1937, 3, 2)),
        ("S12.3.2", (1937, 3, 2)),
        ("s12-3-2", (1937, 3, 2)),
        ("㍼12年3月2日", (1937, 3, 2)),
        (" 令和 元 年 5 月 1 日 ", (2019, 5, 1)),
        ("令和1年5月1日", (2019, 5, 1)),
        ("平成31年5月1日", (2019, 5, 1)),
        ("昭和64年1月7日", (1989, 1, 7)),
        ("大正15年12月25日", (1926, 12, 25)),
        ("明治45年7月30日", (1912, 7, 30)),
        ("H12.2.29", (2000, 2, 29)),
        ("1937年3月2日", (1937, 3, 2)),
        ("1937/3/2", (1937, 3, 2)),
        ("1937-03-02", (1937, 3, 2)),
    ],
)
def test_a_written_day_is_read(text: str, day: tuple[int, int, int]) -> None:
    assert era.read(text) == date(*day)


@pytest.mark.parametrize(
    "text",
    ["", "昭和70年1月1日", "平成0年1月1日", "昭和12年2月30日", "昭和12年", "12年3月2日", "37/3/2", "安政3年1月1日",
     "元年1月1日", "昭和12年3月2日頃", "٣/٣/١٩٣٧", "昭和" + "1" * 50 + "年1月1日"],
)  # fmt: skip
def test_what_is_no_day_is_none(text: str) -> None:
    assert era.read(text) is None


def test_every_day_that_is_written_by_its_era_is_read_back() -> None:
    days = [date(1868, 10, 23), date(1912, 7, 29), date(1912, 7, 30), date(1926, 12, 24), date(1989, 1, 7)]
    days += [date(1989, 1, 8), date(2019, 4, 30), date(2019, 5, 1), date(2026, 11, 26)]
    assert [era.read(era.written(day)) for day in days] == days
    assert era.written(date(2019, 5, 1)) == "令和元年5月1日"
    assert era.written(date(1860, 1, 2)) == "1860年1月2日"


def test_a_page_shows_a_day_by_both_calendars() -> None:
    assert era.shown(date(2019, 4, 5)) == "平成31年（2019年）4月5日"
    assert era.shown(date(2019, 5, 1)) == "令和元年（2019年）5月1日"
    assert era.shown(date(1860, 1, 2)) == "1860年1月2日"
