"""A desk of the directory stays with its agency, with what names it; of a pair of programmes both are of one.

docs/policy.md, P12; R45 of the domain (slides 2 and 3).
"""

from __future__ import annotations

from collections.abc import Iterator

from consent.transition import Transition, violation
from resources import programme
from resources.programme import Programme
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


def pair_shares_its_provider(change: Transition) -> Iterator[Issue]:
    """R45: the pair of a programme is on the other side, and run by the same provider; which no desk ever changes."""
    if change.after is None or not (change.turns("extension") or change.turns("eligibility")):
        return
    name, own = programme.named(change.after), programme.read(change.after)
    if name and not _are_a_pair(own, programme.read(change.look(name) or {})):
        yield violation(
            "R45",
            "the pair of a programme (`programme-pair`) is on the other side (`eligibility`, a code of "
            "`programme-side`), and both are of one provider (`providedBy`)",
            "対になる事業（programme-pair）は、もう一方の側（eligibility、programme-side の符号）の事業で、"
            "事業者（providedBy）は同じです",
            "HealthcareService.extension",
        )


def _are_a_pair(one: Programme | None, other: Programme | None) -> bool:
    if one is None or other is None or one.provider != other.provider:
        return False
    return {one.side, other.side} == {programme.IN_HARDSHIP, programme.ASSISTED}
