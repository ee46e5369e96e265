"""Whether somebody is younger than so many years on a day: yes, no, or it cannot be told.

https://hl7.org/fhir/R4/patient-definitions.html#Patient.birthDate; docs/policy.md, "three answers"
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from resources.record import moment, period


def is_below(years: int, born: Any, now: datetime) -> bool | None:
    """Whether whoever was born on this date has not reached an age on the local day of `now`.

    None where it cannot be told: no date, one still to come, or a year or month in which the day may have been or not.
    """
    first, last = period.days({"start": born, "end": born}) or (None, None)
    today = moment.local_day(moment.of(now))
    if first is None or last is None or first > today:
        return None
    below, reached = _on(today) < _on(first, years), _on(last, years) <= _on(today)
    return below if below or reached else None


def _on(day: date, years: int = 0) -> tuple[int, int, int]:
    """A day so many years later, for comparing: 29 February comes before 1 March in every year."""
    return day.year + years, day.month, day.day
