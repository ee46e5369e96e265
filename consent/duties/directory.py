"""A desk of the directory stays with its agency: open requests and consents that name it would go with it.

docs/policy.md, P12.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent.transition import Transition, violation
from resources.record import reference
from resources.record.problem import Issue


def desk_stays(change: Transition) -> Iterator[Issue]:
    """P12: a desk is never moved to another agency; it is closed (`active`), and the other agency opens one."""
    if change.before is None or change.after is None:
        return
    if reference.one(change.before, "providedBy") != reference.one(change.after, "providedBy"):
        yield violation(
            "P12",
            "a desk never changes the agency that it is of: close it (`active` false) and enter another",
            "窓口の機関は変更できません。閉じて（active を false に）から、新しい窓口を登録してください",
            "HealthcareService.providedBy",
        )
