"""In which fiscal year a day lies: April to March, in leap years too."""

from __future__ import annotations

from datetime import date

import pytest

from resources import fiscal_year
from resources.results import source


@pytest.mark.parametrize(
    ("day", "year"),
    [("2019-03-31", 2018), ("2019-04-01", 2019), ("2020-01-01", 2019), ("2020-03-31", 2019), ("2020-04-01", 2020)],
)
def test_a_fiscal_year_ends_with_march(day: str, year: int) -> None:
    on = date.fromisoformat(day)
    assert source.fiscal_year(on) == year
    [span] = fiscal_year.spans(on, on)
    assert span.name == next(each.name for each in fiscal_year.spans(date(year, 5, 1), date(year, 5, 1)))
