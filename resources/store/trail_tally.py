"""Counts what this process has put on the trail since the last signed root.

docs/trail.md, "signed roots"
"""

from __future__ import annotations

import asyncio


class Tally:
    def __init__(self) -> None:
        self._events = 0
        self._full = asyncio.Event()
        self._awaited = 0

    def count(self, events: int = 1) -> None:
        """So many events more."""
        self._events += events
        if self._awaited and self._events >= self._awaited:
            self._full.set()

    async def filled(self, events: int) -> None:
        """Return when this process has appended so many events since the last call of `emptied`."""
        self._awaited = events
        self._full.clear()
        if self._events < events:
            await self._full.wait()

    def emptied(self) -> int:
        """How many events this process has appended since the last call."""
        events, self._events = self._events, 0
        return events
