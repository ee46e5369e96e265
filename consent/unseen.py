"""What a writer may not carry into a record of which not all is shown to him: a value that is not harmless and not his.

docs/policy.md, D1: refused alike, whether or not there is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import orjson

from consent.contributions import AGENCY
from consent.facts import Facts
from consent.redaction import Redaction, withheld
from resources.record import envelope, problem, reference
from resources.record.problem import Problem
from resources.record.version import Version

_OWNERS = {"Task": frozenset({"statusReason", "businessStatus", "output", "note", "text", "owner"})}
"""The elements in which the owner of a request answers."""


def check(redaction: Redaction, before: Version, old: Mapping[str, Any], sent: Mapping[str, Any], facts: Facts) -> None:
    """Raises Problem `forbidden` naming the first element that is not its writer's to fill.

    Who first wrote the record fills every element of it, the owner of a request those in which it answers; officers
    whom each protection names are shown all.
    """
    if envelope.origin(before.terms).author == facts.writer:
        return
    answers = _OWNERS.get(before.type, frozenset()) if _owns(old, facts) else frozenset()
    shown = Counter(_key(path, value) for _, path, value in withheld(redaction.harmless, redaction.show(old)))
    for _, path, value in withheld(redaction.harmless, sent):
        key = _key(path, value)
        if shown[key]:
            shown[key] -= 1
        elif path[0] not in answers:
            raise Problem("forbidden", _refusal(before.type, path))


def _owns(task: Mapping[str, Any], facts: Facts) -> bool:
    owner = reference.one(task, "owner")
    agencies = {row.relation.to for row in facts.world.rows(AGENCY, owner) if row.holds(facts.world)}
    return bool({owner, *agencies} - {""} & facts.identities)


def _key(path: tuple[str, ...], value: Any) -> tuple[tuple[str, ...], bytes]:
    return path, orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _refusal(type: str, path: tuple[str, ...]) -> problem.Issue:
    at = ".".join(path)
    text = (
        f"somebody's place is protected here: `{at}` is written by who first wrote the record, by its owner in the "
        "answer, and by the officers whom the protection names; write a record of your own instead"
    )
    ja = (
        f"居所が秘匿された人の記録です。`{at}` を書けるのは、最初に書いた人、回答欄の担当者、秘匿の名簿にある職員です。"
        "自分の記録として別に書いてください"
    )
    return problem.of_rule("D1", text, ja, f"{type}.{at}", "forbidden")
