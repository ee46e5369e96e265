"""What an agency assessed is put in order for a meeting, under the five headings of the city, before it is complete.

R23 of the domain (slide 13: 各機関でアセスメントした情報を整理します);
profiles/tsunagu/Questionnaire-conference-material.json.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent.transition import Transition, violation
from resources import conference
from resources.record import envelope, reference, wording
from resources.record.problem import Issue

HEADINGS = ("problems", "surroundings", "wish", "supporters", "resources")
_DONE = ("completed", "amended")


def put_in_order(change: Transition) -> Iterator[Issue]:
    """R23: the material is of a meeting, and says something under each heading, be it that there is nothing."""
    paper = change.after or {}
    if str(paper.get("questionnaire", "")).partition("|")[0] != conference.MATERIAL:
        return
    if not envelope.is_conference(change.look(reference.one(paper, "encounter"))):
        yield violation(
            "R23",
            "the material is of a meeting: name the conference (Encounter) as `encounter`",
            "整理する資料は会議のものです。会議（Encounter）を encounter に記入してください",
            "QuestionnaireResponse.encounter",
        )
    if paper.get("status") not in _DONE:
        return
    said = {str(item.get("linkId")) for item in paper.get("item") or () if _tells(item)}
    for heading in HEADINGS:
        if heading not in said:
            yield violation(
                "R23",
                f"put in order what was assessed under `{heading}`; where there is nothing, say so (特になし)",
                f"「{heading}」の欄に、アセスメントした情報を整理してください。ないときは「特になし」と書きます",
                f"QuestionnaireResponse.item.where(linkId='{heading}')",
            )


def _tells(item: Mapping[str, Any]) -> bool:
    texts = (each.get("valueString") for each in item.get("answer") or ())
    return any(wording.tells(text) for text in texts)
