"""When a desk is open, by the local clock and the Japanese calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from resources import opening, working_day
from resources.opening import Opening
from resources.record.period import TOKYO

WEEKDAYS = ["mon", "tue", "wed", "thu", "fri"]
HOURS = {"daysOfWeek": WEEKDAYS, "availableStartTime": "08:30:00", "availableEndTime": "17:15:00"}
DESK: dict[str, Any] = {"resourceType": "HealthcareService", "availableTime": [HOURS]}
ALWAYS = {"coding": [{"system": "https://tsunagu.example/fhir/CodeSystem/desk", "code": "open-on-holidays"}]}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ("2026-11-26T08:29:59", Opening(False, opens=at("2026-11-26T08:30"))),
        ("2026-11-26T08:30:00", Opening(True, closes=at("2026-11-26T17:15"))),
        ("2026-11-26T17:15:00", Opening(False, opens=at("2026-11-27T08:30"))),
        ("2026-11-27T18:00:00", Opening(False, opens=at("2026-11-30T08:30"))),  # over the weekend
        ("2026-11-23T10:00:00", Opening(False, opens=at("2026-11-24T08:30"), holiday="勤労感謝の日")),
        ("2026-09-21T10:00:00", Opening(False, opens=at("2026-09-24T08:30"), holiday="敬老の日")),  # 国民の休日 between
        ("2026-12-28T18:00:00", Opening(False, opens=at("2027-01-04T08:30"))),
        ("2026-12-29T10:00:00", Opening(False, opens=at("2027-01-04T08:30"), holiday="年末年始")),
    ],
)
def test_a_desk_of_weekdays_is_closed_on_holidays_and_says_when_it_opens(when: str, said: Opening) -> None:
    assert opening.of(DESK, at(when)) == said


def test_a_desk_may_say_that_it_is_open_on_holidays() -> None:
    assert opening.of(DESK | {"characteristic": [ALWAYS]}, at("2026-11-23T10:00")).is_open is True


def test_of_a_desk_without_hours_nothing_is_known() -> None:
    assert opening.of({"resourceType": "HealthcareService"}, at("2026-11-26T10:00")) == Opening()


def test_a_desk_is_away_for_as_long_as_it_says() -> None:
    away = {"notAvailable": [{"description": "改修", "during": {"start": "2026-11-25", "end": "2026-11-29"}}]}
    assert opening.of(DESK | away, at("2026-11-26T10:00")) == Opening(False, opens=at("2026-11-30T08:30"))
    for_good = {"notAvailable": [{"description": "休止", "during": {"start": "2026-11-25"}}]}
    assert opening.of(DESK | for_good, at("2026-11-26T10:00")) == Opening(False)


def test_hours_may_go_over_midnight_and_all_day_is_the_whole_day() -> None:
    night = {"availableTime": [{"availableStartTime": "22:00:00", "availableEndTime": "06:00:00"}]}
    assert opening.of(night, at("2026-11-26T05:00")) == Opening(True, closes=at("2026-11-26T06:00"))
    whole = {"availableTime": [{"allDay": True, "daysOfWeek": ["thu"]}]}
    assert opening.of(whole, at("2026-11-26T23:59")) == Opening(True, closes=at("2026-11-27T00:00"))


def test_what_cannot_be_read_opens_nothing() -> None:
    odd = {"availableTime": [{"availableStartTime": "25:00:00", "availableEndTime": "x"}, {"daysOfWeek": ["mon"]}]}
    assert opening.of(odd, at("2026-11-26T10:00")) == Opening(False)


def test_working_days_pass_over_weekends_holidays_and_new_year() -> None:
    assert working_day.after(date(2026, 11, 20), 1) == date(2026, 11, 24)
    assert working_day.after(date(2026, 12, 28), 1) == date(2027, 1, 4)
    assert working_day.after(date(2026, 11, 26), 0) == date(2026, 11, 26)
    assert [working_day.is_one(date(2026, 11, day)) for day in (20, 21, 22, 23, 24)] == [
        True,
        False,
        False,
        False,
        True,
    ]
    assert working_day.after(date.max, 3) == date.max
