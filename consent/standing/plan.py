"""The total care plan of a household: written by who keeps its case, and by the coordinator for it.

R37 of the domain; docs/policy.md, "standing": others are told so alike, whether or not there is a plan.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import verdict, vocabulary
from consent.standing.filing import Filing, Kind
from consent.verdict import NONE, Verdict
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
    """It counts where its writer answers for the household, and a case where who keeps it has the household in care.
    What is written in an open conference on the case is decided there, and stays so while who carries it out alters no
    more than when it is done, by whom of one agency, and how far it is."""
    if not _is_total(filing.after):
        case = vocabulary.CASE in coding.of(filing.after.get("category"))
        return Verdict(not case or filing.has_in_care(reference.one(filing.after, "subject")))
    if any(refused(filing)):
        return NONE
    sits = reference.one(filing.after, "subject") in filing.sitting
    stands = bool(filing.had.note(verdict.DECIDED)) and _is_carried_out(filing)
    return Verdict(True, noted=frozenset({term(verdict.DECIDED, "yes")}) if sits or stands else frozenset())


KIND = Kind(refused, judged)


_MOVES = frozenset({"status", "statusReason", "scheduledTiming", "scheduledPeriod", "scheduledString", "performer"})
_STANDS = frozenset({"meta", "text", "note", "status", "period", "activity", "careTeam"})


def _is_carried_out(filing: Filing) -> bool:
    """Whether of what was decided nothing changes but status, days, times, the end, or the performer of one agency."""
    before, after = filing.before or {}, filing.after
    others = (set(before) | set(after)) - _STANDS
    if any(before.get(element) != after.get(element) for element in others):
        return False
    had, has = (list(_activities(filing, plan)) for plan in (before, after))
    return had == has


def _activities(filing: Filing, plan: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], frozenset[str]]]:
    """Each activity without what may move, and the agencies that perform it."""
    for activity in plan.get("activity") or ():
        detail = activity.get("detail") or {}
        agencies = frozenset().union(*(filing.agencies_of(one) for one in reference.many(detail, "performer")))
        kept = {name: value for name, value in detail.items() if name not in _MOVES}
        yield activity | {"detail": kept, "progress": []}, agencies


def _is_total(plan: Mapping[str, Any]) -> bool:
    return vocabulary.TOTAL_CARE_PLAN in coding.of(plan.get("category"))


def _answers_for(filing: Filing, household: str) -> bool:
    keeping = filing.cases.get(household, frozenset()) & filing.facts.agencies
    return household in filing.coordinating or (bool(keeping) and filing.has_in_care(household))
