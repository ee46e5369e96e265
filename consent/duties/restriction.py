"""The server asks the lead section to look at a protection or a conflict, and those on a list whom it is to name.

docs/policy.md, D1 and D2.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent import vocabulary
from consent.transition import Transition, violation
from resources.record import coding
from resources.record.problem import Issue

_ANSWER = frozenset({"status", "statusReason", "output", "note", "lastModified", "meta", "text", "id"})


def looked_at_by_the_lead_section(change: Transition) -> Iterator[Issue]:
    """D1: written by the server alone, never deleted, and answered by the lead section."""
    before, after = change.before or {}, change.after or {}
    if not any(vocabulary.RESTRICTION_REVIEW in coding.of(each.get("code")) for each in (before, after)):
        return
    changed = {element for element in set(before) | set(after) if before.get(element) != after.get(element)}
    if changed - _ANSWER:
        text = (
            "that a protection or a conflict is to be looked at is written by the server: answer by `status` and `note`"
        )
        ja = "秘匿や利害の衝突の確認の依頼は、サーバーが作成します。`status` と `note` で答えてください"
        yield violation("D1", text, ja, "Task.code", "forbidden")
    elif vocabulary.LEAD_SECTION not in change.held:
        text = "a protection or a conflict is looked at by the lead section: tell it what it should know"
        ja = "秘匿や利害の衝突を確かめるのは主管課です。知らせたいことは主管課に伝えてください"
        yield violation("D1", text, ja, "Task.status", "forbidden")


def list_asked_by_the_server(change: Transition) -> Iterator[Issue]:
    """D1: whom a list is to name for a meeting or for roles is asked by the server alone; who is asked answers."""
    before, after = change.before or {}, change.after or {}
    if not any(vocabulary.ASK_LIST in coding.of(each.get("code")) for each in (before, after)):
        return
    changed = {element for element in set(before) | set(after) if before.get(element) != after.get(element)}
    if changed - _ANSWER:
        text = (
            "whom a list is to name is asked by the server: put them on the list (`$extend-protection`), and answer by "
            "`status`, `output` and `note`"
        )
        ja = (
            "秘匿の名簿についての問い合わせは、サーバーが作成します。名簿に載せて（`$extend-protection`）から、"
            "`status`、`output`、`note` で答えてください"
        )
        yield violation("D1", text, ja, "Task.code", "forbidden")
