"""What the coordinators received, and whether it became a case or stayed an inquiry.

okayama-2019.txt s25: received by the day of intake, ① and ③ by the day on which it was classified; R13, R14
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from resources.record import coding, reference
from resources.results.source import ENDED, Counted, Counts, Course, Source, said
from resources.search.predicate import all_of, has, has_one_of

COORDINATE = coding.own("task-code", "coordinate")
_CODES = (COORDINATE, coding.own("task-code", "escalate-to-coordinator"), coding.own("task-code", "inquiry"))
_TAKEN = frozenset({"accepted", "in-progress", "on-hold", "completed"})
_NEVER = frozenset({"draft", "entered-in-error"})


def count(courses: Sequence[Course]) -> Counts:
    """`receptions` by day of intake; `cases` (with and without a sheet) and `inquiries` by day of classification.

    A Task that is part of an earlier one is the same matter, received once.
    """
    known = {each.name: each for each in courses if each.now.get("status") not in _NEVER}
    matters: dict[str, list[Course]] = {}
    for each in known.values():
        matters.setdefault(_root(each, known), []).append(each)
    found: dict[str, list[Counted]] = {
        name: [] for name in ("receptions", "cases", "cases-with-sheet", "cases-without-sheet", "inquiries")
    }
    for matter in matters.values():
        found["receptions"].append(Counted(min(said(each.now.get("authoredOn"), each.days[0]) for each in matter)))
        taken = [(day, each) for each in matter if (day := _taken(each))]
        if taken:
            day = min(at for at, _ in taken)
            found["cases"].append(Counted(day))
            sheet = any(_sheet(each.now) for each in matter)
            found["cases-with-sheet" if sheet else "cases-without-sheet"].append(Counted(day))
        elif all(each.turned(ENDED) is not None for each in matter):
            found["inquiries"].append(Counted(max(_ended(each) for each in matter)))
    return found


SOURCE = Source(
    frozenset({"receptions", "cases", "cases-with-sheet", "cases-without-sheet", "inquiries"}),
    all_of([has(".type", "Task"), has_one_of(".code", _CODES)]),
    count,
)


def _root(each: Course, known: Mapping[str, Course]) -> str:
    """The first Task of the matter that this one is part of."""
    passed = {each.name}
    while above := next((name for name in reference.many(each.now, "partOf") if name in known), ""):
        if above in passed:
            return min(passed)
        passed.add(above)
        each = known[above]
    return each.name


def _taken(each: Course) -> date | None:
    """The day on which a coordinator took it on as a case."""
    at = each.turned(_TAKEN) if COORDINATE in coding.of(each.now.get("code")) else None
    return None if at is None else said(_during(each.now).get("start"), each.days[at])


def _ended(each: Course) -> date:
    at = each.turned(ENDED)
    return said(_during(each.now).get("end"), each.days[-1 if at is None else at])


def _during(task: Mapping[str, Any]) -> Mapping[str, Any]:
    found = task.get("executionPeriod")
    return found if isinstance(found, Mapping) else {}


def _sheet(task: Mapping[str, Any]) -> bool:
    return any(each.get("valueBoolean") is True for each in coding.extension(task, "sheet-used"))
