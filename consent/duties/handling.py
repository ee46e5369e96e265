"""How a record is to be handled: withheld by its keeper from who signs for another, or not classified yet.

docs/policy.md, P7 and D5.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import vocabulary
from consent.relations import told_of
from consent.transition import Transition, violation
from resources.record import coding, wording
from resources.record.problem import Issue

Resource = Mapping[str, Any]


def withheld_with_a_reason(change: Transition) -> Iterator[Issue]:
    """P7: only the agency that keeps a record withholds it from who signs for another, and with a reason."""
    had, has = (list(_labels(each, vocabulary.WITHHELD)) for each in (change.before, change.after))
    new = [each for each in has if each not in had]
    if new and change.custodian not in change.facts.keeps:
        text = "only the agency that keeps this record withholds it from who signs for another"
        ja = "代理人に示さないとすることができるのは、この記録を管理する機関だけです"
        yield violation("P7", text, ja, f"{change.type}.meta.security", "forbidden")
    for label in new:
        said = [each.get("valueString") for each in coding.extension(label, "withheld-reason")]
        if not any(map(wording.tells, said)):
            text = "say why it is withheld: the extension `withheld-reason` of the label"
            ja = "代理人に示さない理由を、表示の拡張 `withheld-reason` に書いてください"
            yield violation("P7", text, ja, f"{change.type}.meta.security")


def marked_by_the_server(change: Transition) -> Iterator[Issue]:
    """D5: only the server marks what an import could not classify, and what belongs to such a record; who keeps
    it takes the mark off."""
    had, has = (any(_labels(each, vocabulary.UNCLASSIFIED)) for each in (change.before, change.after))
    if has and not had and change.type not in told_of.ELEMENT:
        text = "only the server marks a record as `unclassified`, when it takes it in"
        ja = "`unclassified` の表示は、取り込みの時にサーバーだけが付けます"
        yield violation("D5", text, ja, f"{change.type}.meta.security")


def _labels(resource: Resource | None, wanted: str) -> Iterator[Resource]:
    meta = (resource or {}).get("meta")
    for label in meta.get("security") or () if isinstance(meta, Mapping) else ():
        if wanted in coding.of(label):
            yield label
