"""What the agencies answered in the yearly survey: whether they feel close links with the others.

okayama-2019.txt s22, KPI ② 「関係機関との密な連携がとれている」; Questionnaire `agency-survey`; docs/numbers.md
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from resources.record import coding
from resources.results.source import Counted, Counts, Course, Source, beginning, fiscal_year, said
from resources.search.predicate import all_of, has

QUESTIONNAIRE = f"{coding.BASE}/Questionnaire/agency-survey"
_ASKED = "close-cooperation"
_AGREEING = frozenset({"agree", "rather-agree"})
_COUNTS = ("completed", "amended")


def count(courses: Sequence[Course]) -> Counts:
    """`agencies-asked` and of them `agencies-agreeing`, each agency once a fiscal year, by its last answer."""
    last: dict[tuple[str, int], tuple[date, int, frozenset[str]]] = {}
    for each in courses:
        answered = each.now
        if (
            answered.get("status") not in _COUNTS
            or str(answered.get("questionnaire", "")).partition("|")[0] != QUESTIONNAIRE
        ):
            continue
        day = said(answered.get("authored"), each.days[0])
        key, found = (each.custodian, fiscal_year(day)), (day, each.instants[-1], frozenset(_answers(answered)))
        last[key] = max(last.get(key, found), found, key=lambda one: one[:2])
    asked = [Counted(day) for day, _, codes in last.values() if codes]
    return {
        "agencies-asked": asked,
        "agencies-agreeing": [Counted(day) for day, _, codes in last.values() if codes & _AGREEING],
    }


SOURCE = Source(
    frozenset({"agencies-asked", "agencies-agreeing"}),
    all_of([has(".type", "QuestionnaireResponse"), beginning("questionnaire", QUESTIONNAIRE)]),
    count,
)


def _answers(answered: Mapping[str, Any]) -> Iterator[str]:
    for item in answered.get("item") or ():
        if isinstance(item, Mapping) and item.get("linkId") == _ASKED:
            for answer in item.get("answer") or ():
                yield from coding.codes(answer.get("valueCoding"), "survey-answer")
