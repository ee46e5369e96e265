"""Another day of birth than was registered stands once it is confirmed, on a paper, by somebody else than who asks.

R3 of the domain; docs/policy.md, "standing", birth date: who may sign, and until when, is asked of the day that stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import vocabulary
from consent.rule import Text
from consent.standing import on_paper
from consent.standing.filing import Filing, Kind
from consent.standing.on_paper import OnPaper
from consent.verdict import BORN
from resources.record import period
from resources.record.problem import Issue


def _amiss(filing: Filing, patient: Mapping[str, Any]) -> Iterator[Issue]:
    born = on_paper.asked(filing.after, "Date")
    if not born or born != patient.get("birthDate"):
        text = (
            "say the date in the one `input` (`valueDate`), as the person's record has it: have it written there first"
        )
        ja = (
            "確認する生年月日を `input` の `valueDate` に一つ書いてください。その人の記録と同じ日付でなければなりません"
        )
        yield on_paper.wrong(text, ja, "input")


def _stands(filing: Filing) -> str:
    return f"{period.instant(filing.facts.actor.now)} {on_paper.asked(filing.after, 'Date')}"


CONFIRMED = OnPaper(
    vocabulary.CONFIRM_BIRTH_DATE, Text("a birth date", "生年月日"), "birth-paper", BORN, _amiss, _stands
)


def refused(filing: Filing) -> Iterator[Issue]:
    """Why another birth date may not be asked to be confirmed, or not be answered by who writes it."""
    yield from CONFIRMED.refused(filing)


KIND = Kind(refused, CONFIRMED.judged)
