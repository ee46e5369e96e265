"""That somebody is an adult's guardian is confirmed by the lead section: who asks for it does not answer.

R3 of the domain; docs/policy.md, "standing", signature.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import vocabulary
from consent.standing.filing import Filing, Kind
from consent.verdict import NONE, Verdict
from resources.record import coding, problem
from resources.record.problem import Issue


def refused(filing: Filing) -> Iterator[Issue]:
    """R3: the Task that asks for it is `completed` by the lead section alone, and asks of nobody else thereafter."""
    if vocabulary.LEAD_SECTION in filing.held or not any(_confirms(task) for task in (filing.before, filing.after)):
        return
    if "completed" in filing.status():
        text = "that somebody is a guardian is confirmed by the lead section, to whom the Task is addressed"
        ja = "後見人であることの確認は主管課が行います。主管課あての依頼として送ってください"
        yield problem.of_rule("R3", text, ja, "Task.status", "forbidden")


def judged(filing: Filing) -> Verdict:
    """It counts as the lead section confirmed it; whether it was asked for as it must be is for the request."""
    return NONE if any(refused(filing)) else Verdict(True)


KIND = Kind(refused, judged)


def _confirms(task: Mapping[str, Any] | None) -> bool:
    return vocabulary.CONFIRM_GUARDIAN in coding.of((task or {}).get("code"))
