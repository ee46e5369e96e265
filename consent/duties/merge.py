"""What asks for a merge is begun and answered by `$merge`; who asked may take it back.

docs/policy.md, "merging two Patients".
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.transition import Transition, violation
from resources.record import coding
from resources.record.problem import Issue

_BESIDE = frozenset({"statusReason", "note", "lastModified", "meta", "text", "id"})


def answered_by_the_operation(change: Transition) -> Iterator[Issue]:
    """P1: written by the server alone, never deleted; taken back by who asked, answered and undone by `$merge`."""
    before, after = change.before or {}, change.after or {}
    if not any(vocabulary.MERGES & coding.of(each.get("code")) for each in (before, after)):
        return
    changed = {element for element in set(before) | set(after) if before.get(element) != after.get(element)}
    status = (before.get("status"), after.get("status"))
    taken_back = change.custodian in change.facts.keeps and status == ("requested", "cancelled")
    if changed - _BESIDE - {"status"}:
        yield violation(
            "P1",
            "the Task by which Patients are merged is written by the server: ask for it by `Patient/$merge`",
            "Patient の統合の Task は、サーバーが作成します。`Patient/$merge` を呼んで求めてください",
            "Task.code",
            "forbidden",
        )
    elif changed and not taken_back:
        yield violation(
            "P1",
            "a merge is answered by `Task/[id]/$merge` (`accept`), and undone by `Patient/$merge` (`undo`); who asked "
            "may take it back (`cancelled`)",
            "統合の求めには `Task/[id]/$merge`（accept）で答え、取り消しは `Patient/$merge`（undo）で求めてください。"
            "求めた機関は、返事の前なら取り下げる（cancelled）ことができます",
            "Task.status",
            "forbidden",
        )
