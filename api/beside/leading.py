"""Work beside the requests, done by one process of all: it leads for as long as it says so, and another takes over.

docs/operations.md, "work beside the requests"
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import uuid
from collections.abc import AsyncIterator, Sequence
from typing import Protocol

from api.clock import Clock
from resources.store.port import Unavailable, Vault

_log = logging.getLogger("tsunagu.leading")

LASTS = 15.0
"""Seconds after which a leader that was killed leads no more."""
AGAIN = 5.0
AHEAD = 60.0
"""Seconds that the clocks of two machines may differ."""
FAREWELL = 3.0
"""Seconds that a step has at the end, as of a subscriber who does not answer: the next leader does it again."""
_PLACE = ("leader", "work")


class Work(Protocol):
    """Something to do beside the requests."""

    async def waiting(self) -> bool:
        """Whether there is anything to do; asked by every process, so it only reads."""

    async def step(self) -> bool:
        """Do a piece of it, that one question to the store may take; whether there is more to do at once."""


@contextlib.asynccontextmanager
async def leading(
    vault: Vault, clock: Clock, works: Sequence[Work], *, every: float = 1.0, farewell: float = FAREWELL
) -> AsyncIterator[None]:
    """Do the work while this lasts, in whichever process leads; a step that takes longer at the end is given up."""
    ending, leader = asyncio.Event(), _Leader(vault, clock, works)
    going = asyncio.create_task(leader.go(ending, every), name="tsunagu-work")
    try:
        yield
    finally:
        ending.set()
        await asyncio.wait({going}, timeout=farewell)
        going.cancel()
        await asyncio.wait({going})
        await leader.leave()


async def done(works: Sequence[Work]) -> None:
    """All that waits, at once: where time is driven, so is what the server does beside the requests."""
    for work in works:
        while await work.waiting() and await work.step():
            pass


class _Leader:
    def __init__(self, vault: Vault, clock: Clock, works: Sequence[Work]) -> None:
        self._vault, self._clock, self._works = vault, clock, works
        self._name = uuid.uuid4().hex.encode()
        self._said, self._failing = 0.0, False

    async def go(self, ending: asyncio.Event, every: float) -> None:
        over = asyncio.create_task(ending.wait())
        while not over.done():
            more = False
            for work in self._works:
                more = await self._step(work) or more
            await asyncio.wait({over}, timeout=0 if more else every)

    async def leave(self) -> None:
        """Let another lead at once."""
        with contextlib.suppress(Unavailable):
            if self._said and _name(await self._vault.look(*_PLACE)) == self._name:
                await self._vault.take(*_PLACE)

    async def _step(self, work: Work) -> bool:
        try:
            more = await work.waiting() and await self._leads() and await work.step()
        except Exception as fault:  # whatever it is, the next try may do
            if not self._failing:
                _log.error("work could not be done: %s", str(fault) or repr(fault))
            self._failing = True
            return False
        self._failing = False
        return more

    async def _leads(self) -> bool:
        """Whether this process leads, said anew where that is long ago."""
        now = self._clock().timestamp()
        if 0 <= now - self._said < AGAIN:
            return True
        said = b"%s %f" % (self._name, now)
        holder = await self._vault.look(*_PLACE)
        if _name(holder) == self._name or (holder and await self._gone(holder, said, now)):
            await self._vault.replace(*_PLACE, said, until=now + LASTS)
        elif holder is not None or not await self._vault.keep(*_PLACE, said, until=now + LASTS):
            self._said = 0.0
            return False
        self._said = now
        return True

    async def _gone(self, holder: bytes, said: bytes, now: float) -> bool:
        """Whether a clock that ran ahead said when, and this process leads in its place: of two at once, one."""
        when = float(holder.partition(b" ")[2] or now)
        return when > now + AHEAD and await self._vault.exchange(*_PLACE, holder, said)


def _name(holder: bytes | None) -> bytes:
    return holder.partition(b" ")[0] if holder else b""
