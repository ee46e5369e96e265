"""From which day a version of the directory holds: what it says itself, or else the day on which it was written.

docs/directory.md, "dates": a list of another day can still be asked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from resources.record import coding, moment, period

Resource = Mapping[str, Any]

NAME = "in-force"
ACTIVE = ("active", "on-hold", "suspended")


def begins(resource: Resource) -> date:
    """The first day on which this version holds."""
    said = days(resource)
    if said and said[0]:
        return said[0]
    written = moment.read(str((resource.get("meta") or {}).get("lastUpdated", "")))
    return moment.local_day(written.start) if written else date.min


def is_to_come(resource: Resource, day: date) -> bool:
    """Whether it says of itself that it begins after this day: what says nothing has begun as it was written."""
    said = days(resource)
    return bool(said and said[0] and said[0] > day)


def holds(resource: Resource, day: date) -> bool:
    """Whether what this version tells of stands on a day on which it is the one that counts."""
    said = days(resource)
    ended = bool(said and said[1] and said[1] < day)
    return not ended and resource.get("active") is not False and resource.get("status", "active") in ACTIVE


def on(versions: Iterable[Resource], day: date) -> Resource | None:
    """Of the versions of one record, the oldest first, the one that counts on a day; None where none stands then.

    A later version that begins on or before the beginning of an earlier one has corrected it.
    """
    counting: Resource | None = None
    for each in versions:
        if begins(each) <= day:
            counting = each
    return counting if counting is not None and holds(counting, day) else None


def days(resource: Resource) -> tuple[date | None, date | None] | None:
    """The days between which it says that it holds, a post by its period; None where nothing can be told."""
    said = [each.get("valuePeriod") for each in coding.extension(resource, NAME)] or [resource.get("period")]
    return period.days(said[0]) if said[0] else None
