"""A store under which it is told how long each transaction holds the one writer.

docs/figures.md
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from resources.store.port import Store, Transaction

T = TypeVar("T")


class Timed:
    """A store that tells in milliseconds how long the `longest` work had the writer since that was set to nothing."""

    def __init__(self, store: Store) -> None:
        self._store, self.longest = store, 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def transact(self, work: Callable[[Transaction], Awaitable[T]], *, seconds: float = float("inf")) -> T:
        begun = time.perf_counter()
        try:
            return await self._store.transact(work, seconds=seconds)
        finally:
            self.longest = max(self.longest, (time.perf_counter() - begun) * 1000)
