"""The coordinator coordinates: taken in on six grounds, from agencies, and never doing the work of a case.

R1, R13, R14 and R15 of the domain (slides 9, 15, 25 and 29).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from consent import vocabulary
from consent.transition import Transition, violation
from resources.record import coding, mistake, reference, wording
from resources.record.problem import Issue

_NEVER_TAKEN_ON = ("draft", "requested")
_CALLS = frozenset({vocabulary.COORDINATE, vocabulary.ESCALATE, vocabulary.INQUIRY})


def holds_no_case(change: Transition) -> Iterator[Issue]:
    """R15: no Task is the coordinator's but one that calls the coordinator, by its case or a request (R12), or asks."""
    task = change.record
    if change.action == "delete" or _CALLS & coding.of(task.get("code")):
        return
    if change.duty_context.is_coordinator(reference.one(task, "owner")):
        yield violation(
            "R15",
            "the coordinator never holds a case: only `coordinate`, `escalate-to-coordinator` and `inquiry` are theirs",
            "推進員は個別ケースを持ちません。担当できるのは、調整の求め（coordinate）、連絡（escalate-to-coordinator）、"
            "問い合わせ（inquiry）だけです",
            "Task.owner",
        )


def says_of_the_sheet(change: Transition) -> Iterator[Issue]:
    """R1: whether the つなぐシート was used is said when a case is brought, since it is counted; a warning."""
    task = change.record
    if change.before is not None or vocabulary.COORDINATE not in coding.of(task.get("code")):
        return
    if not any(isinstance(each.get("valueBoolean"), bool) for each in coding.extension(task, "sheet-used")):
        unsaid = violation(
            "R1",
            "say whether the つなぐシート was used (extension `sheet-used`): until then it counts as brought without",
            "つなぐシートを活用したか（拡張 sheet-used）を記入してください。記入がなければ、活用なしとして数えます",
            "Task.extension",
        )
        yield replace(unsaid, severity="warning")


def monitored(change: Transition) -> Iterator[Issue]:
    """R17: the coordinator monitors until each planned support has started, or was closed with a reason; where nothing
    was planned, the coordination ends for a reason of its own. Who asked takes one that was taken on back alike."""
    task, waiting = change.after or {}, change.duty_context.waiting
    over = task.get("status") == "completed" or (task.get("status") == "cancelled" and _is_taken_on(change))
    if vocabulary.COORDINATE not in coding.of(task.get("code")) or not over:
        return
    if change.turns("status") and waiting:
        yield violation(
            "R17",
            f"{len(waiting)} of the planned supports have not started: the coordinator monitors until each has started "
            f"(`in-progress`) or was closed with a reason (`statusReason`); the first is {waiting[0]}",
            f"計画の支援のうち {len(waiting)} 件がまだ始まっていません。始まる（in-progress）か、"
            f"理由（statusReason）を書いて終えるまで見届けます。最初のものは {waiting[0]} です",
            "Task.status",
        )
    elif change.turns("status") and not change.duty_context.planned and not _tells_why(task):
        yield violation(
            "R17",
            "this household has no total care plan, so no support has started: decide on one first, or say why the "
            "coordination ends without it (`statusReason.text`)",
            "この世帯にはトータルケアプランがなく、支援はまだ導入されていません。先に計画を決めるか、"
            "計画なしに調整を終える理由（statusReason.text）を記入してください",
            "Task.statusReason",
        )


def _is_taken_on(change: Transition) -> bool:
    return (change.before or {}).get("status") in vocabulary.TAKEN_ON


def _tells_why(task: Mapping[str, Any]) -> bool:
    return wording.tells((task.get("statusReason") or {}).get("text"))


def kept(change: Transition) -> Iterator[Issue]:
    """P6: a coordination that may have left its mark on a household is ended: it is neither deleted nor a mistake, and
    stays a coordination."""
    task, after = change.before or {}, change.after
    if vocabulary.COORDINATE not in coding.of(task.get("code")) or task.get("status") in _NEVER_TAKEN_ON:
        return
    if after is None or (change.turns("status") and mistake.is_marked(after)):
        text = "a coordination that was taken on is ended by its status (`completed`, or `cancelled`), and stays"
        ja = "受け付けられた調整は、状態（completed か cancelled）で終わらせ、記録は残します"
        yield violation("P6", text, ja, "Task.status")
    elif vocabulary.COORDINATE not in coding.of(after.get("code")):
        text = "what was a coordination stays one: write another Task"
        ja = "調整の求めの区分は変更できません。別の Task を書いてください"
        yield violation("P6", text, ja, "Task.code")


def performs_nothing(change: Transition) -> Iterator[Issue]:
    """R15: no activity of a plan, no request and no role of a case is carried out by a coordinator, and no care is
    managed by one, in what a record contains either."""
    for at, performer in _performers(change.after or {}):
        if change.duty_context.is_coordinator(performer):
            yield violation(
                "R15",
                "the coordinator supports from behind: name the agency that performs this",
                "推進員は後方支援です。実施する機関を記入してください",
                f"{change.type}.{at}",
            )


def _performers(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Who carries out what a record says, and where it says so."""
    for place, each in enumerate(record.get("contained") or ()):
        if isinstance(each, Mapping):
            yield from ((f"contained[{place}].{at}", name) for at, name in _performers(each))
            if each.get("resourceType") == "Task":
                yield f"contained[{place}].owner", reference.one(each, "owner")
    for manager in reference.many(record, "careManager"):
        yield "careManager", manager
    for place, activity in enumerate(record.get("activity") or ()):
        for performer in reference.many(activity.get("detail") or {}, "performer"):
            yield f"activity[{place}].detail.performer", performer
    for performer in reference.many(record, "performer"):
        yield "performer", performer
    if vocabulary.CASE_TEAM in coding.of(record.get("category")):
        for place, participant in enumerate(record.get("participant") or ()):
            yield f"participant[{place}].member", reference.one(participant, "member")
