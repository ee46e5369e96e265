"""Who has died is asked no more once that is confirmed, on a paper, by somebody else than who asks.

R3 of the domain; docs/policy.md, P3 and "standing", death: for versions recorded after that, as long as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from consent import vocabulary
from consent.rule import Text
from consent.standing import on_paper
from consent.standing.filing import Filing, Kind
from consent.standing.on_paper import OnPaper
from consent.verdict import DIED
from resources.record import deceased, period, reference
from resources.record.problem import Issue


def _amiss(filing: Filing, patient: Mapping[str, Any]) -> Iterator[Issue]:
    asked, since = on_paper.asked(filing.after, "Boolean", "DateTime"), deceased.since(patient)
    if not asked or asked != deceased.said(patient):
        text = (
            "say in the one `input` what the person's record says: the day (`valueDateTime`) or, where none is "
            "known, that they have died (`valueBoolean`); have it written there first (`Patient.deceased`)"
        )
        ja = (
            "その人の記録（Patient の deceased）に書いたとおりに、死亡の日（`valueDateTime`）か、日がわからなければ"
            "死亡したこと（`valueBoolean`）を `input` に一つ書いてください"
        )
        yield on_paper.wrong(text, ja, "input")
    elif since is None or since > period.instant(filing.facts.actor.now):
        text = "nobody has died before birth, or on a day to come: put the day right in the person's record first"
        ja = "生まれる前や、これからの日に死亡したとはいえません。先に、その人の記録の日付を改めてください"
        yield on_paper.wrong(text, ja, "input")


def _stands(filing: Filing) -> str:
    return reference.one(filing.after, "focus")


CONFIRMED = OnPaper(vocabulary.CONFIRM_DEATH, Text("a death", "死亡"), "death-paper", DIED, _amiss, _stands)


def refused(filing: Filing) -> Iterator[Issue]:
    """Why a death may not be asked to be confirmed, or not be answered by who writes it."""
    yield from CONFIRMED.refused(filing)


KIND = Kind(refused, CONFIRMED.judged)
