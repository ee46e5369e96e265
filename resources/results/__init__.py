"""What is counted, from which records: all of it on one screen.

docs/numbers.md
"""

from __future__ import annotations

from resources.results import acceptance, gap, meeting, outcome, reception, survey
from resources.results.source import Source

SOURCES: tuple[Source, ...] = (
    reception.SOURCE,
    meeting.SOURCE,
    outcome.SOURCE,
    survey.SOURCE,
    gap.SOURCE,
    acceptance.SOURCE,
)
