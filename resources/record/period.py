"""Whether a FHIR period holds an instant: partial dates are whole local days, the end included.

https://hl7.org/fhir/R4/datatypes.html#Period
"""

from __future__ import annotations

import calendar
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from resources.search.relation import FOREVER

TOKYO = ZoneInfo("Asia/Tokyo")


def contains(period: Any, now: datetime) -> bool:
    """True where the period is absent or holds `now` (aware); a bound that cannot be read holds nothing."""
    if period is None:
        return True
    if not isinstance(period, dict):
        return False
    try:
        begun = "start" not in period or first(period["start"]) <= now
        return begun and ("end" not in period or now < after(period["end"]))
    except (ValueError, TypeError):
        return False


def span(period: Any) -> tuple[str, str] | None:
    """The first instant that a Period holds and the first after it, as records keep them; None where it is unreadable.

    An end in the year 9999 is the end of time.
    """
    if period is None:
        return "", FOREVER
    try:
        start = instant(first(period["start"])) if "start" in period else ""
        if "end" not in period or str(period["end"]).startswith("9999"):
            return start, FOREVER
        return start, instant(after(period["end"]))
    except (ValueError, TypeError, OverflowError):
        return None


def first(value: str) -> datetime:
    """The first instant a FHIR date or dateTime may mean."""
    return _parsed(value)[0]


def after(value: str) -> datetime:
    """The first instant after everything a FHIR date or dateTime may mean."""
    return _parsed(value)[1]


def instant(now: datetime) -> str:
    """An aware time as records keep it: UTC, milliseconds."""
    return now.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"


@lru_cache(maxsize=4096)
def _parsed(value: str) -> tuple[datetime, datetime]:
    if "T" in value:
        at = datetime.fromisoformat(value)
        at = at if at.tzinfo else at.replace(tzinfo=TOKYO)
        return at, at + (timedelta(milliseconds=1) if "." in value else timedelta(seconds=1))
    parts = [int(part) for part in value.split("-")]
    if len(parts) == 1:
        return _day(parts[0], 1, 1), _day(parts[0] + 1, 1, 1)
    if len(parts) == 2:
        start = _day(parts[0], parts[1], 1)
        return start, start + timedelta(days=calendar.monthrange(*parts)[1])
    start = _day(*parts)
    return start, start + timedelta(days=1)


def _day(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=TOKYO)
