"""What hands a record over, says that it names somebody by mistake, or puts an escalation before the lead section.

docs/policy.md, "handing a record over", "mistakes" and "handing on": begun and answered by an operation; who asked may
take it back.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.transition import Transition, violation
from resources.record import coding
from resources.record.problem import Issue

_BY = {
    **dict.fromkeys(sorted(vocabulary.TRANSFERS), "$transfer"),
    vocabulary.CONFIRM_MISTAKE: "$mark-mistake",
    vocabulary.CONFIRM_PLAN: "$confirm-plan",
    vocabulary.DECIDE_COORDINATION: "$decide-coordination",
}
_BESIDE = frozenset({"statusReason", "note", "lastModified", "meta", "text", "id"})


def answered_by_the_operation(change: Transition) -> Iterator[Issue]:
    """P1: written by the server alone, never deleted; taken back by who asked, answered by `$transfer`, where it says
    that somebody is named by mistake by `$mark-mistake`, and of an escalation by `$decide-coordination`."""
    before, after = change.before or {}, change.after or {}
    codes = coding.of(before.get("code")) | coding.of(after.get("code"))
    by = next((by for code, by in _BY.items() if code in codes), "")
    if not by:
        return
    changed = {element for element in set(before) | set(after) if before.get(element) != after.get(element)}
    if changed - _BESIDE - {"status"}:
        yield violation(
            "P1",
            f"this Task is written by the server: call `{by}` on the record, or the Task, that it is about",
            f"この Task は、サーバーが作成します。その元になる記録や Task に対して `{by}` を呼んで申し出てください",
            "Task.code",
            "forbidden",
        )
    elif changed and not _is_taken_back(change, before, after):
        yield violation(
            "P1",
            f"what is asked is answered by `Task/[id]/{by}` (`accept`); who asked may take it back (`cancelled`)",
            f"申し出には `Task/[id]/{by}`（accept）で答えてください。"
            "申し出た機関は、取り下げる（cancelled）ことができます",
            "Task.status",
            "forbidden",
        )


def _is_taken_back(change: Transition, before: object, after: object) -> bool:
    assert isinstance(before, dict)
    assert isinstance(after, dict)
    theirs = change.custodian in change.facts.keeps
    return theirs and before.get("status") == "requested" and after.get("status") == "cancelled"
