"""Work beside the requests: what was broken off in the middle is settled as the records now say, and letters written.

docs/operations.md, "work beside the requests"; docs/policy.md, D1
"""

from __future__ import annotations

from api.clock import Clock
from consent.acts import delivering, secluding
from consent.gate import Gate

EVERY = 5.0
"""Seconds between two looks."""


class Secluded:
    def __init__(self, gate: Gate, clock: Clock) -> None:
        self._gate, self._clock, self._again = gate, clock, 0.0

    async def waiting(self) -> bool:
        """Whether who began to seclude, or to tell, has gone before all was done, or left letters."""
        now = self._clock()
        if 0 < self._again - now.timestamp() <= EVERY:
            return False
        self._again = now.timestamp() + EVERY
        return await delivering.are_left(self._gate.engine) or await secluding.is_left(self._gate.engine, now)

    async def step(self) -> bool:
        if await secluding.is_left(self._gate.engine, self._clock()):
            await secluding.resumed(self._gate.engine, self._clock())
        await delivering.delivered(self._gate.engine, self._clock())
        return False
