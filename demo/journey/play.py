"""The journey of household H from the sheet to the audit log, step by step, over HTTP.

docs/journey.md
"""

from __future__ import annotations

from collections.abc import Iterator

from demo.credentials import Credentials
from demo.journey import (
    acted,
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
from demo.journey.acted import Step
from demo.journey.narration import Narration

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
    """The whole journey, told as it is acted."""
    return acted.told(base, credentials, STEPS)
