"""Work beside the requests: who is newly recorded by one agency and known to another is told to the coordinator.

R40 of the domain; docs/match.md, "overlap"
"""

from __future__ import annotations

from functools import partial

from api.clock import Clock
from consent import overlapping
from consent.gate import Gate
from resources.store.port import Vault

PLACE = ("overlaps", "position")
"""Where the vault keeps up to where everybody was looked at."""
EVERY = 5.0
"""Seconds between two looks."""


class Overlaps:
    """How far the persons were looked at stands in the vault."""

    def __init__(self, gate: Gate, vault: Vault, clock: Clock) -> None:
        self._gate, self._vault, self._clock = gate, vault, clock
        self._again, self._seen = 0.0, ""

    async def waiting(self) -> bool:
        """Every few seconds, where anything was written since all were looked at."""
        now = self._clock().timestamp()
        if 0 < self._again - now <= EVERY:
            return False
        self._again = now + EVERY
        return await overlapping.end(self._gate) != self._seen

    async def step(self) -> bool:
        end = await overlapping.end(self._gate)
        begun = await self._vault.look(*PLACE)
        after = begun.decode() if begun is not None else ""
        pairs, reached = await overlapping.found(self._gate, after)
        now = self._clock()
        for pair in pairs:
            do = partial(overlapping.tell, pair=pair)
            await self._gate.operate(overlapping.server(now), (overlapping.NAME, *pair), do)
        if reached != after:
            await self._vault.replace(*PLACE, reached.encode())
            self._again = 0.0
        else:
            self._seen = end
        return False
