"""The time of a simulated city: it goes on as it is told, and a little with each request, and never back.

docs/simulate.md; docs/settings.md, "simulated time"
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone

TOKYO = timezone(timedelta(hours=9))

_MORNING = time(8, 30)
_REQUEST = timedelta(milliseconds=200)
"""A quarter of a million requests fit into a day."""


class DrivenClock:
    """Called, it says what time it is."""

    def __init__(self, day: date) -> None:
        self._now = datetime.combine(day, _MORNING, TOKYO)

    def __call__(self) -> datetime:
        return self._now

    def turn(self, day: date) -> None:
        """It is the morning of this day, if it is not later already."""
        self._now = max(self._now, datetime.combine(day, _MORNING, TOKYO))

    def go_on(self) -> None:
        self._now += _REQUEST
