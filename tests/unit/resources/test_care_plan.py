"""resources/care_plan.py, resources/timing.py, resources/week.py, resources/recurrence.py"""

from __future__ import annotations

import json
import re
from datetime import date, time
from itertools import combinations
from pathlib import Path
from typing import Any

import fhirkit
import pytest
from fhirpathpy import evaluate
from fhirpathpy.models import models
from hypothesis import given
from hypothesis import strategies as st

from resources import care_plan, recurrence, recurrence_words, timing
from resources.record.problem import Problem
from resources.week import DAY, Entry, Week

NAMES = {"Patient/mother": "母", "Patient/sister": "母の妹", "Patient/elder-son": "長男", "Patient/second-son": "二男"}
BASE = "https://tsunagu.example/fhir/StructureDefinition"
TEMPLATE = Path(__file__).parents[3] / "demo" / "household_h" / "total-care-plan.json"
CODES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def household_h() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        re.sub(r"\{\{([A-Za-z]+/[a-z-]+)\}\}", r"\1", TEMPLATE.read_text(encoding="utf-8"))
    )
    return found


def plan(*details: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "CarePlan",
        "status": "active",
        "intent": "plan",
        "subject": {"reference": "Group/h"},
        "created": "2019-04-05",
        "activity": [{"detail": {"status": "scheduled", "code": {"text": "訪問看護"}, **detail}} for detail in details],
        **more,
    }


def weekly(days: list[str], at: str, minutes: int | None = 60, **more: Any) -> dict[str, Any]:
    length = {} if minutes is None else {"duration": minutes, "durationUnit": "min"}
    return {"scheduledTiming": {"repeat": {"dayOfWeek": days, "timeOfDay": [at], **length}}, **more}


def ruled(rule: str, **repeat: Any) -> dict[str, Any]:
    extension = [{"url": f"{BASE}/recurrence-rule", "valueString": rule}]
    return {"scheduledTiming": {"extension": extension, **({"repeat": repeat} if repeat else {})}}


def named(detail):
    return [entry["valueReference"]["reference"] for entry in detail.get("extension", [])]


def subject(*patients: str) -> list[dict[str, Any]]:
    return [{"url": f"{BASE}/activity-subject", "valueReference": {"reference": patient}} for patient in patients]


def spans(week: Week) -> list[tuple[int, int, int]]:
    return [(entry.day, entry.start, entry.end) for entry in week.entries]


def meet(one: Entry, two: Entry) -> bool:
    """Whether two blocks lie over one another on the sheet."""
    if one.day != two.day or one.bottom <= two.top or two.bottom <= one.top:
        return False
    return one.lane * two.lanes < (two.lane + 1) * one.lanes and two.lane * one.lanes < (one.lane + 1) * two.lanes


def test_the_template_of_household_h_is_a_valid_care_plan() -> None:
    assert fhirkit.validate(json.dumps(household_h())) == []


def test_the_plan_of_household_h_has_every_service_of_the_week() -> None:
    week = care_plan.week(household_h(), NAMES)
    counted: dict[tuple[str, str], int] = {}
    for entry in week.entries:
        counted[entry.label, entry.member] = counted.get((entry.label, entry.member), 0) + 1
    assert counted == {
        ("A型就労", "母"): 4,
        ("外食・買い物", "母"): 1,
        ("A型就労", "母の妹"): 5,
        ("PT訪問リハ", "母"): 1,
        ("訪問看護", "母"): 1,
        ("ST訪問リハ", "母"): 1,
        ("ヘルパー", "母"): 2,
    }


def test_the_services_of_household_h_that_are_not_weekly_stand_under_whom_they_are_for() -> None:
    week = care_plan.week(household_h(), NAMES)
    said = {group.member: [(it.label, it.schedule.ja, it.schedule.en) for it in group.services] for group in week.other}
    assert said == {
        "母": [
            ("○○居宅介護支援事業所", "毎月末日", "last day of each month"),
            ("福祉用具（レンタル）", "継続", "continuous"),
            ("○○病院（神経内科）", "毎月第1火曜日　午前", "first Tuesday of each month, morning"),
        ],
        "母、二男": [
            ("○○中学校、地域こども相談センター", "毎月第1週", "first week of each month"),
            ("保健センター", "2か月に1回、第2週", "second week of every 2 months"),
        ],
        "母、長男、二男": [("こころの健康センター", "2か月に1回、第2週", "second week of every 2 months")],
        "世帯全体": [("民生委員（兼主任児童委員）", "2か月に1回　17:00", "once every 2 months, 17:00")],
    }


def test_the_plan_of_household_h_says_that_its_days_were_chosen_and_names_no_place() -> None:
    week = care_plan.week(household_h(), NAMES)
    assert week.made == date(2019, 4, 5)
    assert (week.household, week.title) == ("Ｈ", care_plan.TITLE)
    assert "例として置いたもの" in week.remarks[0]
    assert [note.note for note in week.notes][:2] == ["ADL維持のための筋力向上を主としたリハビリ", "入浴介助"]
    details = [activity["detail"] for activity in household_h()["activity"]]
    assert not [detail for detail in details if "location" in detail]
    sisters = [detail for detail in details if named(detail) == ["Patient/sister"]]
    assert [set(detail) for detail in sisters] == [{"extension", "kind", "code", "status", "scheduledTiming"}]


def test_no_activity_of_household_h_is_the_coordinators() -> None:
    performers = [who for activity in household_h()["activity"] for who in activity["detail"].get("performer", [])]
    assert performers
    assert not [who for who in performers if "coordinator" in json.dumps(who) or "推進員" in json.dumps(who)]


def test_a_plan_without_activities_is_an_empty_week() -> None:
    empty = plan()
    del empty["activity"]
    week = care_plan.week(empty, NAMES)
    assert (week.entries, week.other, week.notes) == ((), (), ())


def test_what_overlaps_stands_side_by_side_with_the_first_member_left() -> None:
    week = care_plan.week(
        plan(
            weekly(["mon"], "09:00:00", 300, extension=subject("Patient/sister")),
            weekly(["mon"], "10:00:00", 60, extension=subject("Patient/mother")),
            weekly(["mon"], "14:00:00", 60, extension=subject("Patient/mother")),
        ),
        NAMES,
    )
    laid = {(entry.member, entry.start): (entry.lane, entry.lanes) for entry in week.entries}
    assert laid == {("母の妹", 300): (1, 2), ("母", 360): (0, 2), ("母", 600): (0, 1)}


def test_an_entry_over_four_in_the_morning_is_split_and_sunday_night_ends_on_monday() -> None:
    week = care_plan.week(plan(weekly(["mon"], "03:00:00", 120), weekly(["sun"], "22:00:00", 480)), NAMES)
    assert sorted(spans(week)) == [(0, 0, 60), (0, 0, 120), (6, 1080, 1440), (6, 1380, 1440)]


def test_an_entry_of_several_days_fills_their_columns_and_no_more_than_a_week() -> None:
    week = care_plan.week(plan(weekly(["sat"], "04:00:00", 60 * 24 * 30)), NAMES)
    assert spans(week) == [(day, 0, DAY) for day in range(7)]


def test_an_entry_without_a_length_is_drawn_as_an_hour_with_an_open_end() -> None:
    (entry,) = care_plan.week(plan(weekly(["tue"], "10:00:00", None)), NAMES).entries
    assert (entry.start, entry.end, entry.open_end) == (360, 420, True)


def test_a_very_short_entry_late_at_night_is_drawn_inside_its_day() -> None:
    (entry,) = care_plan.week(plan(weekly(["tue"], "03:55:00", 5)), NAMES).entries
    assert (entry.day, entry.start, entry.end, entry.top, entry.bottom) == (0, 1435, 1440, 1410, 1440)


def test_a_service_without_day_or_time_keeps_what_is_known() -> None:
    week = care_plan.week(
        plan(
            {"scheduledTiming": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "wk"}}},
            {"scheduledTiming": {"repeat": {"frequency": 3, "period": 1, "periodUnit": "mo"}}},
            {"scheduledTiming": {"repeat": {"dayOfWeek": ["tue", "fri"]}}},
            {"scheduledString": "随時"},
            {},
        ),
        NAMES,
    )
    assert week.entries == ()
    assert [(it.schedule.ja, it.schedule.en) for it in week.other[0].services] == [
        ("1週間に1回", "once each week"),
        ("1か月に3回", "3 times each month"),
        ("毎週火・金曜日", "each Tuesday and Friday"),
        ("随時", "随時"),
        ("", ""),
    ]


def test_a_day_or_a_time_that_is_only_said_to_be_unknown_is_none() -> None:
    unknown = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason", "valueCode": "x"}]}
    repeats: list[dict[str, Any]] = [
        {"dayOfWeek": ["tue", None], "timeOfDay": [None, "10:00:00"], "_timeOfDay": [unknown, None]},
        {"dayOfWeek": ["tue"], "timeOfDay": [None], "_timeOfDay": [unknown]},
        {"dayOfWeek": ["tue"], "when": [None, "MORN"], "_when": [unknown, None]},
        {"dayOfWeek": [None], "_dayOfWeek": [unknown]},
    ]
    week = care_plan.week(plan(*({"scheduledTiming": {"repeat": each}} for each in repeats)), NAMES)
    assert [(entry.day, entry.start) for entry in week.entries] == [(1, 360)]
    said = [it.schedule.ja for it in week.other[0].services]
    assert said == ["毎週火曜日", "毎週火曜日　午前", ""]


def test_a_rule_of_every_week_has_its_place_in_the_grid_and_every_second_week_has_not() -> None:
    week = care_plan.week(
        plan(
            ruled("FREQ=WEEKLY;BYDAY=WE", timeOfDay=["10:00:00"]),
            ruled("FREQ=DAILY", timeOfDay=["08:00:00"]),
            {"scheduledTiming": {"repeat": {"dayOfWeek": ["wed"], "period": 2, "periodUnit": "wk"}}},
        ),
        NAMES,
    )
    assert sorted({entry.day for entry in week.entries if entry.start == 360}) == [2]
    assert len(week.entries) == 8
    assert week.other[0].services[0].schedule.en == "Wednesday, every 2 weeks"


def test_what_ended_or_rests_is_not_shown() -> None:
    gone = [
        weekly(["mon"], "10:00:00", status=status)
        for status in ("completed", "cancelled", "stopped", "on-hold", "entered-in-error")
    ]
    written = plan(*gone, weekly(["mon"], "10:00:00", doNotPerform=True))
    written["activity"].append({"reference": {"reference": "ServiceRequest/1"}})
    week = care_plan.week(written, NAMES)
    assert (week.entries, week.other) == ((), ())


def test_a_member_without_a_name_is_shown_as_somebody_and_nothing_of_the_reference() -> None:
    week = care_plan.week(plan(weekly(["mon"], "10:00:00", extension=subject("Patient/secret-9"))), NAMES)
    assert week.entries[0].member == "世帯員"
    assert "secret-9" not in repr(week)


def test_a_label_falls_back_to_the_codes_display_and_then_to_the_description() -> None:
    week = care_plan.week(
        plan(
            weekly(["mon"], "10:00:00", code={"coding": [{"code": "x"}, {"display": "訪問入浴"}]}),
            weekly(["tue"], "10:00:00", code={}, description="配食"),
        ),
        NAMES,
    )
    assert [(entry.label, entry.note) for entry in week.entries] == [("訪問入浴", ""), ("配食", "")]


@pytest.mark.parametrize(
    ("detail", "at"),
    [
        (ruled("FREQ=FORTNIGHTLY"), "scheduled.extension[0].value"),
        (ruled(""), "scheduled.extension[0].value"),
        (ruled("FREQ=MONTHLY;BYMONTHDAY=32"), "scheduled.extension[0].value"),
        (ruled("FREQ=MONTHLY;INTERVAL=0"), "scheduled.extension[0].value"),
        (ruled("FREQ=MONTHLY;BYDAY=10MO"), "scheduled.extension[0].value"),
        (ruled("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), "scheduled.extension[0].value"),
        (ruled("FREQ=DAILY;INTERVAL=7;BYDAY=TU;BYMONTHDAY=31;BYMONTH=4"), "scheduled.extension[0].value"),
        # What RFC 5545 says must not stand together, and numbers that are none of their part.
        (ruled("FREQ=WEEKLY;BYDAY=1MO"), "scheduled.extension[0].value"),
        (ruled("FREQ=DAILY;BYDAY=-1FR"), "scheduled.extension[0].value"),
        (ruled("FREQ=WEEKLY;BYMONTHDAY=3"), "scheduled.extension[0].value"),
        (ruled("FREQ=DAILY;BYSETPOS=1"), "scheduled.extension[0].value"),
        (ruled("FREQ=MONTHLY;BYMONTHDAY=1,40"), "scheduled.extension[0].value"),
        (ruled("FREQ=SECONDLY"), "scheduled.extension[0].value"),
        (ruled("FREQ=DAILY;COUNT=2;UNTIL=20200101"), "scheduled.extension[0].value"),
        (ruled("RRULE:FREQ=DAILY"), "scheduled.extension[0].value"),
        (ruled("FREQ=DAILY\nEXDATE:20190405"), "scheduled.extension[0].value"),
        (weekly(["mon", "someday"], "10:00:00"), "scheduled.repeat.dayOfWeek[1]"),
        (weekly(["mon"], "25:00:00"), "scheduled.repeat.timeOfDay[0]"),
        ({"scheduledTiming": {"repeat": {"duration": 1, "durationUnit": "mo"}}}, "scheduled.repeat.duration"),
        ({"scheduledPeriod": {"start": "2019-02-30"}}, "scheduled"),
    ],
)
def test_what_cannot_be_read_names_its_element(detail: dict[str, Any], at: str) -> None:
    written = plan({}, detail)
    with pytest.raises(Problem) as raised:
        care_plan.week(written, NAMES)
    (issue,) = raised.value.issues
    assert raised.value.kind == "invalid"
    assert issue.at == f"CarePlan.activity[1].detail.{at}"
    assert issue.ja
    assert evaluate(written, issue.at, model=models["r4"])


@pytest.mark.parametrize("path", ["created", "period"])
def test_a_plan_of_no_day_names_its_element(path: str) -> None:
    with pytest.raises(Problem) as raised:
        care_plan.week(plan(**{path: {"start": "2019-13"} if path == "period" else "2019-02-30"}), NAMES)
    assert raised.value.issues[0].at.startswith("CarePlan.")


@pytest.mark.parametrize(
    ("rule", "days", "ja", "en"),
    [
        ("FREQ=MONTHLY;BYDAY=1TU", 1, "毎月第1火曜日", "first Tuesday of each month"),
        ("FREQ=MONTHLY;BYDAY=-1FR", 1, "毎月最終金曜日", "last Friday of each month"),
        ("FREQ=MONTHLY;BYMONTHDAY=-1", 1, "毎月末日", "last day of each month"),
        ("FREQ=MONTHLY;BYMONTHDAY=15", 1, "毎月15日", "day 15 of each month"),
        ("FREQ=MONTHLY;INTERVAL=2;BYDAY=2MO", 1, "2か月に1回、第2月曜日", "second Monday of every 2 months"),
        ("FREQ=MONTHLY;INTERVAL=2;BYDAY=2MO", 5, "2か月に1回、第2週", "second week of every 2 months"),
        ("FREQ=MONTHLY", 1, "毎月1回", "once each month"),
        ("FREQ=WEEKLY;BYDAY=MO,WE,FR", 1, "毎週月・水・金曜日", "each Monday, Wednesday and Friday"),
        ("FREQ=DAILY", 1, "毎日", "each day"),
        ("FREQ=YEARLY", 1, "毎年1回", "once each year"),
        ("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=2", 1, "毎月月曜日のうち2番目", "the second of Monday of each month"),
        (
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
            1,
            "毎月平日（月〜金）のうち最後",
            "the last of Mondays to Fridays of each month",
        ),
        ("FREQ=MONTHLY;BYDAY=1MO,-1MO", 5, "毎月第1月曜日・最終月曜日", "first Monday and last Monday of each month"),
        ("FREQ=MONTHLY;BYDAY=-2FR", 1, "毎月最後から2番目の金曜日", "second from the end Friday of each month"),
        ("FREQ=MONTHLY;BYMONTHDAY=1,15", 1, "毎月1日・15日", "day 1 and day 15 of each month"),
        ("FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR", 1, "毎月13日が金曜日の日", "day 13 when it is Friday of each month"),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", 1, "毎年2月29日", "day 29 in February of each year"),
        ("FREQ=YEARLY;BYDAY=20MO", 1, "毎年第20月曜日", "20th Monday of each year"),
        ("FREQ=DAILY;BYMONTH=11,12;BYDAY=MO", 1, "11・12月の月曜日", "Monday in November and December"),
        ("FREQ=WEEKLY;BYDAY=MO;COUNT=4", 1, "毎週月曜日（全4回）", "each Monday, 4 times in all"),
    ],
)
def test_every_rule_has_words(rule: str, days: int, ja: str, en: str) -> None:
    assert recurrence_words.words(rule, days) == (ja, en)


def test_a_rule_falls_on_the_days_of_the_calendar() -> None:
    first_tuesday = recurrence.read("FREQ=MONTHLY;BYDAY=1TU", date(2019, 4, 5), "")
    assert first_tuesday.first == date(2019, 5, 7)
    assert first_tuesday.between(date(2019, 6, 1), date(2019, 8, 31)) == (
        date(2019, 6, 4),
        date(2019, 7, 2),
        date(2019, 8, 6),
    )
    month_end = recurrence.read("FREQ=MONTHLY;BYMONTHDAY=-1", date(2020, 1, 31), "")
    assert month_end.between(date(2020, 1, 1), date(2020, 3, 1)) == (date(2020, 1, 31), date(2020, 2, 29))
    second_month = recurrence.read("FREQ=MONTHLY;INTERVAL=2;BYDAY=2MO", date(2019, 4, 20), "")
    assert second_month.first == date(2019, 6, 10)


def test_an_end_in_universal_time_is_a_local_day() -> None:
    read = recurrence.read("FREQ=DAILY;UNTIL=20200101T160000Z", date(2019, 12, 30), "")
    assert read.until == date(2020, 1, 2)
    assert read.between(date(2020, 1, 1), date(2020, 2, 1)) == (date(2020, 1, 1), date(2020, 1, 2))


@pytest.mark.parametrize(
    ("until", "times", "last"),
    [
        ("20190415T005959Z", ["10:00"], date(2019, 4, 8)),  # a second before ten in Japan
        ("20190415T010000Z", ["10:00"], date(2019, 4, 15)),
        ("20190415T095959", ["10:00"], date(2019, 4, 8)),
        ("20190415T005959Z", ["09:00", "10:00"], date(2019, 4, 15)),
        ("20190415T005959Z", [], date(2019, 4, 15)),
        ("20190415", ["10:00"], date(2019, 4, 15)),
        ("20190414T200000Z", ["04:00"], date(2019, 4, 15)),  # already the fifteenth in Japan
    ],
)
def test_an_end_is_an_instant_and_a_time_of_day_after_it_is_no_more(until: str, times: list[str], last: date) -> None:
    of_day = [time.fromisoformat(each) for each in times]
    read = recurrence.read(f"FREQ=WEEKLY;UNTIL={until};BYDAY=MO", date(2019, 4, 5), "", of_day)
    assert read.between(date(2019, 4, 1), date(2019, 5, 1))[-1] == last


def test_the_week_has_no_visit_that_its_rule_ended_before() -> None:
    def visit(until: str) -> dict[str, Any]:
        return ruled(f"FREQ=WEEKLY;UNTIL={until};BYDAY=MO", timeOfDay=["10:00:00"], duration=60, durationUnit="min")

    assert timing.read(visit("20190415T005959Z"), date(2019, 4, 5), None, "").ends == date(2019, 4, 14)
    assert timing.read(visit("20190415T010000Z"), date(2019, 4, 5), None, "").ends == date(2019, 4, 15)


visits = st.builds(
    lambda days, at, minutes, who: weekly(days, at.strftime("%H:%M:00"), minutes, extension=subject(*who)),
    st.lists(st.sampled_from(CODES), min_size=1, max_size=7),
    st.times(),
    st.none() | st.integers(1, 3000),
    st.lists(st.sampled_from([*NAMES, "Patient/other"]), max_size=2),
)


@given(st.lists(visits, max_size=25))
def test_no_two_blocks_overlap_and_all_are_inside_the_grid(details: list[dict[str, Any]]) -> None:
    week = care_plan.week(plan(*details), NAMES)
    for entry in week.entries:
        assert 0 <= entry.day <= 6
        assert 0 <= entry.top <= entry.start < entry.end <= entry.bottom <= DAY
        assert 0 <= entry.lane < entry.lanes
    assert not [pair for pair in combinations(week.entries, 2) if meet(*pair)]


@given(st.lists(visits, min_size=1, max_size=6))
def test_no_minute_of_a_visit_is_lost(details: list[dict[str, Any]]) -> None:
    week = care_plan.week(plan(*details), NAMES)
    drawn = sum(entry.end - entry.start for entry in week.entries)
    planned = sum((it.schedule.minutes or 60) * len(it.schedule.days) * len(it.schedule.times) for it in week.weekly)
    assert drawn == planned


def test_two_hundred_services_are_laid_out() -> None:
    details = [weekly([CODES[n % 7]], time(n % 24, 15 * (n % 4)).isoformat(), 20 + n) for n in range(200)]
    week = care_plan.week(plan(*details), NAMES)
    assert {entry.service for entry in week.entries} == set(range(200))
    assert not [pair for pair in combinations(week.entries, 2) if meet(*pair)]


def test_more_services_than_that_are_too_many_for_one_plan() -> None:
    with pytest.raises(Problem) as caught:
        care_plan.week(plan(*[ruled("FREQ=WEEKLY;BYDAY=MO")] * (care_plan.MOST + 1)), NAMES)
    assert (caught.value.kind, caught.value.issues[0].at) == ("too-costly", "CarePlan.activity")


@pytest.mark.parametrize(
    ("rule", "start", "first"),
    [
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2096-03-01", "2104-02-29"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29", "2026-01-01", "2028-02-29"),
        ("FREQ=YEARLY;INTERVAL=5", "2026-06-01", "2026-06-01"),
        ("FREQ=DAILY;INTERVAL=3;BYDAY=SU", "2026-11-23", "2026-11-29"),
        ("FREQ=MONTHLY;BYDAY=5FR", "0001-01-01", "0001-03-30"),
        ("FREQ=DAILY", "9999-12-31", "9999-12-31"),
        ("FREQ=YEARLY", "2024-02-29", "2024-02-29"),
    ],
)
def test_a_rule_falls_first_where_the_calendar_has_it_however_far_its_start(rule: str, start: str, first: str) -> None:
    assert recurrence.read(rule, date.fromisoformat(start), "at").first == date.fromisoformat(first)


def test_a_member_the_reader_cannot_look_up_is_called_what_the_plan_calls_them():
    week = care_plan.week(household_h(), {})
    assert {"母", "母の妹", "母、二男"} <= {entry.member for entry in week.entries} | {
        each.member for each in week.other
    }
