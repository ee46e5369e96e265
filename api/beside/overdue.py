"""Work beside the requests: every hour those that nobody answered by their day are brought before the coordinator.

docs/worklist.md, "silence is no refusal"; decision 11 of the domain
"""

from __future__ import annotations

from functools import partial

from api.clock import Clock
from consent import escalating
from consent.gate import Gate

EVERY = 60.0
"""Seconds between two tries."""


class Overdue:
    """`days` are the working days within which a request is to be answered."""

    def __init__(self, gate: Gate, clock: Clock, days: int) -> None:
        self._gate, self._clock, self._days = gate, clock, days
        self._looked, self._after, self._again = "", "", 0.0

    async def waiting(self) -> bool:
        """Once an hour, and until all were looked at; who does not lead asks no more than once a minute whether to."""
        now = self._clock().timestamp()
        if self._looked == self._hour() or (0 < self._again - now <= EVERY and not self._after):
            return False
        self._again = now + EVERY
        return True

    async def step(self) -> bool:
        hour, now = self._hour(), self._clock()
        found, self._after = await escalating.silent(self._gate, now, self._days, self._after)
        for name in found:
            do = partial(escalating.escalated, name=name, days=self._days)
            await self._gate.operate(escalating.server(now), (escalating.NAME, name), do)
        if not self._after:
            self._looked = hour
        return bool(self._after)

    def _hour(self) -> str:
        return self._clock().strftime("%Y-%m-%dT%H")
