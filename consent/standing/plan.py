"""The total care plan of a household: written by who keeps its case, and by the coordinator for it.

R37 of the domain; docs/policy.md, "standing": others are told so alike, whether or not there is a plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import vocabulary
from consent.standing.filing import Filing, Kind
from consent.verdict import NONE, Verdict
from resources.record import coding, problem, reference
from resources.record.problem import Issue


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
    """It counts where its writer answers for the household."""
    if not _is_total(filing.after):
        return Verdict(True)
    return NONE if any(refused(filing)) else Verdict(True)


KIND = Kind(refused, judged)


def _is_total(plan: Mapping[str, Any]) -> bool:
    return vocabulary.TOTAL_CARE_PLAN in coding.of(plan.get("category"))


def _answers_for(filing: Filing, household: str) -> bool:
    keeping = filing.cases.get(household, frozenset()) & filing.facts.agencies
    return household in filing.coordinating or (bool(keeping) and filing.has_in_care(household))
