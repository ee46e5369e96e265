"""Signs a root of the trail every so many events or seconds, while the application runs and when it ends.

docs/trail.md, "signed roots"
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path

from resources.store import trail_custody
from resources.store.port import Store
from resources.store.trail_root import Notary

_log = logging.getLogger("tsunagu.trail")


@contextlib.asynccontextmanager
async def signing(
    store: Store, keys: Path, clock: Callable[[], datetime], *, seconds: float, events: int
) -> AsyncIterator[None]:
    """Sign the store's trail while this lasts. Raises PermissionError, Unavailable where the key cannot be used."""
    notary = Notary(store.trail, await trail_custody.taken(store.trail, keys))
    owed, ending = _Owed(store, notary, clock), asyncio.Event()
    paying = asyncio.create_task(owed.pay_on(seconds, events, ending), name="tsunagu-trail-roots")
    try:
        yield
    finally:
        ending.set()
        await paying


class _Owed:
    """The events that no root speaks of yet; they are owed until one is signed, whatever came between."""

    def __init__(self, store: Store, notary: Notary, clock: Callable[[], datetime]) -> None:
        self._store, self._notary, self._clock = store, notary, clock
        self._events = 0

    async def pay_on(self, seconds: float, events: int, ending: asyncio.Event) -> None:
        """Until the end, and once more then."""
        over = asyncio.create_task(ending.wait())
        while not over.done():
            filled = asyncio.create_task(self._store.trail.filled(events))
            await asyncio.wait({filled, over}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            filled.cancel()
            await self.pay()

    async def pay(self) -> None:
        self._events += self._store.trail.emptied()
        if not self._events:
            return
        try:
            await self._notary.sign(self._clock())
        except Exception as fault:  # whatever it is, the next try may do
            _log.error("the trail could not be signed: %s", str(fault) or repr(fault))
        else:
            self._events = 0
