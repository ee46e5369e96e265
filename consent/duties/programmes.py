"""Crossing into or out of public assistance keeps the plan and who provides: a programme is followed by its pair.

R45 of the domain (slides 2 and 3).
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.transition import Transition, violation
from resources import programme
from resources.record import coding
from resources.record.problem import Issue


def followed_by_its_pair(change: Transition) -> Iterator[Issue]:
    """R45: where an activity goes from a programme of one side to one of the other, it goes to its pair."""
    before, after = change.before, change.after
    if not before or not after or vocabulary.TOTAL_CARE_PLAN not in coding.of(after.get("category")):
        return
    known = change.duty_context.programmes
    was = {(place, at): name for place, at, name in programme.performers(before)}
    for place, at, name in programme.performers(after):
        had, has = known.get(was.get((place, at), "")), known.get(name)
        if had and has and had.side != has.side and had.pair and had.pair != name:
            yield violation(
                "R45",
                f"crossing into or out of public assistance keeps who provides: name the paired programme "
                f"`{had.pair}`, or use `$cross-programmes`",
                f"生活保護に入っても出ても、支援する事業者は変わりません。対になる事業（`{had.pair}`）を記入するか、"
                "`$cross-programmes` を使ってください",
                f"CarePlan.{programme.PLACES.format(place, at)}",
            )
