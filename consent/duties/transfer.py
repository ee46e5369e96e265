"""What hands a record over is begun and answered by `$transfer`; who asked may take it back.

docs/policy.md, "handing a record over".
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.transition import Transition, violation
from resources.record import coding
from resources.record.problem import Issue

_BESIDE = frozenset({"statusReason", "note", "lastModified", "meta", "text", "id"})


def answered_by_the_operation(change: Transition) -> Iterator[Issue]:
    """P1: written by the server alone, never deleted; taken back by who asked, answered by `$transfer`."""
    before, after = change.before or {}, change.after or {}
    if not any(vocabulary.TRANSFERS & coding.of(each.get("code")) for each in (before, after)):
        return
    changed = {element for element in set(before) | set(after) if before.get(element) != after.get(element)}
    if not before or not after or changed - _BESIDE - {"status"}:
        yield violation(
            "P1",
            "the Task by which a record is handed over is written by the server: offer the record by `$transfer`",
            "記録の引き継ぎの Task は、サーバーが作成します。記録に対して `$transfer` を呼んで申し出てください",
            "Task.code",
            "forbidden",
        )
    elif changed and not _is_taken_back(change, before, after):
        yield violation(
            "P1",
            "what is offered is answered by `Task/[id]/$transfer` (`accept`); who asked may take it back (`cancelled`)",
            "引き継ぎの申し出には `Task/[id]/$transfer`（accept）で答えてください。"
            "申し出た機関は、取り下げる（cancelled）ことができます",
            "Task.status",
            "forbidden",
        )


def _is_taken_back(change: Transition, before: object, after: object) -> bool:
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    theirs = change.custodian in change.facts.agencies
    return theirs and before.get("status") == "requested" and after.get("status") == "cancelled"
