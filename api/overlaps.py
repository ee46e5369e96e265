"""Work beside the requests: who is newly recorded by one agency and known to another is told to the coordinator.

R40 of the domain; docs/match.md, "overlap"
"""

from __future__ import annotations

from functools import partial

from api.clock import Clock
from consent import overlapping
from consent.gate import Gate
from resources.store.port import Vault

_PLACE = ("overlaps", "position")
EVERY = 5.0
"""Seconds between two looks."""


class Overlaps:
    """How far the persons were looked at stands in the vault."""

    def __init__(self, gate: Gate, vault: Vault, clock: Clock) -> None:
        self._gate, self._vault, self._clock = gate, vault, clock
        self._again = 0.0

    async def waiting(self) -> bool:
        """Every few seconds; what is asked then costs one question where nobody is new."""
        return self._clock().timestamp() >= self._again

    async def step(self) -> bool:
        begun = await self._vault.look(*_PLACE)
        after = begun.decode() if begun is not None else ""
        pairs, reached = await overlapping.found(self._gate, after)
        now = self._clock()
        for pair in pairs:
            do = partial(overlapping.tell, pair=pair)
            await self._gate.operate(overlapping.server(now), (overlapping.NAME, *pair), do)
        if reached != after:
            await self._vault.replace(*_PLACE, reached.encode())
        else:
            self._again = now.timestamp() + EVERY
        return False
