"""An age that was said of somebody is counted on by full years, and says nothing of the day of birth."""

from __future__ import annotations

from datetime import date

import pytest

from resources import sheet_member


@pytest.mark.parametrize(
    ("value", "code", "then", "on", "age"),
    [
        (70, "a", "2019-04-05", date(2019, 4, 5), 70),
        (70, "a", "2019-04-05", date(2020, 4, 4), 70),
        (70, "a", "2019-04-05T10:00:00+09:00", date(2021, 4, 5), 72),
        (0, "a", "2019-04-05", date(2020, 4, 5), 1),
        (6, "mo", "2019-04-05", date(2019, 4, 5), None),
        (70, "a", "2019-04-05", date(2019, 4, 4), None),
        (70, "a", "2019", date(2019, 4, 5), None),
        (149, "a", "2019-04-05", date(2021, 4, 5), None),
    ],
)
def test_an_age_that_was_said_is_counted_on_by_full_years(
    value: int, code: str, then: str, on: date, age: int | None
) -> None:
    stated = {"valueQuantity": {"value": value, "code": code}, "effectiveDateTime": then}
    assert sheet_member.age_by(stated, on) == age
