"""What a rule is called, how often it is done, and what of a plan is told on which day (docs/timetable.md)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from resources import care_plan, recurrence, recurrence_words
from resources.record.problem import Problem
from tests.unit.resources.test_care_plan import NAMES, plan, ruled


def mondays(times: list[str], **repeat: Any) -> dict[str, Any]:
    return {"scheduledTiming": {"repeat": {"dayOfWeek": ["mon"], "timeOfDay": times, **repeat}}}


_CHOSEN = st.fixed_dictionaries(
    {"FREQ": st.sampled_from(recurrence.FREQUENCIES)},
    optional={
        "INTERVAL": st.integers(1, 99).map(str),
        "COUNT": st.integers(1, 99).map(str),
        "BYMONTH": st.lists(st.integers(1, 12), min_size=1, max_size=3).map(lambda it: ",".join(map(str, it))),
        "BYMONTHDAY": st.lists(st.integers(-31, 31), min_size=1, max_size=2).map(lambda it: ",".join(map(str, it))),
        "BYSETPOS": st.integers(-3, 3).map(str),
        "BYDAY": st.lists(
            st.tuples(st.sampled_from(["", "1", "-1", "+2", "20"]), st.sampled_from(recurrence.DAYS)).map("".join),
            min_size=1,
            max_size=3,
        ).map(",".join),
    },
)


@given(_CHOSEN)
@settings(max_examples=150, deadline=None)
def test_whatever_rule_can_be_read_is_said_in_words_and_ends_where_it_is_counted(parts: dict[str, str]) -> None:
    rule = ";".join(f"{name}={value}" for name, value in parts.items())
    try:
        found = recurrence.read(rule, date(2026, 11, 1), "here")
    except Problem:
        return
    ja, en = recurrence_words.words(found.rule)
    assert all((ja, en))
    assert "FREQ" not in ja + en
    if "COUNT" in parts and found.until:
        assert len(found.between(found.first, found.until)) == int(parts["COUNT"])


@pytest.mark.parametrize(
    ("detail", "days"),
    [
        (
            ruled("FREQ=WEEKLY;BYDAY=MO;COUNT=2", timeOfDay=["10:00:00"]),
            {"2026-11-02": 1, "2026-11-09": 1, "2026-11-16": 0},
        ),
        (mondays(["10:00:00"], count=2), {"2026-11-02": 1, "2026-11-09": 1, "2026-11-16": 0}),
        (mondays(["10:00:00", "15:00:00"], count=3), {"2026-11-09": 2, "2026-11-16": 0}),
        (mondays(["10:00:00"], count=1, countMax=2), {"2026-11-09": 1, "2026-11-16": 0}),
    ],
)
def test_what_is_done_so_often_is_drawn_until_then(detail: dict[str, Any], days: dict[str, int]) -> None:
    written = plan(detail, created="2026-11-01", period={"start": "2026-11-01"})
    drawn = {day: len(care_plan.week(written, NAMES, date.fromisoformat(day)).entries) for day in days}
    assert drawn == days


@pytest.mark.parametrize(
    ("detail", "days"),
    [
        (ruled("FREQ=MONTHLY;BYDAY=1TU;UNTIL=20261110"), {"2026-11-02": (1, 0), "2026-11-16": (0, 0)}),
        (ruled("FREQ=MONTHLY;BYDAY=1TU;COUNT=1"), {"2026-11-02": (1, 0), "2026-11-16": (0, 0)}),
        ({"scheduledPeriod": {"end": "2026-11-10"}}, {"2026-11-02": (1, 0), "2026-11-16": (0, 0)}),
        ({"scheduledPeriod": {"start": "2026-12-01"}}, {"2026-11-02": (0, 1), "2026-12-01": (1, 0)}),
    ],
)
def test_what_is_not_weekly_is_told_while_it_goes_on_and_before(
    detail: dict[str, Any], days: dict[str, tuple[int, int]]
) -> None:
    written = plan({"code": {"text": "通院"}} | detail, created="2026-11-01", period={"start": "2026-11-01"})
    weeks = {day: care_plan.week(written, NAMES, date.fromisoformat(day)) for day in days}
    assert {day: (len(week.other), len(week.coming)) for day, week in weeks.items()} == days
    assert all(len(week.services) == 1 for week in weeks.values())
