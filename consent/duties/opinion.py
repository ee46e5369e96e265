"""Who says in a meeting what cannot be done also says how it could be: in its material, by word, in the minutes.

R24 of the domain (slide 13: 「どうやったら出来るのか」を一緒に考えていくことが大切です). Of a cooperation that is
declined `cooperation` asks it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent.transition import Transition, violation
from resources import conference
from resources.record import coding, wording
from resources.record.problem import Issue


def says_how(change: Transition) -> Iterator[Issue]:
    """R24: where `cannot` is given, `how` tells something; also while the paper is not complete, since it is read."""
    record = change.after or {}
    if record.get("status") == "entered-in-error":
        return
    places = _answers(record) if change.type == "QuestionnaireResponse" else _opinions(record, change.type)
    for at, cannot, how in places:
        if cannot and not wording.offers(how, cannot):
            yield violation(
                "R24",
                "not why it cannot be done, but how it could be: say it in `how`, beside `cannot`",
                "できない理由だけでなく、「どうやったら出来るのか」を how に書いてください（できないことは cannot）",
                at,
            )


def _answers(paper: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    if str(paper.get("questionnaire", "")).partition("|")[0] != conference.MATERIAL:
        return
    said = {item.get("linkId"): _answer(item) for item in paper.get("item") or ()}
    yield "QuestionnaireResponse.item.where(linkId='how')", said.get("cannot"), said.get("how")


def _answer(item: Mapping[str, Any]) -> Any:
    return next((one["valueString"] for one in item.get("answer") or () if "valueString" in one), None)


def _opinions(node: Mapping[str, Any], at: str) -> Iterator[tuple[str, Any, Any]]:
    """Of the record and, of minutes, of each section, however deep."""
    for said in coding.extension(node, "constructive-opinion"):
        parts = {part.get("url"): part.get("valueString") for part in said.get("extension") or ()}
        yield f"{at}.extension", parts.get("cannot"), parts.get("how")
    for place, section in enumerate(node.get("section") or ()):
        yield from _opinions(section, f"{at}.section[{place}]")
