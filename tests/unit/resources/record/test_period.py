"""Whether a period holds an instant: the days are those of Okayama, the last one is inside, and some cannot be told."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from resources.record import period
from resources.search.relation import FOREVER

TODAY = "2026-11-23T10:00:00+09:00"
FIRST, LAST = "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"


def starting(start: Any) -> dict[str, Any]:
    return {"start": start}


def ending(end: Any) -> dict[str, Any]:
    return {"end": end}


def lasting(start: Any, end: Any) -> dict[str, Any]:
    return {"start": start, "end": end}


WITHOUT_A_VALUE = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason"}]}
TABLE: tuple[tuple[Any, str, bool | None], ...] = (
    # what is not said does not constrain
    (None, TODAY, True),
    ({}, TODAY, True),
    ({"extension": [{"url": "urn:a", "valueString": "b"}]}, TODAY, True),
    # a day is a whole local day
    (starting("2026-11-23"), "2026-11-23T00:00:00+09:00", True),
    (starting("2026-11-23"), "2026-11-22T23:59:59.999+09:00", False),
    (starting("2026-11-23"), "2026-11-22T15:00:00Z", True),
    (starting("2026-11-23"), "2026-11-22T14:59:59Z", False),
    (ending("2026-11-23"), "2026-11-23T23:59:59.999+09:00", True),
    (ending("2026-11-23"), "2026-11-23T23:59:59.999999+09:00", True),
    (ending("2026-11-23"), "2026-11-24T00:00:00+09:00", False),
    (lasting("2026-11-23", "2026-11-23"), TODAY, True),
    # a month and a year are all their days
    (starting("2026-12"), "2026-12-01T00:00:00+09:00", True),
    (starting("2026-12"), "2026-11-30T23:59:59+09:00", False),
    (ending("2026-11"), "2026-11-30T23:59:59+09:00", True),
    (ending("2026-11"), "2026-12-01T00:00:00+09:00", False),
    (ending("2026-12"), "2027-01-01T00:00:00+09:00", False),
    (ending("2028-02"), "2028-02-29T12:00:00+09:00", True),
    (ending("2028-02"), "2028-03-01T00:00:00+09:00", False),
    (ending("2100-02"), "2100-03-01T00:00:00+09:00", False),
    (lasting("2026", "2026"), "2026-12-31T23:59:59+09:00", True),
    (lasting("2026", "2026"), "2027-01-01T00:00:00+09:00", False),
    (lasting("2026", "2026-11-23"), TODAY, True),
    (lasting("2026-11-23", "2026"), TODAY, True),
    # a second, and a fraction, are what they are long
    (ending("2026-11-23T10:00:00+09:00"), "2026-11-23T01:00:00.999Z", True),
    (ending("2026-11-23T10:00:00+09:00"), "2026-11-23T01:00:01Z", False),
    (ending("2026-11-23T10:00:00.250+09:00"), "2026-11-23T01:00:00.250999Z", True),
    (ending("2026-11-23T10:00:00.250+09:00"), "2026-11-23T01:00:00.251Z", False),
    (starting("2026-11-23T10:00:00.1+09:00"), "2026-11-23T01:00:00.099999Z", False),
    (starting("2026-11-23T10:00:00.1+09:00"), "2026-11-23T01:00:00.100Z", True),
    (starting("2026-11-23T10:00:00.000000000000000000000000000001+09:00"), TODAY, True),
    (starting("2026-11-23T10:00:00." + "9" * 400 + "+09:00"), TODAY, False),
    (starting("2026-11-23T10:00:00"), "2026-11-23T01:00:00Z", True),
    (starting("2026-11-23T00:00:00-14:00"), "2026-11-23T14:00:00Z", True),
    (starting("2026-11-23T00:00:00+14:00"), "2026-11-22T10:00:00Z", True),
    (starting("2026-11-23T00:00:00-00:00"), "2026-11-23T00:00:00Z", True),
    # a leap second is the second after :59
    (starting("2016-12-31T23:59:60Z"), TODAY, True),
    (starting("2016-12-31T23:59:60Z"), "2016-12-31T23:59:59.999Z", False),
    (starting("2016-12-31T23:59:60Z"), "2017-01-01T00:00:00Z", True),
    (ending("2016-12-31T23:59:60Z"), "2017-01-01T00:00:00.999Z", True),
    (ending("2016-12-31T23:59:60Z"), "2017-01-01T00:00:01Z", False),
    (ending("2016-12-31T23:59:60.5Z"), "2017-01-01T00:00:00.501Z", False),
    # the year 9999 as an end is the end of time
    (ending("9999"), LAST, True),
    (ending("9999-01"), LAST, True),
    (ending("9999-12-31"), LAST, True),
    (ending("9999-01-01T00:00:00Z"), LAST, True),
    (ending("9999-12-31T23:59:59-12:00"), LAST, True),
    (ending("9999-12-31T23:59:60Z"), LAST, True),
    (lasting("9999", "9999"), TODAY, False),
    (lasting("9999", "9999"), LAST, True),
    (starting("9999-12-31"), LAST, True),
    (starting("9999-12-31T23:59:59-12:00"), LAST, False),
    (starting("9999-12-31T23:59:60Z"), LAST, False),
    (ending("9998-12-31"), LAST, False),
    # what lies before the calendar is the beginning of time
    (starting("0001"), FIRST, True),
    (starting("0001-01-01"), FIRST, True),
    (starting("0001-01-01T00:00:00+14:00"), FIRST, True),
    (starting("0001-01-01T00:00:01Z"), FIRST, False),
    (ending("0001-01-01T00:00:00+14:00"), FIRST, False),
    (ending("0001-01-01"), FIRST, True),
    (ending("0001"), TODAY, False),
    # what cannot be read tells nothing, whatever stands at the other end
    (starting("0000"), TODAY, None),
    (starting("10000"), TODAY, None),
    (starting("soon"), TODAY, None),
    (starting(""), TODAY, None),
    (starting("2026-13"), TODAY, None),
    (starting("2026-11-31"), TODAY, None),
    (starting("2026-02-29"), TODAY, None),
    (starting("2026-1-1"), TODAY, None),
    (starting(" 2026"), TODAY, None),
    (starting("２０２６"), TODAY, None),
    (starting("2026-11-23T24:00:00Z"), TODAY, None),
    (starting("2026-11-23T23:60:00Z"), TODAY, None),
    (starting("2026-11-23T23:59:61Z"), TODAY, None),
    (starting("2026-11-23T10:00:00+14:01"), TODAY, None),
    (starting("2026-11-23T10:00:00+0900"), TODAY, None),
    (ending(None), TODAY, None),
    (ending("9999-13"), TODAY, None),
    (ending("9999-12-31x"), TODAY, None),
    (ending(2026), TODAY, None),
    (ending(["2026"]), TODAY, None),
    (ending({}), TODAY, None),
    (lasting("soon", "2020"), TODAY, None),
    (lasting("2027", "soon"), TODAY, None),
    # a bound is there, and only why it has no value is said
    ({"start": "2026", "_end": WITHOUT_A_VALUE}, TODAY, None),
    ({"_start": WITHOUT_A_VALUE}, TODAY, None),
    ({"start": "2026", "_start": WITHOUT_A_VALUE}, TODAY, True),
    # nor does what ends before it begins
    (lasting("2026-11-24", "2026-11-23"), TODAY, None),
    (lasting("2026-12", "2026-11"), TODAY, None),
    (lasting("2027", "2026-11-23T10:00:00Z"), TODAY, None),
    (lasting("2026-11-24", "2026-11-23T14:59:59Z"), TODAY, None),
    (lasting("2026-11-24", "2026-11-23T15:00:00Z"), "2026-11-23T15:00:00Z", True),
    (lasting("9999-12-31", "9999-01-01"), TODAY, None),
    (lasting("2026-11-23T10:00:01Z", "2026-11-23T10:00:00Z"), TODAY, None),
    # nor what is no object
    ("always", TODAY, None),
    ([], TODAY, None),
    ([{"start": "2026"}], TODAY, None),
    (0, TODAY, None),
    (True, TODAY, None),
)


@pytest.mark.parametrize(("written", "now", "holds"), TABLE)
def test_a_period_holds_whole_local_days_and_its_end_or_cannot_be_told(written: Any, now: str, holds: bool) -> None:
    at = datetime.fromisoformat(now)
    assert period.contains(written, at) is holds
    held = period.span(written)
    assert (held and held[0] <= period.instant(at) < held[1]) is holds


def test_the_table_has_every_answer_many_times() -> None:
    answers = [holds for _, _, holds in TABLE]
    assert len(TABLE) > 90
    assert min(answers.count(each) for each in (True, False, None)) > 20


@pytest.mark.parametrize(
    ("written", "held"),
    [
        (None, ("", FOREVER)),
        (lasting("2026-11-23", "2026-11-23"), ("2026-11-22T15:00:00.000Z", "2026-11-23T15:00:00.000Z")),
        (lasting("0001-01-01T00:00:00+14:00", "9999-12-31"), ("", FOREVER)),
        (starting("9999-12-31T23:59:59-12:00"), (FOREVER, FOREVER)),
        (ending("0001-01-01T00:00:00+14:00"), ("", "")),
        (ending("soon"), None),
    ],
)
def test_rows_keep_the_first_instant_and_the_first_after_it(written: Any, held: tuple[str, str] | None) -> None:
    assert period.span(written) == held


@pytest.mark.parametrize(
    ("written", "days"),
    [
        (None, (None, None)),
        (lasting("2026-11-23T14:59:59Z", "2026-11-23T15:00:00Z"), (date(2026, 11, 23), date(2026, 11, 24))),
        (lasting("2026-11", "2028-02"), (date(2026, 11, 1), date(2028, 2, 29))),
        (ending("9999-12-31"), (None, None)),
        (lasting("0001-01-01T00:00:00+14:00", "0001"), (date.min, date(1, 12, 31))),
        (starting("9999-12-31T23:59:60Z"), (date.max, None)),
        (lasting("2026", "2025"), None),
        (starting("2026-00"), None),
    ],
)
def test_the_days_of_a_period_are_local(written: Any, days: Any) -> None:
    assert period.days(written) == days


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("2026-11-23", "2026-11-22T15:00:00+00:00"),
        ("2026-11-23T10:00:00.5+09:00", "2026-11-23T01:00:00.500000+00:00"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00+00:00"),
        ("0001-01-01", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("yesterday", None),
    ],
)
def test_a_date_has_a_first_instant_where_a_clock_can_show_it(text: str, shown: str | None) -> None:
    assert period.first(text) == (shown and datetime.fromisoformat(shown))


def test_an_instant_is_written_in_utc_with_milliseconds() -> None:
    assert period.instant(datetime.fromisoformat("2026-11-23T09:00:00.123999+09:00")) == "2026-11-23T00:00:00.123Z"
