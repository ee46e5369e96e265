"""What divides a household is begun and answered by `$divide`; who asked may take it back.

docs/policy.md, "dividing".
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.transition import Transition, violation
from resources.record import coding
from resources.record.problem import Issue

_BESIDE = frozenset({"statusReason", "note", "lastModified", "text", "id"})
_MARKS = frozenset({"versionId", "lastUpdated", "source"})


def answered_by_the_operation(change: Transition) -> Iterator[Issue]:
    """P1: written by the server alone, never deleted nor opened by another label; taken back by who asked, answered by
    `$divide`."""
    before, after = change.before or {}, change.after or {}
    if not any(vocabulary.DIVIDE in coding.of(each.get("code")) for each in (before, after)):
        return
    changed = {name for name in {*before, *after} - {"meta"} if before.get(name) != after.get(name)}
    labelled = [
        {key: each for key, each in body.get("meta", {}).items() if key not in _MARKS} for body in (before, after)
    ]
    if labelled[0] != labelled[1] or changed - _BESIDE - {"status"}:
        yield violation(
            "P1",
            "the Task by which a household is divided is written by the server: call `$divide` on the Group",
            "世帯を分ける Task は、サーバーが作成します。世帯（Group）に対して `$divide` を呼んで求めてください",
            "Task.code",
            "forbidden",
        )
    elif changed and not (
        change.custodian in change.facts.keeps
        and (before.get("status"), after.get("status")) == ("requested", "cancelled")
    ):
        yield violation(
            "P1",
            "the lead section answers by `Task/[id]/$divide` (`accept`); who asked may take it back (`cancelled`)",
            "主管課は `Task/[id]/$divide`（accept）で答えます。求めた機関は、取り下げる（cancelled）ことができます",
            "Task.status",
            "forbidden",
        )
