"""The convener asks agencies to cooperate: they do, or they say why not, and how it could be done.

Ordinance art. 5; R31, R32 and R24 of the domain (slide 13).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import vocabulary
from consent.transition import Transition, violation
from resources.record import coding, envelope, reference, wording
from resources.record.problem import Issue


def asked_by_the_convener(change: Transition) -> Iterator[Issue]:
    """R31: the convener asks for material, opinion or cooperation, for a conference."""
    task = change.after or {}
    if vocabulary.COOPERATE not in coding.of(task.get("code")):
        return
    asks = change.before is None or vocabulary.COOPERATE not in coding.of(change.before.get("code"))
    if asks and vocabulary.CONVENER not in change.held:
        text = "the convener of the conference asks for cooperation: ask the convener"
        ja = "資料・意見・協力を求めるのは支援会議の所管課長です。所管課長に頼んでください"
        yield violation("R31", text, ja, "Task.requester", "forbidden")
    elif not envelope.is_conference(change.look(reference.one(task, "focus"))):
        text, ja = (
            "say for which conference it is asked: `focus`",
            "どの支援会議のためか（focus）を記入してください",
        )
        yield violation("R31", text, ja, "Task.focus")


def answered_or_reasoned(change: Transition) -> Iterator[Issue]:
    """R32: who cannot cooperate says why; R24: and how it could be done."""
    task = change.after or {}
    if vocabulary.COOPERATE not in coding.of(task.get("code")) or task.get("status") != "rejected":
        return
    answers = any(change.turns(element) for element in ("status", "statusReason", "output"))
    if not answers or change.custodian in change.facts.keeps:
        return
    if not wording.tells((task.get("statusReason") or {}).get("text")):
        text = "agencies try to cooperate: who cannot gives the reason (`statusReason.text`)"
        ja = "各機関は協力に努めます。できないときは理由（statusReason.text）を書いてください"
        yield violation("R32", text, ja, "Task.statusReason")
    why = (task.get("statusReason") or {}).get("text")
    if not any(_says_how(output, why) for output in task.get("output") or ()):
        yield violation(
            "R24",
            "not why it cannot be done, but how it could be: an `output` of the type `how-it-could-be-done`",
            "できない理由だけでなく、「どうやったら出来るのか」を、"
            "結果（output、種類は how-it-could-be-done）に書いてください",
            "Task.output",
        )


def _says_how(output: Mapping[str, Any], why: Any) -> bool:
    is_way = "how-it-could-be-done" in coding.codes(output.get("type"), "task-outcome")
    return is_way and wording.offers(output.get("valueString"), why)
