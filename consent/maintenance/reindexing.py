"""Everything that is derived, made anew while the store is in use, in steps that may be broken off anywhere.

docs/maintenance.md, "reindex"
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import orjson

from consent import derivation
from consent.acts import secluding
from consent.engine import PolicyEngine
from consent.maintenance import anew
from consent.maintenance.anew import Anew
from consent.writing import handing_on
from consent.writing.apart import Apart
from resources.record.version import Version
from resources.store.port import Found, Snapshot, Transaction

STEP = 50
"""Versions looked at, and versions changed, in one transaction: other writers wait no longer than for these."""

TRIES = 5
"""So often a record of more is derived anew before it, since somebody else wrote meanwhile."""

_MARK = ("reindex", "")


@dataclass(frozen=True, slots=True)
class Reached:
    """The place in the feed after so many versions more, and how many are `left` of the record that comes next."""

    after: str
    left: int
    seen: int
    at_end: bool


@dataclass(slots=True)
class Reindexing:
    """One way to one generation: through the feed of all versions twice, first for the households, then for all.

    Whoever is of another record is brought along when that one grows, so the order in which records come decides
    nothing; but who has left a household must be known before. Nobody whom a record was about is taken away. Of the
    record that comes `after` so many versions are `left`, where it has more than are changed in one transaction.
    """

    engine: PolicyEngine
    clock: Callable[[], datetime]
    generation: str
    all: bool = False
    after: str = ""
    left: int = 0

    @classmethod
    async def begun(
        cls, engine: PolicyEngine, clock: Callable[[], datetime], *, again: bool = False
    ) -> Reindexing | None:
        """Where an earlier run was broken off, or from the start; None where there is nothing to do."""
        store, wanted = engine.store, derivation.generation(engine.index.spec)
        mark = await store.vault.look(*_MARK)
        reached = orjson.loads(mark) if mark else {}
        if reached.get("generation") == wanted and not again:
            return cls(engine, clock, **reached)
        async with store.snapshot() as view:
            if await view.generation() == wanted and not again and not reached:
                return None
        return cls(engine, clock, wanted)

    async def step(self) -> int:
        """One step further: how many versions it looked at; 0 when all is of the generation, and the store says so.

        What follows for more records than others wait for is settled in slices: what is to be hidden before it.
        Raises Problem `unavailable` where somebody else goes on settling many.
        """
        while (seen := await self._further()) == 0:
            pass
        return seen or 0

    async def _further(self) -> int | None:
        """As far as one transaction goes: how many versions it passed; None at the end of all."""
        began, store = time.monotonic(), self.engine.store
        reached = await secluding.apart(self.engine, self.clock(), self._passed)
        if reached.at_end and self.all:
            await store.vault.take(*_MARK)
            return None
        self.after, self.left = "" if reached.at_end else reached.after, reached.left
        self.all = self.all or reached.at_end
        mark = {"generation": self.generation, "all": self.all, "after": self.after, "left": self.left}
        await store.vault.replace(*_MARK, orjson.dumps(mark))
        # Those who wait to write get their turn.
        await asyncio.sleep(max(0.005, (time.monotonic() - began) / 2))
        return reached.seen

    async def _passed(self, apart: Apart) -> Reached:
        """What is derived of a record of many versions is derived while nobody waits; while others go on writing, with
        them waiting."""
        store = self.engine.store
        for _ in range(TRIES):
            async with store.snapshot() as view:
                end, ahead = await view.end(), await self._long(view)
            if ahead is None:
                break
            if done := await store.transact(partial(self._still, apart, ahead, end)):
                return done
        return await store.transact(lambda tx: self._through(tx, apart))

    async def _still(self, apart: Apart, ahead: Anew, end: str, tx: Transaction) -> Reached | None:
        """None where somebody wrote since that was derived."""
        return await self._through(tx, apart, ahead) if await tx.end() == end else None

    async def _long(self, view: Snapshot) -> Anew | None:
        """What comes next, where that has more versions than are changed at once."""
        page = await view.feed(self.after, STEP, within=anew.WHOLE)
        for version in page.versions:
            if current := await self._last(view, version):
                return await anew.derived(view, self.engine.index, current) if current.number > STEP else None
        return None

    async def _through(self, tx: Transaction, apart: Apart, ahead: Anew | None = None) -> Reached:
        room, index = await handing_on.still(tx, apart), self.engine.index
        page = await tx.feed(self.after, STEP, within=anew.WHOLE)
        seen = changed = left = 0
        for version in page.versions:
            if current := await self._last(tx, version):
                if changed and changed + current.number > STEP:
                    break
                top = self.left if self.left and not seen else current.number
                numbers = range(max(1, top - STEP + 1), top + 1)
                known = ahead is not None and ahead.current.reference == current.reference
                made = ahead if ahead and known else await anew.derived(tx, index, current)
                await anew.given(tx, index, made, numbers, room)
                changed, left = changed + len(numbers), numbers.start - 1
                if left:
                    break
            seen += 1
        if not page.versions and self.all:
            # Nobody else writes in this transaction, so nothing older is left behind this.
            await tx.turn(self.generation)
        room.demand()
        if seen < len(page.versions):
            page = await tx.feed(self.after, seen, within=anew.WHOLE) if seen else Found((), self.after)
        return Reached(page.next, left, seen, at_end=not seen and not left)

    async def _last(self, view: Snapshot, version: Version) -> Version | None:
        """The record of a version, where this is its last and it is to be derived on this way."""
        if not self.all and version.type != "Group":
            return None
        current = await view.get(version.type, version.id, within=anew.WHOLE)
        return current if current is not None and current.number == version.number else None
