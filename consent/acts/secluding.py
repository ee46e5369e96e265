"""What many records are found by changes in slices: before a write that makes them secret, after one that ends that.

docs/policy.md, D1: what is to be hidden is hidden first and told last, so that at no moment more is found than the
protections of that moment allow; docs/architecture.md, "decisions".
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import TypeVar

import orjson

from consent.engine import PolicyEngine
from consent.relations.hidden_place import Secrets
from consent.writing import concealing
from consent.writing.apart import STEP, Apart, NotAtOnceError, Whom
from resources.search.predicate import EVERYTHING, Predicate
from resources.store.port import Query, Transaction

T = TypeVar("T")

LASTS = 60.0
"""Seconds after which who began and says nothing more is taken to be gone."""

LONGEST = 3600.0
"""Seconds after which nobody is waited for any more: a clock that ran ahead said that they go on."""

FOUND: Predicate = EVERYTHING
"""Under this the server finds the records whose search terms are to change; nothing of them is told."""

_MARK = ("secluding", "")
_PAGE = 500


async def apart(engine: PolicyEngine, now: datetime, do: Callable[[Apart], Awaitable[T]]) -> T:
    """Do it in one transaction. Where more is to be settled than that has room for, it is undone and done once more,
    with what is to be hidden settled before, and what is to be told after.

    What is written meanwhile is settled in the transaction, as are few, and all where another is under way.
    """
    try:
        return await do(Apart(STEP))
    except NotAtOnceError as more:
        hidden, told = more.hidden, more.told | Whom(groups=more.hidden.groups)
    settling = _Settling(engine, hidden | told, now)
    if not await engine.store.vault.keep(*_MARK, settling.mark):
        return await do(Apart())
    try:
        await settling.through(hidden, hidden=True)
        done = await do(Apart(later=told))
    except Exception:
        await settling.through(hidden | told, hidden=False)
        await settling.over()
        raise
    await settling.through(told, hidden=False)
    await settling.over()
    return done


async def is_left(engine: PolicyEngine, now: datetime) -> bool:
    """Whether somebody who began has gone."""
    mark = await engine.store.vault.look(*_MARK)
    left = orjson.loads(mark)["until"] - now.timestamp() if mark is not None else 0.0
    return mark is not None and not 0 <= left <= LONGEST


async def resumed(engine: PolicyEngine, now: datetime) -> None:
    """Whatever was left half done is what the protections that stand say."""
    mark = await engine.store.vault.look(*_MARK)
    if mark is not None:
        said = orjson.loads(mark)
        whom = Whom(frozenset(said["persons"]), frozenset(said.get("groups", ())))
        settling = _Settling(engine, whom, now)
        await settling.through(whom, hidden=False)
        await settling.over()


class _Settling:
    """The records about some persons, or of some households, one slice after the other; a mark in the vault says that
    it is under way."""

    def __init__(self, engine: PolicyEngine, whom: Whom, now: datetime) -> None:
        self._whom, self._engine = whom, engine
        self._now, self._began = now.timestamp(), time.monotonic()

    @property
    def mark(self) -> bytes:
        until = self._now + time.monotonic() - self._began + LASTS
        persons, groups = sorted(self._whom.persons), sorted(self._whom.groups)
        return orjson.dumps({"persons": persons, "groups": groups, "until": until})

    async def through(self, whom: Whom, *, hidden: bool) -> None:
        """Settle those that are not found as if they were secret, where they are to be `hidden`; else those that are,
        as whatever stands now says."""
        names = await self._names(whom, hidden=hidden)
        for place in range(0, len(names), STEP):
            slice = names[place : place + STEP]

            async def settled(tx: Transaction, slice: list[str] = slice) -> None:
                secrets = Secrets(tx)
                for name in slice:
                    await concealing.settled(tx, self._engine.index, name, secrets, beforehand=hidden)

            await self._engine.store.transact(settled)
            await self._engine.store.vault.replace(*_MARK, self.mark)

    async def over(self) -> None:
        await self._engine.store.vault.take(*_MARK)

    async def _names(self, whom: Whom, *, hidden: bool) -> list[str]:
        names, after = dict[str, None](), ""
        if not whom:
            return []
        wanted = concealing.unsettled(whom.persons, whom.groups, hidden=hidden)
        async with self._engine.store.snapshot() as view:
            while True:
                found = await view.find(Query(wanted, history=True, after=after, limit=_PAGE), within=FOUND)
                names |= dict.fromkeys(version.reference for version in found.versions)
                if not (after := found.next):
                    return list(names)
