"""How long a request of another agency waits until it is accepted.

okayama-2019.txt s9, s10; R5: nobody refuses, and silence is no refusal
"""

from __future__ import annotations

from collections.abc import Sequence

from resources.record import coding
from resources.results.source import Counted, Counts, Course, Source, beginning
from resources.search.predicate import all_of, has, none_of

_ASKED = ("requested", "received", "ready")
_TAKEN = ("accepted", "in-progress", "on-hold", "completed")
_HOUR = 3_600_000


def count(courses: Sequence[Course]) -> Counts:
    """`accepted` by the day on which they were, and the hours from asking until then."""
    found = []
    for each in courses:
        asked, taken = each.turned(_ASKED), each.turned(_TAKEN)
        if asked is not None and taken is not None and asked < taken and each.now.get("status") != "entered-in-error":
            hours = (each.instants[taken] - each.instants[asked]) / _HOUR
            found.append(Counted(each.days[taken], hours))
    return {"accepted": found, "hours-to-acceptance": found}


SOURCE = Source(
    frozenset({"accepted", "hours-to-acceptance"}),
    all_of([has(".type", "Task"), none_of(beginning(".code", coding.own("task-code", "")))]),
    count,
)
