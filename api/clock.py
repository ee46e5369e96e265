"""The one clock of a server: what it says goes with a call, and nothing else in `api` and `consent` looks at the time.

docs/settings.md, "simulated time"
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Gives an aware time that never goes back."""


def system() -> datetime:
    """The machine's own time."""
    return datetime.now(UTC)
