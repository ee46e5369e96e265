"""https://hl7.org/fhir/R4/search.html#prefix"""

from __future__ import annotations

import pytest

from resources.record.problem import Problem


def person(birth):
    return {"resourceType": "Patient", "birthDate": birth}


def plan(start=None, end=None):
    period = {name: value for name, value in (("start", start), ("end", end)) if value}
    return {"resourceType": "CarePlan", "period": period}


@pytest.mark.parametrize(
    ("birth", "asked", "found"),
    [
        ("1970-05-01", "1970", True),
        ("1970-05-01", "1970-05", True),
        ("1970-05-01", "1970-05-01", True),
        ("1970-05-01", "eq1970-05-01", True),
        ("1970-05-01", "1970-05-02", False),
        ("1970-05-01", "1970-05-01T09:00", False),
        ("1970", "1970-01-01", False),
        ("1970-01", "1970-01-01", False),
        ("1970-01-01", "1970", True),
        ("1970", "1970", True),
        ("1970-05-01", "ne1970-05-01", False),
        ("1970-05-01", "ne1970-05-02", True),
        ("1970", "ne1970-05-02", True),
        ("1970-05-01", "gt1970-04-30", True),
        ("1970-05-01", "gt1970-05-01", False),
        ("1970", "gt1970-05-01", True),
        ("1970-05-01", "gt1970", False),
        ("1970-05-01", "lt1970-05-02", True),
        ("1970-05-01", "lt1970-05-01", False),
        ("1970", "lt1970-05-01", True),
        ("1970-05-01", "ge1970-05-01", True),
        ("1970-05-01", "ge1970-05", True),
        ("1970-05-01", "ge1970-05-02", False),
        ("1970-05-01", "le1970-05-01", True),
        ("1970-05-01", "le1970-05", True),
        ("1970-05-01", "le1970-04-30", False),
        ("1970-05-01", "sa1970-04-30", True),
        ("1970-05-01", "sa1970-05", False),
        ("1970", "sa1970-05-01", False),
        ("1970-05-01", "eb1970-05-02", True),
        ("1970-05-01", "eb1970-05", False),
        ("1970", "eb1970-05-01", False),
        ("1970", "ap1970-05-01", True),
        ("1970-05-01", "ap1970", True),
        ("1970-05-01", "ap1971", False),
        ("0001-01-01", "0001", True),
        ("9999-12-31", "ge9999-12", True),
    ],
)
def test_partial_dates_are_ranges_on_both_sides(finds, birth, asked, found):
    assert finds(person(birth), f"birthdate={asked}") is found


@pytest.mark.parametrize(
    ("since", "asked", "found"),
    [
        ("2019-04-04T15:00:00.000Z", "2019-04-05", True),
        ("2019-04-04T14:59:59.999Z", "2019-04-05", False),
        ("2019-04-05T00:00:00.000Z", "2019-04-05T09:00", True),
        ("2019-04-05T00:00:00.000Z", "2019-04-05T09:00:00", True),
        ("2019-04-05T00:00:00.000Z", "2019-04-05T00:00:00Z", True),
        ("2019-04-05T00:00:00.000Z", "2019-04-05T00:00:00.000Z", True),
        ("2019-04-05T00:00:00.000Z", "2019-04-05T01:00:00+01:00", True),
        ("2019-04-05T00:00:00.000Z", "2019-04-05T00:00:01Z", False),
        ("2019-04-05T00:00:00.500Z", "gt2019-04-05T00:00:00.499Z", True),
        ("2019-04-05T00:00:00.500Z", "gt2019-04-05T00:00:00.500Z", False),
    ],
)
def test_what_has_no_zone_is_in_japan(finds, since, asked, found):
    record = {"resourceType": "Patient", "meta": {"lastUpdated": since}}
    assert finds(record, f"_lastUpdated={asked}") is found


@pytest.mark.parametrize(
    ("start", "end", "asked", "found"),
    [
        ("2019-04-05", "2019-04-20", "2019-04", True),
        ("2019-04-05", "2019-05-20", "2019-04", False),
        ("2019-04-05", "2019-05-20", "2019", True),
        ("2019-04-05", "2020-05-20", "2019", False),
        ("2019-04-05", None, "2019", False),
        ("2019-04-05", None, "gt2030", True),
        (None, "2019-04-05", "lt1990", True),
        ("2019-04-05", None, "lt2019-04-05", False),
        ("2019-04-05", "2019-04-20", "lt2019-04-10", True),
        ("2019-04-05", "2019-04-20", "gt2019-04-10", True),
        ("2019-04-05", "2019-04-20", "sa2019-04-10", False),
        ("2019-04-05", "2019-04-20", "eb2019-04-21", True),
        ("2019-04-05", "2019-04-20", "eb2019-04-20", False),
        ("2019-04-05", "2019-04-20", "ap2019-04-10", True),
        ("2019-04-05", "2019-04-20", "ap2019-04-21", False),
        ("2019-04-05", "2019-04-20", "ge2019-04-19", True),
        ("2019-04-05", "2019-04-20", "ge2019-04-20", False),
        ("2019-04-20", "2019-04-20", "ge2019-04-20", True),
        ("2019-04-05", "2019-04-20", "le2019-04-05", False),
        ("2019-04-05", "2019-04-05", "le2019-04-05", True),
        ("2019-04-05", "2019-04-20", "le2019-04-04", False),
    ],
)
def test_a_period_counts_from_its_first_day_to_its_last(finds, start, end, asked, found):
    assert finds(plan(start, end), f"date={asked}") is found


def activities(*timings):
    return {"resourceType": "CarePlan", "activity": [{"detail": timing} for timing in timings]}


JANUARY_AND_DECEMBER = activities(
    {"scheduledPeriod": {"start": "2019-01-10", "end": "2019-01-20"}},
    {"scheduledPeriod": {"start": "2019-12-10", "end": "2019-12-20"}},
)


@pytest.mark.parametrize(
    ("asked", "found"),
    [("2019-06", False), ("ap2019-06", False), ("ap2019-12-15", True), ("2019-12", True), ("ne2019-06", True)],
)
def test_the_end_of_one_repetition_is_never_paired_with_the_start_of_another(finds, asked, found):
    assert finds(JANUARY_AND_DECEMBER, f"activity-date={asked}") is found


@pytest.mark.parametrize(
    ("timing", "asked", "found"),
    [
        ({"event": ["2019-04-05"]}, "2019-04-05", True),
        ({"event": ["2019-04-05", "2019-04-25"]}, "ap2019-04-15", True),
        ({"event": ["2019-04-05", "2019-04-25"]}, "2019-04", True),
        ({"repeat": {"boundsPeriod": {"start": "2019-04-05"}, "dayOfWeek": ["mon"]}}, "gt2030", True),
        ({"repeat": {"boundsPeriod": {"start": "2019-04-05"}}, "event": ["2018-01-01"]}, "lt2018-06", True),
    ],
)
def test_of_a_schedule_the_outer_limits_count(finds, timing, asked, found):
    assert finds(activities({"scheduledTiming": timing}), f"activity-date={asked}") is found


def test_a_schedule_without_dates_is_there_but_at_no_time(finds):
    weekly = activities({"scheduledTiming": {"repeat": {"dayOfWeek": ["mon"]}}})
    assert finds(weekly, "activity-date:missing=false")
    assert not finds(weekly, "activity-date=gt0001")


@pytest.mark.parametrize(
    "asked",
    ["2019-13", "2019-02-29", "yesterday", "xx2019", "2019-04-05T25:00", "2019-04-05T10", "20190405", "gt", "ge 2019"],
)
def test_what_is_no_date_is_refused(finds, asked):
    with pytest.raises(Problem) as refused:
        finds(person("1970"), f"birthdate={asked}")
    assert refused.value.kind == "structure"
    assert refused.value.issues[0].at == "birthdate"


@pytest.mark.parametrize("modifier", ["exact", "not", "contains", "Patient"])
def test_a_date_takes_no_modifier_but_missing(finds, modifier):
    with pytest.raises(Problem) as refused:
        finds(person("1970"), f"birthdate:{modifier}=1970")
    assert refused.value.kind == "not-supported"
