"""What takes long in this process is done one after another, for one asker after another, and nobody waits for ever.

docs/operations.md, "limits"
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from resources.record.problem import Problem

PATIENCE = 20.0


class Turn:
    """Of one at a time; `seconds` is how long anybody waits for theirs.

    Who asks for much at once waits for oneself: of one asker there is never more than one before others.
    """

    def __init__(self, seconds: float = PATIENCE) -> None:
        self.seconds = seconds
        self._one = asyncio.Semaphore(1)
        self._lines: dict[str, _Line] = {}

    async def begin(self, asker: str) -> None:
        """Wait for the turn. Raises Problem where that takes too long."""
        line = self._lines.setdefault(asker, _Line())
        line.long += 1
        try:
            async with asyncio.timeout(self.seconds):
                await line.first.acquire()
                try:
                    await self._one.acquire()
                except BaseException:
                    line.first.release()
                    raise
        except TimeoutError:
            self._left(asker, line)
            text, ja = "too much is asked for at once, try again", "要求が集中しています。後でもう一度試してください"
            raise Problem.of("unavailable", text, ja) from None
        except BaseException:
            self._left(asker, line)
            raise

    def end(self, asker: str) -> None:
        """The next may begin."""
        line = self._lines[asker]
        self._one.release()
        line.first.release()
        self._left(asker, line)

    @asynccontextmanager
    async def taken(self, asker: str) -> AsyncIterator[None]:
        """Raises Problem where it takes too long to get it."""
        await self.begin(asker)
        try:
            yield
        finally:
            self.end(asker)

    def _left(self, asker: str, line: _Line) -> None:
        line.long -= 1
        if not line.long:
            del self._lines[asker]


@dataclass(slots=True)
class _Line:
    """What one asker waits for: the `first` of it has the turn, or waits with the first of others."""

    first: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(1))
    long: int = 0
