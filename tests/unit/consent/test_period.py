"""Whether a period holds an instant: the days are those of Okayama, and the last one is inside."""

from __future__ import annotations

from datetime import datetime

import pytest

from resources.record import period


@pytest.mark.parametrize(
    ("span", "now", "holds"),
    [
        (None, "2026-11-23T00:00:00+09:00", True),
        ({}, "2026-11-23T00:00:00+09:00", True),
        ({"start": "2026-11-23"}, "2026-11-23T00:00:00+09:00", True),
        ({"start": "2026-11-23"}, "2026-11-22T23:59:59+09:00", False),
        ({"start": "2026-11-23"}, "2026-11-22T15:00:00Z", True),
        ({"start": "2026-11-23"}, "2026-11-22T14:59:59Z", False),
        ({"end": "2026-11-23"}, "2026-11-23T23:59:59.999+09:00", True),
        ({"end": "2026-11-23"}, "2026-11-24T00:00:00+09:00", False),
        ({"end": "2026-11"}, "2026-11-30T23:59:59+09:00", True),
        ({"end": "2026-11"}, "2026-12-01T00:00:00+09:00", False),
        ({"end": "2028-02"}, "2028-02-29T12:00:00+09:00", True),
        ({"start": "2026", "end": "2026"}, "2026-12-31T23:59:59+09:00", True),
        ({"start": "2026", "end": "2026"}, "2027-01-01T00:00:00+09:00", False),
        ({"end": "2026-11-23T10:00:00+09:00"}, "2026-11-23T01:00:00.500Z", True),
        ({"end": "2026-11-23T10:00:00+09:00"}, "2026-11-23T01:00:01Z", False),
        ({"end": "2026-11-23T10:00:00.250+09:00"}, "2026-11-23T01:00:00.251Z", False),
        ({"start": "2026-11-23T10:00:00"}, "2026-11-23T01:00:00Z", True),
        ({"start": "soon"}, "2026-11-23T01:00:00Z", False),
        ({"end": None}, "2026-11-23T01:00:00Z", False),
        ({"end": "2026-13"}, "2026-11-23T01:00:00Z", False),
        ("always", "2026-11-23T01:00:00Z", False),
    ],
)
def test_a_period_holds_whole_local_days_and_its_end(span, now: str, holds: bool) -> None:
    assert period.contains(span, datetime.fromisoformat(now)) is holds


def test_an_instant_is_written_in_utc_with_milliseconds() -> None:
    assert period.instant(datetime.fromisoformat("2026-11-23T09:00:00.123999+09:00")) == "2026-11-23T00:00:00.123Z"
