"""The journey of household H from the sheet to the audit log, step by step, over HTTP.

docs/journey.md
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from demo.credentials import Credentials
from demo.journey import (
    conference,
    consent,
    coordination,
    ending,
    explaining,
    reading,
    referral,
    roles,
    secrecy,
    sheet,
)
from demo.journey.city import City
from demo.journey.narration import Narration
from demo.people import People

Step = Callable[[City], list[Narration]]

STEPS: tuple[Step, ...] = (
    sheet.file_sheet,
    sheet.protect_sister,
    sheet.withhold_concern,
    consent.sign,
    referral.route,
    referral.refer,
    referral.refuse_and_accept,
    reading.read_with_consent,
    reading.find_nothing,
    coordination.bring,
    coordination.take_on,
    conference.list_members,
    conference.convene,
    conference.answer_roster_check,
    conference.open_meeting,
    conference.enter,
    secrecy.keep_secret,
    roles.decide,
    roles.plan,
    ending.close_conference,
    ending.revoke_consent,
    explaining.explain,
    explaining.review,
)


def play(base: str, credentials: Credentials) -> Iterator[Narration]:
    """Act the whole journey against the server at this FHIR base; it stops after a step that did not hold."""
    people = People(base, credentials)
    city = City(people)
    try:
        for step in STEPS:
            narration = step(city)
            yield from narration
            if not all(each.held for each in narration):
                return
    finally:
        people.close()
