"""What is surely past, whichever way the clock jumps: nothing that is spent or revoked is forgotten sooner.

docs/operations.md, "time"
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime

MARGIN = 24 * 3600.0
"""Seconds for which what has ended is kept all the same: a clock set wrongly before the start is off by less."""


class Passed:
    """The time as far as it has gone by while this process lasted, however the clock was set meanwhile."""

    def __init__(self, clock: Callable[[], datetime], lasting: Callable[[], float] = time.monotonic) -> None:
        self._lasting = lasting
        self._begun, self._from = clock().timestamp(), lasting()

    def surely(self, now: float) -> float:
        """What ended before this may be forgotten."""
        return min(now, self._begun + self._lasting() - self._from) - MARGIN
