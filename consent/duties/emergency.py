"""An emergency access is reviewed by the lead section, and never by who had it; the server alone writes the Task.

docs/policy.md, P8.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import vocabulary
from consent.transition import Transition, violation
from resources.record import coding, reference
from resources.record.problem import Issue

Resource = Mapping[str, Any]

_ANSWER = frozenset({"status", "statusReason", "output", "note", "lastModified", "meta", "text", "id"})
_COURSE = ("requested", "received", "accepted", "in-progress", "on-hold", "completed")


def reviewed_by_the_lead_section(change: Transition) -> Iterator[Issue]:
    """P8: only `$break-glass` writes the review, only the lead section answers it, and it ends with an outcome."""
    if not any(_reviews(each) for each in (change.before, change.after) if each):
        return
    before, after = change.before, change.after
    if before is None or after is None or not _reviews(before):
        text = "the review of an emergency access is written by `$break-glass` alone, and is never deleted"
        ja = "緊急閲覧の審査の依頼は `$break-glass` だけが作成し、削除できません"
        yield violation("P8", text, ja, "Task.code", "forbidden")
        return
    if vocabulary.LEAD_SECTION not in change.held or reference.one(before, "requester") in change.facts.seats:
        text = "an emergency access is reviewed by the lead section, and not by who had it"
        ja = "緊急閲覧を審査するのは主管課です。閲覧した本人は審査できません"
        yield violation("P8", text, ja, "Task.status", "forbidden")
        return
    for element in sorted(set(before) | set(after)):
        if element not in _ANSWER and before.get(element) != after.get(element):
            text = f"`{element}` of a review stands: it is answered by `status`, `output` and `note`"
            ja = f"審査の依頼の `{element}` は変更できません。`status`・`output`・`note` で答えてください"
            yield violation("P8", text, ja, f"Task.{element}")
    yield from _outcome(before, after)


def _outcome(before: Resource, after: Resource) -> Iterator[Issue]:
    if before.get("status") == "completed" and any(before.get(one) != after.get(one) for one in ("status", "output")):
        text, ja = "what was reviewed is final", "済んだ審査は変更できません"
        yield violation("P8", text, ja, "Task.status")
    elif after.get("status") not in _COURSE:
        text = f"a review is done, not refused: it goes on ({', '.join(_COURSE[1:-1])}) until it is `completed`"
        ja = "審査は取りやめられません。`completed` になるまで進めてください"
        yield violation("P8", text, ja, "Task.status")
    elif after.get("status") == "completed" and not _found(after):
        text = "a review ends with its outcome: an `output` with a code of `emergency-outcome`"
        ja = "審査は結果（`output` に `emergency-outcome` の符号）を書いて終えます"
        yield violation("P8", text, ja, "Task.output")


def _found(task: Resource) -> bool:
    said = (each.get("valueCodeableConcept") for each in task.get("output") or ())
    return any(coding.codes(each, "emergency-outcome") for each in said)


def _reviews(task: Resource) -> bool:
    return vocabulary.EMERGENCY_REVIEW in coding.of(task.get("code"))
