"""The slices in which many records are settled, one after the other; a mark says that it is under way, and of whom.

docs/policy.md, D1 and "whom a record is about"; docs/operations.md, "work beside the requests".
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import orjson

from consent.acts import letting_go
from consent.acts.letting_go import is_long, together
from consent.engine import PolicyEngine
from consent.relations.hidden_place import Secrets
from consent.writing import as_closed, concealing, handing_on
from consent.writing.apart import STEP, Whom
from resources.search.predicate import EVERYTHING, Predicate
from resources.store.port import Query, Transaction

LASTS = 60.0
"""Seconds after which who began and says nothing more is taken to be gone."""

MARK = ("secluding", "")
"""Under which name the mark lies in the vault: one is under way at a time."""

FOUND: Predicate = EVERYTHING
"""Under this the server finds the records whose search terms are to change; nothing of them is told."""

BUSY = (
    "many records are being settled for another write: try again in a while",
    "別の書き込みのために多くの記録を整えているところです。しばらくしてから、もう一度試してください",
)

_PAGE = 500


class TakenToBeGoneError(Exception):
    """Somebody else has seen to what this one had begun."""


class Settling:
    """The records about some persons, or of some households, one slice after the other; a mark in the vault says that
    it is under way."""

    def __init__(self, engine: PolicyEngine, whom: Whom, now: datetime) -> None:
        self._whom, self.engine = whom, engine
        self._now, self._began = now, time.monotonic()
        self.upto: dict[str | tuple[str, str], int] = {}
        self.mark = self._mark()

    async def through(self, whom: Whom, *, hidden: bool) -> None:
        """Settle those that are not found as if they were secret, where they are to be `hidden`; else those that are,
        as whatever stands now says, after what is about more persons, or fewer, than it was: nothing is opened that is
        not yet about all whom it is about."""
        for name in sorted({name for name, _ in whom.grown} if not hidden else ()):
            await self._handed_on(name, frozenset(one for of, one in whom.grown if of == name))
        for name, named in sorted({(name, named) for name, named, _ in whom.gone}):
            await (letting_go.shut if hidden else letting_go.marked)(self, name, named)
        for name in sorted({name for name, _ in whom.closed}):
            await self._closed(name, frozenset(one for of, one in whom.closed if of == name) if hidden else frozenset())
        long = [await letting_go.let_go(self, *gone) for gone in sorted(whom.gone if not hidden else ())]
        whom |= Whom(records=frozenset[str]().union(*long))
        versions = await self._versions(whom, hidden=hidden)
        for place in range(0, len(versions), STEP):
            await self._found_by(versions[place : place + STEP], hidden=hidden)

    async def goes_on(self) -> bool:
        """Whether nobody has taken this one to be gone: asked within a write, before that they find all as it was."""
        return await self.engine.store.vault.look(*MARK) == self.mark

    async def over(self) -> None:
        """Take the mark off, if it is still this one's."""
        if await self._renewed():
            await self.engine.store.vault.take(*MARK)

    async def each(
        self,
        numbers: Mapping[str, Sequence[int]],
        change: Callable[[str, Transaction, Sequence[int]], Awaitable[object]],
    ) -> None:
        """Change these versions of each record, the last one first, some in one transaction, and settle what they are
        found by."""
        for names in together(numbers):
            name = names[0]
            if is_long(numbers[name]):
                await self.pieces(name, numbers[name], partial(change, name))
            else:
                await self._slice({each: numbers[each] for each in names}, change)

    async def _slice(
        self,
        numbers: Mapping[str, Sequence[int]],
        change: Callable[[str, Transaction, Sequence[int]], Awaitable[object]],
    ) -> None:
        async def settled(tx: Transaction) -> None:
            secrets = Secrets(tx)
            for name, some in numbers.items():
                await change(name, tx, some)
                await concealing.settled(tx, self.engine.index, name, secrets)

        await self.engine.store.transact(settled)
        await self._goes_on()

    async def _all(self, names: Iterable[str]) -> dict[str, range]:
        """All versions of these records by their numbers, the last one first."""
        async with self.engine.store.snapshot() as view:
            found = [await view.get(*name.split("/"), within=FOUND) for name in names]
        return {each.reference: range(each.number, 0, -1) for each in found if each}

    async def _found_by(self, versions: Sequence[tuple[str, int]], *, hidden: bool) -> None:
        """Settle what these versions are found by in one transaction, whatever the others of their records are."""

        async def settled(tx: Transaction) -> None:
            secrets = Secrets(tx)
            for name in dict.fromkeys(name for name, _ in versions):
                among = [number for of, number in versions if of == name]
                await concealing.settled(tx, self.engine.index, name, secrets, beforehand=hidden, among=among)

        await self.engine.store.transact(settled)
        await self._goes_on()

    async def pieces(
        self, name: str, numbers: Sequence[int], change: Callable[[Transaction, Sequence[int]], Awaitable[object]]
    ) -> None:
        """Change these versions of one record, some in one transaction, and settle what they are found by."""
        for place in range(0, len(numbers), STEP):
            some = numbers[place : place + STEP]

            async def settled(tx: Transaction, some: Sequence[int] = some) -> None:
                await change(tx, some)
                await concealing.settled(tx, self.engine.index, name, Secrets(tx), among=some)

            await self.engine.store.transact(settled)
            await self._goes_on()

    async def _goes_on(self) -> None:
        if not await self._renewed():
            raise TakenToBeGoneError

    async def _renewed(self) -> bool:
        """Whether nobody else has taken this one to be gone, and seen to it."""
        before, self.mark = self.mark, self._mark()
        return await self.engine.store.vault.exchange(*MARK, before, self.mark)

    async def _handed_on(self, name: str, terms: frozenset[str]) -> None:
        """What a record has of these goes on to its own earlier versions, and to what is of it. What is written
        meanwhile of one that had not got it yet is found in the next round."""
        async with self.engine.store.snapshot() as view:
            source = await view.get(*name.split("/"), within=FOUND)
            given_to_all = terms.intersection(source.terms if source else ())
            older = await handing_on.lacking(view, name, given_to_all) if given_to_all else []
        await self.pieces(name, older, lambda tx, some: handing_on.given(tx, name, some, given_to_all))
        while True:
            async with self.engine.store.snapshot() as view:
                source = await view.get(*name.split("/"), within=FOUND)
                new = terms.intersection(source.terms if source else ())
                lacking = await handing_on.dependents(view, source, new, whole=True) if source and new else {}
            if not lacking:
                return

            async def given(
                each: str, tx: Transaction, some: Sequence[int], lacking: Mapping[str, Iterable[str]] = lacking
            ) -> None:
                await handing_on.given(tx, each, some, frozenset(lacking[each]))

            await self.each(await self._all(sorted(lacking)), given)

    async def _closed(self, name: str, beforehand: frozenset[str]) -> None:
        """What belongs to a record, and each of its own earlier versions, is as closed as it is now, or is to be."""
        async with self.engine.store.snapshot() as view:
            source = await view.get(*name.split("/"), within=FOUND)
        own = as_closed.of_its_own(source.type, beforehand) if source else frozenset[str]()
        if source and source.number > STEP and (own or not beforehand):

            async def closed(tx: Transaction, some: Sequence[int]) -> None:
                current = await tx.get(*name.split("/"), within=FOUND)
                assert current is not None
                await as_closed.settled(tx, current, own, among=range(some[0], some[-1] + 1))

            await self.pieces(name, range(1, source.number + 1), closed)
            self.upto |= {(name, one): source.number for one in own}

        async def settled(each: str, tx: Transaction, some: Sequence[int]) -> None:
            current = await tx.get(*each.split("/"), within=FOUND)
            assert current is not None
            await as_closed.settled(tx, current, beforehand, among=range(some[-1], some[0] + 1))

        async with self.engine.store.snapshot() as view:
            less = as_closed.lacking(beforehand) if beforehand else EVERYTHING
            names = list(await as_closed.belonging(view, name, less) or ())
        await self.each(await self._all(names), settled)

    async def _versions(self, whom: Whom, *, hidden: bool) -> list[tuple[str, int]]:
        """Those that are not found as they are to be, the older ones of a record first."""
        versions, after = dict[tuple[str, int], None](), ""
        for name in sorted(whom.records):
            async with self.engine.store.snapshot() as view:
                numbers = await concealing.unlike(view, name, hidden=hidden)
                current = await view.get(*name.split("/"), within=FOUND)
            versions |= dict.fromkeys((name, number) for number in numbers)
            self.upto |= {name: current.number} if hidden and current else {}
        if not (whom.persons or whom.groups):
            return list(versions)
        wanted = concealing.unsettled(whom.persons, whom.groups, hidden=hidden)
        async with self.engine.store.snapshot() as view:
            while True:
                found = await view.find(Query(wanted, history=True, after=after, limit=_PAGE), within=FOUND)
                versions |= dict.fromkeys((version.reference, version.number) for version in found.versions)
                if not (after := found.next):
                    return list(versions)

    def _mark(self) -> bytes:
        """Whom it is about, until when who is at it is not taken to be gone, and who: no two are alike."""
        said: dict[str, Any] = {"persons": sorted(self._whom.persons), "groups": sorted(self._whom.groups)}
        until = after(self._now, self._began).timestamp() + LASTS
        said |= {"grown": sorted(self._whom.grown), "gone": sorted(self._whom.gone)}
        said |= {"closed": sorted(self._whom.closed), "records": sorted(self._whom.records)}
        return orjson.dumps(said | {"until": until, "by": str(uuid.uuid4())})


def read(mark: Mapping[str, Any]) -> Whom:
    grown, closed = (frozenset((name, one) for name, one in mark.get(each, ())) for each in ("grown", "closed"))
    gone = frozenset((name, named, one) for name, named, one in mark.get("gone", ()))
    return Whom(
        frozenset(mark["persons"]),
        frozenset(mark.get("groups", ())),
        grown,
        gone,
        closed,
        frozenset(mark.get("records", ())),
    )


def after(now: datetime, began: float) -> datetime:
    """When it is by now: `now` was when it began."""
    return now + timedelta(seconds=time.monotonic() - began)
