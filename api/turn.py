"""What takes long in this process is done one after another, and nobody waits for their turn for ever.

docs/operations.md, "limits"
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from resources.record.problem import Problem

PATIENCE = 20.0


class Turn:
    """Of one at a time; `seconds` is how long anybody waits for theirs."""

    def __init__(self, seconds: float = PATIENCE) -> None:
        self.seconds = seconds
        self._one = asyncio.Semaphore(1)

    async def begin(self) -> None:
        """Wait for the turn. Raises Problem where that takes too long."""
        try:
            async with asyncio.timeout(self.seconds):
                await self._one.acquire()
        except TimeoutError:
            text, ja = "too much is asked for at once, try again", "要求が集中しています。後でもう一度試してください"
            raise Problem.of("unavailable", text, ja) from None

    def end(self) -> None:
        """The next may begin."""
        self._one.release()

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Raises Problem where it takes too long to get it."""
        await self.begin()
        try:
            yield
        finally:
            self.end()
