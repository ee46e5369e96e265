"""A request carries its content to the next agency, and is announced by a word, unless it is clear without.

R9 and R10 of the domain (slide 23: 担当機関へ市民が相談に行くことを一言伝える。相談内容が明らかにわかる場合を除く).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from consent.transition import Transition, violation
from resources.record import coding, reference, wording
from resources.record.problem import Issue

_CONTENT = ("supportingInfo", "reasonCode", "reasonReference", "note", "orderDetail", "code", "category")
_INTRODUCTION = coding.own("communication-category", "introduction")


def content_handed_over(change: Transition) -> Iterator[Issue]:
    """R9: what another agency is asked says what it is about; this is a warning, since the paper may follow."""
    request = change.after or {}
    asked = [name for name in reference.many(request, "performer") if name not in change.facts.identities]
    if change.before is not None or not asked or request.get("status") != "active":
        return
    if not any(request.get(element) for element in _CONTENT):
        missing = violation(
            "R9",
            "hand over the content with the request: the sheet as `supportingInfo`, the concerns as `reasonReference`, "
            "or what it is about as `note`",
            "相談内容を引き継いでください。つなぐシート（supportingInfo）、困りごと（reasonReference）、"
            "または内容（note）を添えます",
            "ServiceRequest.supportingInfo",
        )
        yield replace(missing, severity="warning")


def waived_with_a_reason(change: Transition) -> Iterator[Issue]:
    """R10: no word is sent ahead only where the content is clear, and why it is stands there."""
    for place, said in enumerate((change.after or {}).get("extension") or ()):
        if not str(said.get("url", "")).endswith("/StructureDefinition/notice-waived"):
            continue
        text = said.get("valueString")
        if not wording.tells(text):
            yield violation(
                "R10",
                "no advance word is needed only where the content is clear: say in `notice-waived` why it is, or send "
                "the word (a Communication of the category `introduction`, about this request)",
                "一言伝えなくてよいのは、相談内容が明らかにわかる場合だけです。notice-waived にその理由を書くか、"
                "一言伝える連絡（区分 introduction）を送ってください",
                f"ServiceRequest.extension[{place}].valueString",
            )


def says_a_word(change: Transition) -> Iterator[Issue]:
    """R9: a word sent ahead has a text, and is sent to somebody."""
    word = change.after or {}
    if _INTRODUCTION not in coding.of(word.get("category")) or word.get("status") != "completed":
        return
    texts = (each.get("contentString") for each in word.get("payload") or ())
    if not any(wording.tells(text) for text in texts):
        yield violation(
            "R9",
            "a word sent ahead says that the citizen is coming, and about what: write it as `payload.contentString`",
            "一言伝える連絡には、市民が相談に行くことと内容を書きます（payload.contentString）",
            "Communication.payload",
        )
    if not reference.many(word, "recipient"):
        yield violation(
            "R9",
            "a word sent ahead goes to the agency that is asked: name it as `recipient`",
            "一言は担当機関に伝えます。あて先（recipient）に記入してください",
            "Communication.recipient",
        )
