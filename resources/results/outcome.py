"""How complex cases ended, and which of those that were not resolved have been reviewed.

okayama-2019.txt s22, KPI ① and ③; R44
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from resources import case_ending
from resources.record import coding
from resources.results.source import Counted, Counts, Course, Source, said
from resources.search.predicate import all_of, any_of, has

_OVER = ("completed", "revoked")


def count(courses: Sequence[Course]) -> Counts:
    """`resolved`, `unresolved` and of these `unreviewed` cases by the day on which they ended, `reviewed` ones by the
    day of their review."""
    reviews = {each.name: day for each in courses if each.name.startswith("Task/") and (day := _done(each))}
    found: dict[str, list[Counted]] = {name: [] for name in ("resolved", "unresolved", "unreviewed", "reviewed")}
    for each in courses:
        at, ended = each.turned(_OVER), case_ending.read(each.now)
        if not each.name.startswith("CarePlan/") or at is None or each.now.get("status") not in _OVER:
            continue
        day = said((each.now.get("period") or {}).get("end"), each.days[at])
        if ended.outcome in found:
            found[ended.outcome].append(Counted(day))
        if ended.outcome == case_ending.UNRESOLVED and ended.review in reviews:
            found["reviewed"].append(Counted(reviews[ended.review]))
        elif ended.outcome == case_ending.UNRESOLVED:
            found["unreviewed"].append(Counted(day))
    return found


SOURCE = Source(
    frozenset({"resolved", "unresolved", "unreviewed", "reviewed"}),
    any_of(
        [
            all_of([has(".type", "CarePlan"), has(".code", coding.own("record-category", "case"))]),
            all_of([has(".type", "Task"), has(".code", coding.own("task-code", "case-review"))]),
        ]
    ),
    count,
)


def _done(review: Course) -> date | None:
    at = review.turned(("completed",))
    return None if at is None else said((review.now.get("executionPeriod") or {}).get("end"), review.days[at])
