"""The journey of household K from the hospital to the closing, step by step, over HTTP, by other agencies than H's.

docs/journey.md
"""

from __future__ import annotations

from collections.abc import Iterator

from demo import template
from demo.credentials import Credentials
from demo.journey import acted
from demo.journey.acted import Step
from demo.journey.narration import Narration
from demo.journey_k import discharge, household, meeting, support

STEPS: tuple[Step, ...] = (
    discharge.ask,
    discharge.hand_over,
    household.file,
    household.protect,
    household.refuse,
    meeting.bring,
    meeting.meet,
    meeting.advise,
    meeting.decide,
    support.carry_out,
    support.start,
    support.end,
)


def play(base: str, credentials: Credentials) -> Iterator[Narration]:
    """The whole journey, told as it is acted."""
    return acted.told(base, credentials, STEPS, template.SECOND)
