"""The journey of household K from the hospital to the closing, step by step, over HTTP, by other agencies than H's.

docs/journey.md
"""

from __future__ import annotations

from collections.abc import Iterator

from demo import template
from demo.credentials import Credentials
from demo.journey.city import City
from demo.journey.narration import Narration
from demo.journey.play import Step
from demo.journey_k import discharge, household, meeting, support
from demo.people import People

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
    """Act the whole journey against the server at this FHIR base; it stops after a step that did not hold."""
    people = People(base, credentials)
    city = City(people, template.SECOND)
    try:
        for step in STEPS:
            narration = step(city)
            yield from narration
            if not all(each.held for each in narration):
                return
    finally:
        people.close()
