"""That somebody is an adult's guardian is confirmed by the lead section: who asks for it does not answer.

R3 of the domain; docs/policy.md, "standing", signature.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.transition import Transition, violation
from resources.record import coding
from resources.record.problem import Issue


def by_the_lead_section(change: Transition) -> Iterator[Issue]:
    """R3: the Task that asks for it is `completed` by the lead section alone, and asks of nobody else thereafter."""
    task = change.after
    if not task or vocabulary.LEAD_SECTION in change.held:
        return
    if not any(_confirms(each) for each in (change.before, task) if each):
        return
    was, now = ((each or {}).get("status") == "completed" for each in (change.before, task))
    if now or was:
        text = "that somebody is a guardian is confirmed by the lead section, to whom the Task is addressed"
        ja = "後見人であることの確認は主管課が行います。主管課あての依頼として送ってください"
        yield violation("R3", text, ja, "Task.status", "forbidden")


def _confirms(task: object) -> bool:
    return isinstance(task, dict) and vocabulary.CONFIRM_GUARDIAN in coding.of(task.get("code"))
