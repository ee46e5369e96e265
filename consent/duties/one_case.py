"""A household has one open case with an agency: what is found later is written on that one.

R13 and R37 of the domain, §5.3 and decision 13: the case is the household's, with one team and one plan. That two
agencies keep a case each is not told to either (R40).
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.transition import Transition, violation
from resources.record import coding
from resources.record.problem import Issue


def of_a_household(change: Transition) -> Iterator[Issue]:
    """R37: a second open case of the household is not begun beside the one that the same agency keeps."""
    case = change.after or {}
    if vocabulary.CASE not in coding.of(case.get("category")) or case.get("status") != "active":
        return
    begins = change.turns("status") or change.turns("subject") or change.turns("category")
    kept = change.facts.successions.kept_by({change.custodian})
    own = sorted(name for name, keeper in change.duty_context.cases.items() if keeper in kept)
    if begins and own:
        yield violation(
            "R37",
            f"your agency keeps an open case of this household already: go on with `{own[0]}`, or end that first "
            "(`completed`, with `case-outcome`)",
            f"この世帯には、自分の機関が管理する進行中の事例がすでにあります。`{own[0]}` を書き足すか、"
            "結果（case-outcome）を書いて先に終えて（completed）ください",
            "CarePlan.status",
        )
