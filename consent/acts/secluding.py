"""What many records are found by changes in slices: before a protection begins, and after it has ended.

docs/policy.md, D1: what is to be hidden is hidden first and told last, so that at no moment more is found than the
protections of that moment allow; docs/architecture.md, "decisions".
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator, Iterable
from datetime import datetime

import orjson

from consent.engine import PolicyEngine
from consent.relations import names as names_of
from consent.relations.hidden_place import Secrets
from consent.writing import concealing
from resources.search.predicate import EVERYTHING, Predicate
from resources.store.port import Query, Transaction

STEP = 25
"""Records settled in one transaction: others who write wait no longer than for these. Fewer in all need no slices."""

LASTS = 60.0
"""Seconds after which who began and says nothing more is taken to be gone."""

LONGEST = 3600.0
"""Seconds after which nobody is waited for any more: a clock that ran ahead said that they go on."""

FOUND: Predicate = EVERYTHING
"""Under this the server finds the records whose search terms are to change; nothing of them is told."""

_MARK = ("secluding", "")
_PAGE = 500


@contextlib.asynccontextmanager
async def ahead(engine: PolicyEngine, persons: Iterable[str], now: datetime) -> AsyncIterator[None]:
    """The records about these persons are secluded before the protection within begins; as it was, where it does not.

    What is written meanwhile is secluded in the transaction of the protection, as are few, and all where another
    protection is under way.
    """
    settling = await _begun(engine, persons, now, hidden=True)
    if settling is None:
        yield
        return
    try:
        await settling.through(hidden=True, beforehand=True)
        yield
    except Exception:
        await settling.through(hidden=False)
        await settling.over()
        raise
    await settling.over()


@contextlib.asynccontextmanager
async def behind(engine: PolicyEngine, persons: Iterable[str], now: datetime) -> AsyncIterator[frozenset[str]]:
    """The persons of whom the transaction within leaves the records secluded, which they are no longer afterwards."""
    settling = await _begun(engine, persons, now, hidden=False)
    if settling is None:
        yield frozenset()
        return
    try:
        yield settling.persons
    except Exception:
        await settling.over()
        raise
    await settling.through(hidden=False)
    await settling.over()


async def is_left(engine: PolicyEngine, now: datetime) -> bool:
    """Whether somebody who began has gone."""
    mark = await engine.store.vault.look(*_MARK)
    left = orjson.loads(mark)["until"] - now.timestamp() if mark is not None else 0.0
    return mark is not None and not 0 <= left <= LONGEST


async def resumed(engine: PolicyEngine, now: datetime) -> None:
    """Whatever was left half done is what the protections that stand say."""
    mark = await engine.store.vault.look(*_MARK)
    if mark is not None:
        settling = _Settling(engine, frozenset(orjson.loads(mark)["persons"]), now)
        await settling.through(hidden=False)
        await settling.over()


async def _begun(engine: PolicyEngine, persons: Iterable[str], now: datetime, *, hidden: bool) -> _Settling | None:
    async with engine.store.snapshot() as view:
        settling = _Settling(engine, await names_of.known(view, persons), now)
        wanted = Query(concealing.unsettled(settling.persons, hidden=hidden), history=True)
        few = await view.count(wanted, within=FOUND, most=STEP) <= STEP
    if few or not await engine.store.vault.keep(*_MARK, settling.mark):
        return None
    return settling


class _Settling:
    """The records about some persons, one slice after the other; a mark in the vault says that it is under way."""

    def __init__(self, engine: PolicyEngine, persons: frozenset[str], now: datetime) -> None:
        self.persons, self._engine = persons, engine
        self._now, self._began = now.timestamp(), time.monotonic()

    @property
    def mark(self) -> bytes:
        until = self._now + time.monotonic() - self._began + LASTS
        return orjson.dumps({"persons": sorted(self.persons), "until": until})

    async def through(self, *, hidden: bool, beforehand: bool = False) -> None:
        """Settle those that are not found as if they were `hidden`, or not; `beforehand` whatever stands now."""
        names = await self._names(hidden=hidden)
        for place in range(0, len(names), STEP):
            slice = names[place : place + STEP]

            async def settled(tx: Transaction, slice: list[str] = slice) -> None:
                secrets = Secrets(tx)
                for name in slice:
                    await concealing.settled(tx, self._engine.index, name, secrets, beforehand=beforehand)

            await self._engine.store.transact(settled)
            await self._engine.store.vault.replace(*_MARK, self.mark)

    async def over(self) -> None:
        await self._engine.store.vault.take(*_MARK)

    async def _names(self, *, hidden: bool) -> list[str]:
        names, after = dict[str, None](), ""
        async with self._engine.store.snapshot() as view:
            while True:
                wanted = concealing.unsettled(self.persons, hidden=hidden)
                found = await view.find(Query(wanted, history=True, after=after, limit=_PAGE), within=FOUND)
                names |= dict.fromkeys(version.reference for version in found.versions)
                if not (after := found.next):
                    return list(names)
