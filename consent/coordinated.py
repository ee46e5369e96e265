"""What a coordination still waits for: the supports of the household's plan, and of each that came of it by division.

R17 of the domain; docs/policy.md, "dividing".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from consent import evidence, in_view, verdict, vocabulary
from consent.in_view import Sees
from resources import division, unstarted
from resources.record import reference
from resources.search.predicate import Predicate, all_of, has, has_one_of
from resources.store.port import Query, Snapshot

COORDINATED: Predicate = has_one_of(".type", ("CarePlan", "Group", "Task"))
"""Under this it is asked which plans there are; who ends the coordination is told how many supports have not begun."""

_NO_PLAN = ("draft", "entered-in-error")


async def supports(task: Mapping[str, Any], view: Snapshot, sees: Sees) -> tuple[tuple[str, ...], bool]:
    """Those that have neither started nor been closed with a reason, and whether each household has, or had, a plan: of
    what who ends it reads."""
    households = await _households(task, view)
    if not households:
        return (), False
    own = [has(".type", "CarePlan"), has(".code", vocabulary.TOTAL_CARE_PLAN), has_one_of(".household", households)]
    stored = (await view.find(Query(all_of(own)), within=COORDINATED)).versions
    found = [evidence.body(each) for each in await in_view.those(stored, sees)]
    plans = [each for each in found if each.get("status") not in _NO_PLAN]
    planned = {reference.one(each, "subject") for each in plans} & households
    return unstarted.supports(_of(plans, households)), planned == households


async def _households(task: Mapping[str, Any], view: Snapshot) -> frozenset[str]:
    """The household that is coordinated; where it was divided, what came of it."""
    stored = await view.get("Task", str(task.get("id")), within=COORDINATED)
    fixed = verdict.read(stored.terms).fixed if stored else frozenset[str]()
    groups = {reference.one(task, "for"), *(name for name in fixed if name.startswith("Group/"))} - {""}
    over = set[str]()
    for name in sorted(groups) if len(groups) > 1 else ():
        group = await view.get(*name.split("/"), within=COORDINATED)
        over |= {name} if group and division.is_over(evidence.body(group)) else set()
    return frozenset(groups - over)


def _of(plans: Iterable[Mapping[str, Any]], households: frozenset[str]) -> list[Mapping[str, Any]]:
    return [each for each in plans if reference.one(each, "subject") in households]
