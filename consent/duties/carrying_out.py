"""Who carries out a role without having been seated takes it on in person, and acknowledges secrecy by that.

R35 of the domain; docs/policy.md, P13.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import vocabulary
from consent.transition import Transition, violation
from resources.record import coding, reference
from resources.record.problem import Issue


def taken_on_under_secrecy(change: Transition) -> Iterator[Issue]:
    """R35: the person for the plan takes the Task on under their own post, with the secrecy notice acknowledged."""
    task, before = change.after or {}, change.before or {}
    if vocabulary.CARRY_OUT not in coding.of(task.get("code")) or task.get("status") not in vocabulary.TAKEN_ON:
        return
    if before.get("status") in vocabulary.TAKEN_ON and not change.turns("owner"):
        return
    if reference.one(task, "owner") not in change.facts.seats:
        yield violation(
            "R35",
            "a role is taken on by the person who carries it out: name your own post as owner, and accept",
            "役割は、実施する担当者本人が引き受けます。自分の職を担当（owner）に記入して受け付けてください",
            "Task.owner",
        )
    said = [output for output in task.get("output") or () if output not in (before.get("output") or ())]
    if not any(_acknowledges(output) for output in said):
        yield violation(
            "R35",
            "who carries out a role acknowledges the duty of secrecy once: an `output` with a code of `secrecy-notice`",
            "役割を担う人は守秘義務を一度確認します。結果（output）に secrecy-notice の符号を記入してください",
            "Task.output",
        )


def _acknowledges(output: Mapping[str, Any]) -> bool:
    return bool(coding.codes(output.get("valueCodeableConcept"), "secrecy-notice"))
