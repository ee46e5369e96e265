"""The coordinator coordinates: taken in on six grounds, from agencies, and never doing the work of a case.

R13, R14 and R15 of the domain (slides 9, 15 and 29).
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.transition import Transition, violation
from resources.record import coding, reference
from resources.record.problem import Issue


def grounded(change: Transition) -> Iterator[Issue]:
    """R13: a coordination Task names one of the six grounds; R14: an agency asks; R15: no other Task is theirs."""
    task = change.record
    if change.action == "delete":
        return
    if vocabulary.COORDINATE in coding.of(task.get("code")):
        yield from _intake(change)
    elif _is_coordinator(change, reference.one(task, "owner")):
        yield violation(
            "R15",
            "the coordinator never holds a case: only a coordination Task may be theirs",
            "推進員は個別ケースを持ちません。担当できるのは調整の Task だけです",
            "Task.owner",
        )


def performs_nothing(change: Transition) -> Iterator[Issue]:
    """R15: no activity of a plan is performed by a coordinator."""
    for place, activity in enumerate((change.after or {}).get("activity") or ()):
        performers = reference.many(activity.get("detail") or {}, "performer")
        if any(_is_coordinator(change, performer) for performer in performers):
            yield violation(
                "R15",
                "the coordinator supports from behind: name the agency that performs this",
                "推進員は後方支援です。実施する機関を記入してください",
                f"CarePlan.activity[{place}].detail.performer",
            )


def _intake(change: Transition) -> Iterator[Issue]:
    task = change.record
    if not coding.codes(task.get("reasonCode"), "coordination-ground"):
        yield violation(
            "R13",
            "the coordinator takes a case on one of six grounds: give one of `coordination-ground`",
            "推進員は六つの理由のいずれかで受け付けます。理由（coordination-ground）を記入してください",
            "Task.reasonCode",
        )
    requester = reference.one(task, "requester").partition("/")[0]
    if requester not in ("Organization", "PractitionerRole", "Practitioner"):
        yield violation(
            "R14",
            "the coordinator takes cases from agencies only: have an agency receive the citizen first",
            "推進員は相談機関からの相談を受け付けます。まず相談機関で受け付けてください",
            "Task.requester",
        )


def _is_coordinator(change: Transition, name: str) -> bool:
    found = change.look(name) if name.startswith("PractitionerRole/") else None
    return bool(found) and vocabulary.COORDINATOR in coding.codes((found or {}).get("code"), "role")
