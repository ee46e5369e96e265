"""A total care plan can be drawn: every service of it says when.

R37 of the domain; slide 17 of the seed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from consent import vocabulary
from consent.transition import Transition, violation
from resources import care_plan, recurrence_words
from resources.record import coding
from resources.record.problem import Issue, Problem

_STAYING = (
    (
        vocabulary.TOTAL_CARE_PLAN,
        "a total care plan stays one: end it (`completed`, `revoked`; `entered-in-error` where it was a mistake), and "
        "write another plan as a new CarePlan",
        "トータルケアプランの区分（category）は外せません。終わらせて（completed、revoked。誤りなら "
        "entered-in-error）、別の計画は新しい CarePlan として書いてください",
    ),
    (
        vocabulary.CASE,
        "a case stays one: end it (`completed`, with `case-outcome`; `entered-in-error` where it was a mistake), and "
        "write what else it is as a new CarePlan",
        "事例の区分（category）は外せません。結果（case-outcome）を書いて終えるか（completed。誤りなら "
        "entered-in-error）、別の計画は新しい CarePlan として書いてください",
    ),
)


def one_for_the_household(change: Transition) -> Iterator[Issue]:
    """R37: the household has one active plan, which is amended; a second beside it is no plan of the whole."""
    plan = change.after or {}
    if vocabulary.TOTAL_CARE_PLAN not in coding.of(plan.get("category")) or plan.get("status") != "active":
        return
    if change.duty_context.others and (change.turns("status") or change.turns("subject") or change.turns("category")):
        yield violation(
            "R37",
            "the household has an active total care plan already: amend that one, or end it first",
            "この世帯には有効なトータルケアプランが既にあります。それを書き直すか、先に終わらせてください",
            "CarePlan.status",
        )


def stays_what_it_is(change: Transition) -> Iterator[Issue]:
    """R37: the case and the total care plan of a household stay that until they end: as something else they would be
    withdrawn from who carries them out, and the case would end without what came of it."""
    before, after = change.before, change.after
    if not before or not after or after.get("status") == "entered-in-error":
        return
    lost = coding.of(before.get("category")) - coding.of(after.get("category"))
    for kind, text, ja in _STAYING:
        if kind in lost:
            yield violation("R37", text, ja, "CarePlan.category")
    plans = vocabulary.TOTAL_CARE_PLAN in coding.of(before.get("category"))
    if plans and after.get("status") == "draft" and before.get("status") not in ("draft", "entered-in-error"):
        yield violation(
            "R37",
            "a total care plan that was in force is no draft again, which who carries it out does not read: put it "
            "`on-hold`, or end it (`completed`, `revoked`)",
            "一度有効にしたトータルケアプランは、下書き（draft）に戻せません。担う人が読めなくなるためです。"
            "保留（on-hold）とするか、終わらせて（completed、revoked）ください",
            "CarePlan.status",
        )


def drawable(change: Transition) -> Iterator[Issue]:
    """A schedule that cannot be understood is refused when it is written, not when the week is looked at."""
    if change.after is None or vocabulary.TOTAL_CARE_PLAN not in coding.of(change.after.get("category")):
        return
    try:
        care_plan.week(change.after, {})
        for place in care_plan.unsaid(change.after):
            text, ja = "say when this service is provided", "このサービスをいつ行うか記入してください"
            yield violation("R37", text, ja, f"CarePlan.activity[{place}].detail.scheduled")
        yield from _clashes(change.after)
    except Problem as problem:
        for issue in problem.issues:
            yield violation("R37", issue.text, issue.ja, issue.at)


def _clashes(plan: Mapping[str, Any]) -> Iterator[Issue]:
    """R37: two services at one time for one person are written all the same, and said."""
    for found in care_plan.clashes(plan):
        day = found.on.isoformat() if found.on else recurrence_words.DAYS_EN[found.day]
        day_ja = found.on.isoformat() if found.on else f"{recurrence_words.DAYS_JA[found.day]}曜日"
        text = f"two services at one time for one person: {day}, {found.at}; put one of them elsewhere, or leave it so"
        ja = f"一人に同じ時間のサービスが二つあります（{day_ja} {found.at}）。どちらかを動かすか、このままにできます"
        for service in (found.one, found.other):
            at = f"CarePlan.activity[{service.place}].detail.scheduled"
            yield replace(violation("R37", text, ja, at), severity="warning")
