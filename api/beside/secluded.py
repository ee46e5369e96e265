"""Work beside the requests: a protection that was broken off in the middle is settled as the records now say.

docs/operations.md, "work beside the requests"; docs/policy.md, D1
"""

from __future__ import annotations

from api.clock import Clock
from consent.acts import secluding
from consent.gate import Gate

EVERY = 5.0
"""Seconds between two looks."""


class Secluded:
    def __init__(self, gate: Gate, clock: Clock) -> None:
        self._gate, self._clock, self._again = gate, clock, 0.0

    async def waiting(self) -> bool:
        """Whether who began to seclude, or to tell, has gone before all was done."""
        now = self._clock()
        if 0 < self._again - now.timestamp() <= EVERY:
            return False
        self._again = now.timestamp() + EVERY
        return await secluding.is_left(self._gate.engine, now)

    async def step(self) -> bool:
        await secluding.resumed(self._gate.engine, self._clock())
        return False
