"""An inquiry to the coordinator: of an agency, answered by the coordinator, and no case by it.

R14 of the domain (slide 15); what came of it is counted as 問い合わせ・相談のみ (slide 25).
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.transition import Transition, violation
from resources.record import coding, reference
from resources.record.problem import Issue

_ANSWERED = (*vocabulary.TAKEN_ON, "completed")


def asked_by_an_agency(change: Transition) -> Iterator[Issue]:
    """R14: an inquiry names the agency that asks, a coordinator as owner, and is answered before it is closed."""
    task = change.record
    if change.action == "delete" or vocabulary.INQUIRY not in coding.of(task.get("code")):
        return
    asker, owner = reference.one(task, "requester"), reference.one(task, "owner")
    agencies = change.duty_context.agencies(asker) or ({asker} if asker.startswith("Organization/") else frozenset())
    if not agencies or agencies & change.duty_context.agencies(owner):
        yield violation(
            "R14",
            "the coordinator is asked by agencies only: name the agency that asks, or a post of it; a citizen is "
            "received by an agency first",
            "推進員が相談を受けるのは相談機関からだけです。問い合わせた機関かその職を記入してください。"
            "市民の相談はまず相談機関で受け付けます",
            "Task.requester",
        )
    if not change.duty_context.is_coordinator(owner):
        yield violation(
            "R14",
            "an inquiry is to a coordinator: name the post of one as owner",
            "問い合わせの相手は推進員です。推進員の職（PractitionerRole）を記入してください",
            "Task.owner",
        )
    answers = task.get("status") in _ANSWERED and change.turns("status")
    if (answers or change.turns("output")) and vocabulary.COORDINATOR not in change.held:
        yield violation(
            "R14",
            "an inquiry is answered by a coordinator, and counted as theirs: who asks may take it back (`cancelled`)",
            "問い合わせに答えるのは推進員です（推進員の実績として数えます）。問い合わせた側は取り下げ（cancelled）られます",
            "Task.status",
            "forbidden",
        )
    if task.get("status") == "completed" and not task.get("output"):
        yield violation(
            "R14",
            "an inquiry ends with its answer: say in an `output` what was advised",
            "問い合わせは答えを書いて終えます。助言したことを `output` に記入してください",
            "Task.output",
        )
