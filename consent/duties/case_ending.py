"""A case ends with what came of it; one that was not resolved is reviewed.

R44 of the domain (slide 22, KPI ③ 「解決に至らなかった複合課題ケースの検証件数」).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import ended_case, under_way, vocabulary
from consent.transition import Transition, violation
from resources import case_ending
from resources.record import coding, reference, wording
from resources.record.problem import Issue

_OVER = ended_case.OVER
_GIVEN_UP = ("cancelled", "rejected", "failed", "entered-in-error", "draft")


def stays_as_it_ended(change: Transition) -> Iterator[Issue]:
    """R44: what came of a case that has ended stays, with its review, and is what is counted: that it was not resolved
    after all may be written, since it is reviewed then. One that is marked as a mistake comes back as it had ended."""
    after, ended = change.after or {}, change.duty_context.ended or change.before or {}
    if not ended_case.is_one(ended):
        return
    had, has, status = case_ending.read(ended), case_ending.read(after), after.get("status")
    if status == "entered-in-error":
        return
    if status not in _OVER or vocabulary.CASE not in coding.of(after.get("category")):
        yield violation(
            "R44",
            "a case that has ended stays so, and is counted: what comes of the household now is a new case; one that "
            "never was a case is marked `entered-in-error`",
            "終わった事例は、件数に数えられた記録として残り、再開も削除もできません。その後のことは新しい事例とし、"
            "事例ではなかったものは entered-in-error としてください",
            "CarePlan.status",
        )
    elif has != had and not (had.outcome == case_ending.RESOLVED and has.outcome == case_ending.UNRESOLVED):
        yield violation(
            "R44",
            "what came of a case stays as it ended, with its review (`case-outcome`): what was found out since is said "
            "in the review (`output`), or is a new case; that a case was not resolved after all may be written",
            "終わった事例の結果と検証（case-outcome）は書き換えられません。後で分かったことは検証の Task（output）に"
            "書くか、新しい事例としてください。解決していなかったと改めることはできます",
            "CarePlan.extension",
        )


def with_its_outcome(change: Transition) -> Iterator[Issue]:
    """R44: a case that is ended says whether it was resolved, and where it was not, names the Task of its review."""
    case = change.after or {}
    was = (change.before or {}).get("status")
    ended, had = case_ending.read(case), case_ending.read(change.before or {})
    if vocabulary.CASE not in coding.of(case.get("category")) or case.get("status") not in _OVER:
        return
    if was in _OVER and (not ended.outcome or ended.outcome == had.outcome):
        return
    if not ended.outcome:
        yield violation(
            "R44",
            "say what came of the case: extension `case-outcome` with `resolved` or `unresolved`",
            "事例を終えるときは結果（拡張 case-outcome：resolved か unresolved）を記入してください",
            "CarePlan.extension",
        )
    elif ended.outcome == case_ending.UNRESOLVED:
        review = change.look(ended.review) if ended.review else None
        own = f"CarePlan/{case.get('id', '')}"
        if not review or not _reviews(review) or reference.one(review, "focus") != own:
            yield violation(
                "R44",
                "a case that was not resolved is reviewed: name in `case-outcome` (`review`) a Task `case-review` "
                "whose focus is this case; it may be written in the same transaction, and completed later",
                "解決に至らなかった事例は検証します。この事例を focus とする検証の Task（case-review）を "
                "case-outcome の review に示してください。同じトランザクションで作り、後で終えてかまいません",
                "CarePlan.extension",
            )


def reviewed(change: Transition) -> Iterator[Issue]:
    """R44: a review is of a case, ends with what was learnt, and stays as it ended; what is learnt later is added."""
    task = change.record
    if not any(_reviews(each) for each in (change.before, change.after)):
        return
    if change.action == "delete" or not _reviews(task):
        text, ja = "the review of a case stays on record", "事例の検証の記録は消せません"
        yield violation("R44", text, ja, "Task.code")
        return
    if under_way.REVIEWED in change.duty_context.under_way:
        text = "the review of a case that has ended stays with it: write another review for the other case"
        ja = "終わった事例の検証は、その事例のものです。別の事例の検証は、新しい Task として書いてください"
        yield violation("R44", text, ja, "Task.focus")
    if not reference.one(task, "focus").startswith("CarePlan/"):
        text, ja = (
            "a review is of a case: name its CarePlan as focus",
            "検証する事例（CarePlan）を focus に記入してください",
        )
        yield violation("R44", text, ja, "Task.focus")
    had = change.before or {}
    if _reviews(had) and had.get("status") == "completed" and not _goes_on_from(had, task):
        yield violation(
            "R44",
            "a review that is completed stays so, with what was learnt: add what was found out since (`output`)",
            "終わった検証は再開できず、分かったことも消せません。後で分かったことは `output` に書き足してください",
            "Task.status" if task.get("status") != "completed" else "Task.output",
        )
    elif task.get("status") == "completed" and not any(map(_learnt, task.get("output") or ())):
        yield violation(
            "R44",
            "a review ends with what was learnt from it: say it in an `output`",
            "検証は、分かったことを `output` に書いて終えます",
            "Task.output",
        )
    elif change.before and task.get("status") in _GIVEN_UP and change.turns("status"):
        text, ja = (
            "an unresolved case is reviewed: the review goes on until it is `completed`",
            ("解決に至らなかった事例の検証は取りやめられません。`completed` になるまで進めてください"),
        )
        yield violation("R44", text, ja, "Task.status")


def _goes_on_from(had: Mapping[str, Any], review: Mapping[str, Any]) -> bool:
    said = review.get("output") or ()
    return review.get("status") == "completed" and all(each in said for each in had.get("output") or ())


def _learnt(output: Mapping[str, Any]) -> bool:
    text = output.get("valueString") or output.get("valueMarkdown")
    return bool(reference.one(output, "valueReference")) or wording.tells(text)


def _reviews(task: object) -> bool:
    return isinstance(task, dict) and vocabulary.CASE_REVIEW in coding.of(task.get("code"))
