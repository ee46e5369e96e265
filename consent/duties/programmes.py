"""Crossing into or out of public assistance keeps the plan and who provides: a programme is followed by its pair.

R45 of the domain (slides 2 and 3).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import vocabulary
from consent.transition import Transition, violation
from resources import programme
from resources.programme import Programme
from resources.record import coding
from resources.record.problem import Issue

_IN_FORCE = ("active", "on-hold", "completed", "revoked", "unknown")
"""The statuses of a plan that is more than a draft."""


def followed_by_its_pair(change: Transition) -> Iterator[Issue]:
    """R45: a programme that has a pair leaves a plan that is or was active as ended, or is followed by its pair: else
    one of the other side would come in its place in a second step. And one of one side is followed by its pair where
    one of the other side comes, wherever in the plan they stand; also where the plan ends and another begins, as long
    as it went on there."""
    after, (keeper, former) = change.after, change.duty_context.former
    if not after or vocabulary.TOTAL_CARE_PLAN not in coding.of(after.get("category")):
        return
    if change.before:
        replaced = list(_left(change.before, after, change.duty_context.programmes))
        yield from replaced or _unsaid(change.before, after, change.duty_context.programmes)
    if change.turns("status") and keeper in change.facts.successions.kept_by({change.custodian}):
        yield from _left(former, after, change.duty_context.programmes)


def _left(before: Mapping[str, Any], after: Mapping[str, Any], known: Mapping[str, Programme]) -> Iterator[Issue]:
    """The programmes of one side that one plan leaves and that are not followed by their pairs in the next."""
    had, has, stays = _named(before), _named(after), _named(after, over=True)
    gone = [each for name, each in known.items() if name in had - stays and each.pair]
    left = {each.pair: each for each in gone if each.pair not in has}
    expected = {each.pair for each in gone}
    for place, at, name in programme.performers(after):
        came = known.get(name)
        if came is None or name in had | expected:
            continue
        if pair := next((pair for pair in sorted(left) if left[pair].side != came.side), ""):
            yield violation(
                "R45",
                f"crossing into or out of public assistance keeps who provides: name the paired programme `{pair}`, or "
                "use `$cross-programmes`; what has ended stays in its plan as `completed`",
                f"生活保護に入っても出ても、支援する事業者は変わりません。対になる事業（`{pair}`）を記入するか、"
                "`$cross-programmes` を使ってください。終わった支援は、終わった（completed）ものとして計画に残します",
                f"CarePlan.{programme.PLACES.format(place, at)}",
            )


def _unsaid(before: Mapping[str, Any], after: Mapping[str, Any], known: Mapping[str, Programme]) -> Iterator[Issue]:
    """The programmes with a pair that a plan that is or was active no longer names, and of which it does not say that
    they ended."""
    if before.get("status") not in _IN_FORCE or after.get("status") == "entered-in-error":
        return
    gone, has = _named(before) - _named(after, over=True), _named(after)
    for name in sorted(gone):
        if name in known and known[name].pair and known[name].pair not in has:
            yield violation(
                "R45",
                f"the programme `{name}` does not leave the plan unsaid: what has ended stays in it as `completed`, "
                "what will not be as `cancelled`, what was a mistake as `entered-in-error`; a household that crosses "
                "is followed by `$cross-programmes`",
                f"事業（`{name}`）を、何も言わずに計画から消すことはできません。終わったものは completed、"
                "行わないことにしたものは cancelled、誤りは entered-in-error として計画に残します。"
                "生活保護に入る・出るときは `$cross-programmes` を使ってください",
                "CarePlan.activity",
            )


def _named(plan: Mapping[str, Any], *, over: bool = False) -> frozenset[str]:
    return frozenset(name for _, _, name in programme.performers(plan, over=over))
