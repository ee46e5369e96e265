"""Every reference that may stand where something is asked of who reads: also of what an agency had that has ended.

docs/policy.md, "succession"; docs/worklist.md
"""

from __future__ import annotations

from consent.reading.reading import Reading
from consent.relations import people_of_agency


async def of(reading: Reading) -> frozenset[str]:
    """With the desks and posts of the agencies that the reader's succeeds. Nothing is opened by it that is not opened
    already."""
    known = reading.facts
    left = await people_of_agency.left(reading.view, known.succeeded) if known.succeeded else frozenset[str]()
    return known.answers | left
