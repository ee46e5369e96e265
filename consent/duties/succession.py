"""A successor is named by the lead section alone; an agency that is succeeded does not begin anew while that stands.

docs/policy.md, "succession".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import vocabulary
from consent.transition import Transition, violation
from resources.record import coding, period, reference
from resources.record.problem import Issue

_BESIDE = frozenset({"status", "statusReason", "note", "lastModified", "meta", "text", "id"})


def named_by_the_operation(change: Transition) -> Iterator[Issue]:
    """P1: the Task is the server's; the successor says that it has taken note (`completed`), and nothing else."""
    before, after = change.before or {}, change.after or {}
    if not any(vocabulary.SUCCESSION in coding.of(each.get("code")) for each in (before, after)):
        return
    changed = {element for element in set(before) | set(after) if before.get(element) != after.get(element)}
    if changed - _BESIDE:
        yield violation(
            "P1",
            "who succeeds an agency is named by the lead section: `Organization/[id]/$name-successor`",
            "後を継ぐ機関は、主管課が指定します（`Organization/[id]/$name-successor`）",
            "Task.code",
            "forbidden",
        )
    elif "status" in changed and not _is_noted(change, before, after):
        yield violation(
            "P1",
            "the successor says by `completed` that it has taken note; the lead section undoes the naming by "
            "`Organization/[id]/$name-successor` (`undo`)",
            "後を継いだ機関は、確認したら completed とします。指定を取り消すのは主管課です"
            "（`Organization/[id]/$name-successor` の undo）",
            "Task.status",
            "forbidden",
        )


def stays_ended(change: Transition) -> Iterator[Issue]:
    """P12: two agencies do not keep the same files: one that is succeeded is not active again before that is undone."""
    if (
        change.before is None
        or change.after is None
        or not _is_succeeded(change, f"Organization/{change.record['id']}")
    ):
        return
    if change.before.get("active") is False and change.after.get("active") is not False:
        yield violation(
            "P12",
            "another agency keeps the files of this one: the lead section undoes that first "
            "(`$name-successor`, `undo`), or enter a new agency",
            "この機関の記録は、後を継いだ機関が管理しています。"
            "先に主管課が指定を取り消す（$name-successor の undo）か、新しい機関として登録してください",
            "Organization.active",
        )


def nobody_comes_to_it(change: Transition) -> Iterator[Issue]:
    """P12: nor does anybody get a post there."""
    post = change.after or {}
    if not change.turns("organization") and not change.turns("active") and not change.turns("period"):
        return
    span = period.span(post.get("period"))
    over = span is not None and span[1] <= period.instant(change.facts.actor.now)
    succeeded = _is_succeeded(change, reference.one(post, "organization"))
    if succeeded and post.get("active") is not False and not over:
        yield violation(
            "P12",
            "this agency has ended, and another keeps its files: enter the post at that one",
            "この機関は終わり、別の機関が後を継いでいます。職は後を継いだ機関に登録してください",
            "PractitionerRole.organization",
        )


def _is_noted(change: Transition, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    theirs = reference.one(before, "owner") in change.facts.keeps
    return theirs and (before.get("status"), after.get("status")) == ("requested", "completed")


def _is_succeeded(change: Transition, agency: str) -> bool:
    return bool(change.facts.successions.of_former(agency))
