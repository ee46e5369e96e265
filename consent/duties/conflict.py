"""A conflict of interest is declared by its operation and ended by the lead section; nothing else of it changes.

docs/policy.md, D2.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import vocabulary
from consent.transition import Transition, violation
from resources.record import coding, reference
from resources.record.problem import Issue

_ENDED = frozenset({"status", "period", "meta", "text", "id"})
_STATUSES = ("active", "inactive")


def ended_by_the_lead_section(change: Transition) -> Iterator[Issue]:
    """D2: only `$declare-conflict` writes it, only the lead section ends it, none of them their own, and it is never
    deleted."""
    if not any(_is_conflict(each) for each in (change.before, change.after) if each):
        return
    before, after = change.before, change.after
    if before is None or after is None or not _is_conflict(before):
        text = "a conflict of interest is declared by `$declare-conflict` alone, and is ended, never deleted"
        ja = "利害の衝突は `$declare-conflict` で届け出ます。終わらせることはできますが、削除できません"
        yield violation("D2", text, ja, "Flag.category", "forbidden")
    elif vocabulary.LEAD_SECTION not in change.held:
        text, ja = "a conflict of interest is ended by the lead section", "利害の衝突を終わらせるのは主管課です"
        yield violation("D2", text, ja, "Flag.status", "forbidden")
    elif change.facts.actor.person in {reference.one(each, "valueReference") for each in _staff(before)}:
        text = "nobody ends a conflict of interest of their own: another of the lead section does"
        ja = "自分の利害の衝突は、自分では終わらせられません。主管課の別の職員が終わらせてください"
        yield violation("D2", text, ja, "Flag.status", "forbidden")
    else:
        for element in sorted(set(before) | set(after)):
            if element not in _ENDED and before.get(element) != after.get(element):
                text = f"`{element}` of a declaration stands: end it (`inactive`), and let it be declared anew"
                ja = f"届出の `{element}` は変更できません。終わらせて（`inactive`）、届け出直してください"
                yield violation("D2", text, ja, f"Flag.{element}")
        if after.get("status") not in _STATUSES:
            text, ja = "a declaration is ended as `inactive`", "届出は `inactive` として終わらせます"
            yield violation("D2", text, ja, "Flag.status")


def _is_conflict(flag: Mapping[str, Any]) -> bool:
    return vocabulary.CONFLICT in coding.of(flag.get("category"))


def _staff(flag: Mapping[str, Any]) -> list[Any]:
    return list(coding.extension(flag, "staff-person"))
