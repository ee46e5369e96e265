"""That somebody was confirmed as a guardian stays on record: the wards of guardians sign no grant of their own.

R3 of the domain; docs/policy.md, "standing", signature.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.transition import Transition, violation
from resources.record import coding
from resources.record.problem import Issue


def kept(change: Transition) -> Iterator[Issue]:
    """R3: a confirmation that was given is not deleted; the guardian's own record says that they are one no more."""
    task = change.before or {}
    if change.action != "delete" or vocabulary.CONFIRM_GUARDIAN not in coding.of(task.get("code")):
        return
    if task.get("status") == "completed":
        text = "a confirmed guardian stays confirmed: end the `period` of the RelatedPerson instead"
        ja = "後見人の確認は削除できません。後見が終わったときは、続柄（RelatedPerson）の期間を終わらせてください"
        yield violation("R3", text, ja, "Task.status")
