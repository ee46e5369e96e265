"""The meetings that were held, by kind: several cases at one sitting are one meeting.

okayama-2019.txt s25 ②; R20, R25
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from resources.record import coding
from resources.results.source import Counted, Counts, Course, Source, beginning, said
from resources.search.predicate import all_of, has

_HELD = ("in-progress", "onleave", "finished")
SITTING = f"{coding.BASE}/sid/sitting"
"""The system of the identifier that the meetings of one sitting share."""


def count(courses: Sequence[Course]) -> Counts:
    """`meetings-of:` each kind, by the day on which they were held."""
    found: dict[str, dict[str, Counted]] = {}
    for each in courses:
        at = each.turned(_HELD)
        if at is None or each.now.get("status") not in _HELD:
            continue
        period = each.now.get("period")
        day = said(period.get("start") if isinstance(period, Mapping) else None, each.days[at])
        for kind in sorted(coding.codes(each.now.get("type"), "conference-kind"))[:1]:
            found.setdefault(f"meetings-of:{kind}", {}).setdefault(_sitting(each.now) or each.name, Counted(day))
    return {name: tuple(sittings.values()) for name, sittings in found.items()}


SOURCE = Source(
    frozenset({"meetings-of"}),
    all_of([has(".type", "Encounter"), beginning(".code", coding.own("conference-kind", ""))]),
    count,
)


def _sitting(meeting: Mapping[str, Any]) -> str:
    named = (each for each in meeting.get("identifier") or () if isinstance(each, Mapping))
    return next((str(each.get("value", "")) for each in named if each.get("system") == SITTING), "")
