"""Whether somebody is of age: on the local day of the question, and not where the paper leaves it open."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from resources.record import age


@pytest.mark.parametrize(
    ("born", "below"),
    [
        ("2008-11-24", True),
        ("2008-11-23", False),
        ("2008-12", True),
        ("2008-11", None),
        ("2008-10", False),
        ("2008", None),
        ("2009", True),
        ("2007", False),
        ("0001-01-01", False),
        ("0001", False),
        ("2026-11-23", True),
        ("2026-11-24", None),
        ("2026", True),
        ("9990-01-01", None),
        ("9999-12-31", None),
        ("9999", None),
        ("0000", None),
        ("2008-02-30", None),
        ("unknown", None),
        ("", None),
        (None, None),
        (2008, None),
        ({"value": "2008"}, None),
    ],
)
def test_who_is_a_minor_on_a_day(born: Any, below: bool | None) -> None:
    assert age.is_below(18, born, datetime.fromisoformat("2026-11-23T13:00:00+09:00")) is below


@pytest.mark.parametrize(
    ("born", "now", "below"),
    [
        ("2008-11-23", "2026-11-22T14:59:59Z", True),
        ("2008-11-23", "2026-11-22T15:00:00Z", False),
        ("2008-02-29", "2026-02-28T23:59:59+09:00", True),
        ("2008-02-29", "2026-03-01T00:00:00+09:00", False),
        ("9990-01-01", "9999-12-31T14:59:59Z", True),
        ("9981-12-31", "9999-12-30T14:59:59Z", True),
        ("9981-12-31", "9999-12-31T14:59:59Z", False),
        ("0001-01-01", "0001-01-01T00:00:00Z", True),
    ],
)
def test_a_birthday_begins_at_local_midnight(born: str, now: str, below: bool) -> None:
    assert age.is_below(18, born, datetime.fromisoformat(now)) is below
