"""One thing that happened on the journey, as it is told to the onlooker.

docs/journey.md
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Narration:
    """Who did what, what the server answered, why, and whether that is what the ordinance wants.

    `reason` is the server's own: of the OperationOutcome, or of `$explain-access` where the refusal says nothing.
    """

    step: str
    who: str
    ja: str
    en: str
    status: int
    allowed: bool
    reason: str
    rules: tuple[str, ...]
    held: bool
    expected: str
