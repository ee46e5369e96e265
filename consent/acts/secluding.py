"""What many records are found by, and whom they are about, changes in slices beside the write from which it follows.

docs/policy.md, D1: what is to be hidden is hidden first and told last, so that at no moment more is found than the
protections of that moment allow; "whom a record is about"; docs/architecture.md, "decisions".
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

import orjson

from consent.engine import PolicyEngine
from consent.relations.hidden_place import Secrets
from consent.writing import concealing, handing_on, unnaming
from consent.writing.apart import STEP, Apart, NotAtOnceError, Whom
from resources.record import mistake
from resources.record.problem import Problem
from resources.search.predicate import EVERYTHING, Predicate, term
from resources.store.port import Query, Transaction

T = TypeVar("T")

LASTS = 60.0
"""Seconds after which who began and says nothing more is taken to be gone."""

LONGEST = 3600.0
"""Seconds after which nobody is waited for any more: a clock that ran ahead said that they go on."""

PATIENCE = 20.0
"""Seconds for which one waits where many records are being settled for somebody else."""

FOUND: Predicate = EVERYTHING
"""Under this the server finds the records whose search terms are to change; nothing of them is told."""

_MARK = ("secluding", "")
_PAGE = 500
_LOOK = 0.05
"""Seconds between two looks whether they are done."""


async def apart(engine: PolicyEngine, now: datetime, do: Callable[[Apart], Awaitable[T]]) -> T:
    """Do it in one transaction. Where more is to be settled than that has room for, it is undone and done once more,
    with what is to be hidden settled before, and what is to be told or handed on after.

    What is written meanwhile is settled in the transaction, as are few. One is under way at a time: another waits.
    Raises Problem `unavailable` where that takes long, or where somebody has taken this one to be gone.
    """
    began = time.monotonic()
    while True:
        try:
            return await do(Apart(STEP))
        except NotAtOnceError as more:
            hidden, told = more.hidden, more.told | Whom(groups=more.hidden.groups)
        settling = _Settling(engine, hidden | told, _after(now, began))
        if await engine.store.vault.keep(*_MARK, settling.mark):
            break
        await _others(engine, now, began)
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
    return mark is not None and _is_over(mark, now)


async def resumed(engine: PolicyEngine, now: datetime) -> None:
    """Whatever was left half done is what the protections that stand say, and about whom the records that stand are.

    Nothing, where somebody else has begun to see to it.
    """
    mark = await engine.store.vault.look(*_MARK)
    if mark is None:
        return
    whom = _read(orjson.loads(mark))
    settling = _Settling(engine, whom, now)
    if await engine.store.vault.exchange(*_MARK, mark, settling.mark):
        await settling.through(whom, hidden=False)
        await settling.over()


async def _others(engine: PolicyEngine, now: datetime, began: float) -> None:
    """Returns when nobody else is settling any more; what somebody has left is seen to. Raises Problem."""
    while await engine.store.vault.look(*_MARK) is not None:
        if await is_left(engine, _after(now, began)):
            await resumed(engine, _after(now, began))
        elif time.monotonic() - began > PATIENCE:
            raise Problem.of("unavailable", *_BUSY)
        else:
            await asyncio.sleep(_LOOK)


def _after(now: datetime, began: float) -> datetime:
    """When it is by now: `now` was when it began."""
    return now + timedelta(seconds=time.monotonic() - began)


def _is_over(mark: bytes, now: datetime) -> bool:
    left: float = orjson.loads(mark)["until"] - now.timestamp()
    return not 0 <= left <= LONGEST


class _Settling:
    """The records about some persons, or of some households, one slice after the other; a mark in the vault says that
    it is under way."""

    def __init__(self, engine: PolicyEngine, whom: Whom, now: datetime) -> None:
        self._whom, self._engine = whom, engine
        self._now, self._began = now, time.monotonic()
        self.mark = self._mark()

    async def through(self, whom: Whom, *, hidden: bool) -> None:
        """Settle those that are not found as if they were secret, where they are to be `hidden`; else those that are,
        as whatever stands now says, after what is about more persons, or fewer, than it was."""
        for name in sorted({name for name, _ in whom.grown} if not hidden else ()):
            await self._handed_on(name, frozenset(one for of, one in whom.grown if of == name))
        for gone in sorted(whom.gone if not hidden else ()):
            await self._let_go(*gone)
        names = await self._names(whom, hidden=hidden)
        for place in range(0, len(names), STEP):
            await self._slice(names[place : place + STEP], hidden=hidden)

    async def over(self) -> None:
        """Take the mark off, if it is still this one's."""
        if await self._renewed():
            await self._engine.store.vault.take(*_MARK)

    async def _slice(
        self,
        names: Sequence[str],
        change: Callable[[Transaction, str], Awaitable[None]] | None = None,
        *,
        hidden: bool = False,
    ) -> None:
        """Settle these in one transaction, each after its change."""

        async def settled(tx: Transaction) -> None:
            secrets = Secrets(tx)
            for name in names:
                if change:
                    await change(tx, name)
                await concealing.settled(tx, self._engine.index, name, secrets, beforehand=hidden)

        await self._engine.store.transact(settled)
        if not await self._renewed():
            raise Problem.of("unavailable", *_BUSY)

    async def _renewed(self) -> bool:
        """Whether nobody else has taken this one to be gone, and seen to it."""
        before, self.mark = self.mark, self._mark()
        return await self._engine.store.vault.exchange(*_MARK, before, self.mark)

    async def _handed_on(self, name: str, terms: frozenset[str]) -> None:
        """What a record has of these goes on to what is of it. What is written meanwhile of one that had not got it yet
        is found in the next round."""
        while True:
            async with self._engine.store.snapshot() as view:
                source = await view.get(*name.split("/"), within=FOUND)
                new = terms.intersection(source.terms if source else ())
                lacking = await handing_on.dependents(view, source, new, whole=True) if source and new else {}
            if not lacking:
                return

            async def given(tx: Transaction, each: str, lacking: Mapping[str, Iterable[str]] = lacking) -> None:
                await tx.derive(each, lacking[each])

            names = sorted(lacking)
            for place in range(0, len(names), STEP // 2):
                await self._slice(names[place : place + STEP // 2], given)

    async def _let_go(self, name: str, named: str, person: str) -> None:
        """What is about somebody for no other reason than that a record named them by mistake is about them no more.
        Where something was written about them meanwhile, there may be another reason by now: it is looked at anew."""
        about, end, left = term(mistake.about(person), person), "", True

        async def let_go(tx: Transaction, each: str) -> None:
            nonlocal end
            page = await tx.feed(end, _PAGE, within=FOUND)
            if len(page.versions) == _PAGE or any(about in version.terms for version in page.versions):
                raise _OvertakenError
            end = page.next
            await unnaming.let_go(tx, each, person)

        while left:
            async with self._engine.store.snapshot() as view:
                end, source = await view.end(), await view.get(*name.split("/"), within=FOUND)
                names = await unnaming.to_let_go(view, source, named, person) if source else []
            try:
                for place in range(0, len(names), STEP // 2):
                    await self._slice(names[place : place + STEP // 2], let_go)
                left = False
            except _OvertakenError:
                pass

    async def _names(self, whom: Whom, *, hidden: bool) -> list[str]:
        names, after = dict[str, None](), ""
        if not (whom.persons or whom.groups):
            return []
        wanted = concealing.unsettled(whom.persons, whom.groups, hidden=hidden)
        async with self._engine.store.snapshot() as view:
            while True:
                found = await view.find(Query(wanted, history=True, after=after, limit=_PAGE), within=FOUND)
                names |= dict.fromkeys(version.reference for version in found.versions)
                if not (after := found.next):
                    return list(names)

    def _mark(self) -> bytes:
        """Whom it is about, until when who is at it is not taken to be gone, and who: no two are alike."""
        said: dict[str, Any] = {"persons": sorted(self._whom.persons), "groups": sorted(self._whom.groups)}
        until = _after(self._now, self._began).timestamp() + LASTS
        said |= {"grown": sorted(self._whom.grown), "gone": sorted(self._whom.gone)}
        return orjson.dumps(said | {"until": until, "by": str(uuid.uuid4())})


def _read(mark: Mapping[str, Any]) -> Whom:
    grown = frozenset((name, one) for name, one in mark.get("grown", ()))
    gone = frozenset((name, named, one) for name, named, one in mark.get("gone", ()))
    return Whom(frozenset(mark["persons"]), frozenset(mark.get("groups", ())), grown, gone)


class _OvertakenError(Exception):
    """Undoes a slice of what was looked at before somebody else wrote."""


_BUSY = (
    "many records are being settled for another write: try again in a while",
    "別の書き込みのために多くの記録を整えているところです。しばらくしてから、もう一度試してください",
)
