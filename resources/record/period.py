"""Whether a FHIR Period holds an instant: yes, no, or it cannot be told.

https://hl7.org/fhir/R4/datatypes.html#Period; docs/policy.md, "three answers".

Partial dates are whole local days, the end is inside. A bound that is written and cannot be read, and a start after the
end, tell nothing. An end in the year 9999 is the end of time; what lies before the calendar is its beginning.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from resources.record import moment
from resources.record.moment import Moment
from resources.search.relation import FOREVER

TOKYO = ZoneInfo("Asia/Tokyo")
"""In which local times are shown; how they are read, `moment` says."""

_LAST_YEAR = "9999"


def contains(period: Any, now: datetime) -> bool | None:
    """Whether a period holds `now` (aware); an absent one holds always. None where it cannot be told.

    A permit needs True; a refusal, a restriction and a mask hold unless it is False.
    """
    held = span(period)
    return None if held is None else held[0] <= instant(now) < held[1]


def span(period: Any) -> tuple[str, str] | None:
    """The first instant that a Period holds and the first after it, as records keep them; None where it cannot be told.

    "" is before every instant and FOREVER after them all: a Period wholly before or after the calendar holds none.
    """
    found = _bounds(period)
    if found is None:
        return None
    start, end = found
    until = FOREVER if end is None or _is_endless(period) else written(end.end)
    return "" if start is None else written(start.start), until


def days(period: Any) -> tuple[date | None, date | None] | None:
    """The first and the last local day of a Period, None for what it leaves open; None where it cannot be told."""
    found = _bounds(period)
    if found is None:
        return None
    start, end = found
    last = None if end is None or _is_endless(period) else moment.local_day(end.end - 1)
    return None if start is None else moment.local_day(start.start), last


def day(said: Any) -> date | None:
    """The one local day that a date names; None where it names none, or a month or year."""
    first, last = (days({"start": said, "end": said}) if isinstance(said, str) else None) or (None, None)
    return first if first == last else None


def is_backwards(period: Mapping[str, Any]) -> bool:
    """Whether a Period surely begins after its end."""
    start, end = (_read(period.get(name)) for name in ("start", "end"))
    return start is not None and end is not None and start.start >= end.end


def first(text: str) -> datetime | None:
    """The first instant that a date or time may mean, in UTC; None where it is none, or no clock can show it."""
    found = _read(text)
    return None if found is None else moment.time(found.start)


def instant(now: datetime) -> str:
    """An aware time as records keep it: UTC, milliseconds."""
    return now.astimezone(UTC).isoformat(timespec="milliseconds")[:23] + "Z"


def written(at: int) -> str:
    """An instant of `moment` as records keep it; "" before the years 1 to 9999 and FOREVER after them."""
    shown = moment.time(at)
    return instant(shown) if shown else "" if at < moment.UNIX else FOREVER


def _bounds(period: Any) -> tuple[Moment | None, Moment | None] | None:
    """Start and end, each None where it is not written; None where what is written tells nothing."""
    if period is None:
        return None, None
    if not isinstance(period, Mapping) or is_backwards(period):
        return None
    start, end = (_read(period.get(name)) for name in ("start", "end"))
    if (start is None and _is_written(period, "start")) or (end is None and _is_written(period, "end")):
        return None
    return start, end


def _is_written(period: Mapping[str, Any], bound: str) -> bool:
    """Whether a Period has a bound: with a value or, as `_start` beside it, with a reason why it has none."""
    return bound in period or f"_{bound}" in period


def _is_endless(period: Mapping[str, Any]) -> bool:
    return str(period["end"]).startswith(_LAST_YEAR)


def _read(value: Any) -> Moment | None:
    return _known(value) if isinstance(value, str) else None


_known = lru_cache(maxsize=4096)(moment.read)
