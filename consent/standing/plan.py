"""The total care plan of a household: written by who keeps its case, and by the coordinator for it.

R37 of the domain; docs/policy.md, "standing": others are told so alike, whether or not there is a plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import vocabulary
from consent.standing.filing import Filing, Kind
from consent.verdict import DECIDED, NONE, Verdict
from resources.record import coding, problem, reference
from resources.record.problem import Issue
from resources.search.predicate import term


def refused(filing: Filing) -> Iterator[Issue]:
    """R37: one plan for the household, by who answers for the whole of it."""
    plans = [plan for plan in (filing.before, filing.after) if plan and _is_total(plan)]
    if any(not _answers_for(filing, reference.one(plan, "subject")) for plan in plans):
        yield problem.of_rule(
            "R37",
            "the total care plan is written by the agency that keeps the household's case and by the coordinator who "
            "accepted it: propose it to them",
            "トータルケアプランを書けるのは、世帯の事例を管理する機関と、その調整を引き受けた推進員だけです。"
            "どちらかに提案してください",
            "CarePlan.subject",
            "forbidden",
        )


def judged(filing: Filing) -> Verdict:
    """It counts where its writer answers for the household; and stays as it was decided where nothing changed but
    statuses, days and times, and who of the same agency performs an activity."""
    if not _is_total(filing.after):
        return Verdict(True)
    if any(refused(filing)):
        return NONE
    return Verdict(True, noted=frozenset({_DECIDED}) if _is_as_decided(filing) else frozenset())


KIND = Kind(refused, judged)

_DECIDED = term(DECIDED, "yes")
_OF_ITSELF = frozenset({"id", "meta", "period", "status"})
_WHEN = frozenset({"status", "statusReason", "scheduledTiming", "scheduledPeriod", "performer"})


def _is_as_decided(filing: Filing) -> bool:
    if not filing.had.note(DECIDED) or filing.before is None:
        return False
    elements = set(filing.before) | set(filing.after)
    if filing.changed(*(elements - _OF_ITSELF - {"activity"})):
        return False
    had, has = (body.get("activity") or () for body in (filing.before, filing.after))
    return len(had) == len(has) and all(_is_same(filing, *both) for both in zip(had, has, strict=True))


def _is_same(filing: Filing, before: Any, after: Any) -> bool:
    """The activity, but for when, how far it is, and who of the agency does it."""
    had, has = before.get("detail"), after.get("detail")
    if not isinstance(had, Mapping) or not isinstance(has, Mapping):
        return bool(before == after)
    rest = [{name: part for name, part in each.items() if name != "detail"} for each in (before, after)]
    rest += [{name: part for name, part in each.items() if name not in _WHEN} for each in (had, has)]
    agencies = [
        sorted(sorted(filing.agencies_of(one)) or [one] for one in reference.many(each, "performer"))
        for each in (had, has)
    ]
    return rest[0] == rest[1] and rest[2] == rest[3] and agencies[0] == agencies[1]


def _is_total(plan: Mapping[str, Any]) -> bool:
    return vocabulary.TOTAL_CARE_PLAN in coding.of(plan.get("category"))


def _answers_for(filing: Filing, household: str) -> bool:
    keeping = filing.cases.get(household, frozenset()) & filing.facts.keeps
    return household in filing.coordinating or (bool(keeping) and filing.has_in_care(household))
