"""The only door to the records: read, search, look back, and write, each under policy and each put on the trail.

docs/policy.md; docs/architecture.md, "a read travels".
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from consent import operating
from consent.actor import Actor
from consent.acts import (
    deciding_roles,
    declaring_conflict,
    place_checking,
    protecting,
    protection_list,
    secluding,
    verifying,
)
from consent.acts.place_checking import PlaceCheck
from consent.acts.protecting import Protect
from consent.acts.protection_list import OfList
from consent.operating import Done
from consent.reading import showing
from consent.transacting import Transacting
from consent.writing import beforehand, change, conditional
from consent.writing.apart import Apart
from consent.writing.change import UnitOfWork
from consent.writing.prepared import Change, Prepared
from consent.writing.written import Written
from resources.record.version import Version
from resources.store.port import Transaction

MOST_SAID = 200
"""So much of a reason stands on the trail."""

T = TypeVar("T")


class Gate(Transacting):
    """Every request passes here with its actor; nothing above holds the store."""

    async def commit(self, actor: Actor, changes: Sequence[Change]) -> list[Written]:
        """Do all the changes or none; record, history, index and audit become durable together."""
        return (await self.transact(actor, changes, _nothing))[0]

    async def transact(
        self, actor: Actor, changes: Sequence[Change], read: Callable[[Gate], Awaitable[T]]
    ) -> tuple[list[Written], T]:
        """Do all the changes, and read what is to be read when they are done; or nothing of both.

        `read` is given the gate as it is inside the transaction. What it shows goes on the trail with what is written.
        """

        async def work(unit: UnitOfWork, tx: Transaction) -> tuple[list[Written], T]:
            settled = await conditional.settled(unit)
            done = iter(await unit.perform())
            written = await self._all_written(unit, [each or next(done) for each in settled])
            for each in written:
                operating.written(unit, each)
            return written, await read(Gate(self.engine, decided=self._decided, inside=unit))

        done, shown = await self._transacted(actor, await self._prepared(changes), work)
        for asked in changes:
            if asked.body:
                self._stored(asked.type, asked.body)
        for written in done:
            self._decided(written.decision)
        return done, shown

    async def verify(self, actor: Actor, id: str, *, verified: bool) -> Sequence[Version]:
        """A Consent and its paper as an agency sees them that was asked to verify them; `verified` says that it did."""
        names = ("$verify-consent", f"Consent/{id}")
        return (await self.operate(actor, names, lambda unit: verifying.seen(unit, id, verified=verified))).versions

    async def operate(self, actor: Actor, names: Sequence[str], do: Callable[[UnitOfWork], Awaitable[Done]]) -> Done:
        """Do in one transaction what an operation does; done or refused, it is on the trail.

        `names` are the operation's, and those of what it was asked for.
        """

        async def operated(apart: Apart) -> Done:
            return await operating.operated(self.engine, self.append, actor, names, do, apart)

        done = await secluding.apart(self.engine, actor.now, operated)
        self._decided(done.decision)
        return done

    async def rehearse(
        self, actor: Actor, changes: Sequence[Change], play: Callable[[UnitOfWork], Awaitable[T]], asked: str
    ) -> T:
        """Do the changes as they would be done, see what comes of it, and undo them all: nothing is stored.

        `play` performs them. What is refused is on the trail as `asked`; what is told is the asker's to put there.
        """

        return await self._undone(actor, await self._prepared(changes), play, asked)

    async def decide_roles(self, actor: Actor, case: str, participants: Sequence[Mapping[str, Any]]) -> Written:
        """The roles of a case, in the place of those decided before."""
        names = ("$decide-roles", case)
        done = await self.operate(actor, names, lambda unit: deciding_roles.decided(unit, case, participants))
        return done.team

    async def protect(self, actor: Actor, asked: Protect) -> tuple[str, list[Written]]:
        """Protect a person's place; the id of the protection, and the Patients as the caller may see them."""
        id = change.new_id()

        async def do(unit: UnitOfWork) -> list[Written]:
            first, *others = done = await protecting.protect(unit, asked, id)
            kept = await declaring_conflict.against(unit, asked.against, [each.version.reference for each in done])
            return [replace(first, ended=(*first.ended, *kept)), *others]

        return id, await self._protected(actor, "$protect", asked.patient, do)

    async def of_list(self, actor: Actor, operation: str, asked: OfList) -> list[Written]:
        """Extend, confirm or lift a protection, for a reason that stands on the trail."""
        said = " / ".join(each for each in (asked.reason[:MOST_SAID], asked.heard[:MOST_SAID]) if each)

        async def do(unit: UnitOfWork) -> list[Written]:
            return await protection_list.OPERATIONS[operation](unit, asked)

        return await self._protected(actor, f"{operation}: {said}", asked.patient, do)

    async def place_check(self, actor: Actor, asked: PlaceCheck) -> list[Written]:
        """Mark texts of a record as telling no place; the record as the caller may see it."""
        name = f"{asked.type}/{asked.id}"
        return await self._protected(actor, "$place-check", name, lambda unit: place_checking.check(unit, asked))

    async def _protected(
        self,
        actor: Actor,
        told: str,
        name: str,
        do: Callable[[UnitOfWork], Awaitable[list[Written]]],
    ) -> list[Written]:
        async def work(unit: UnitOfWork, tx: Transaction) -> list[Written]:
            done = await do(unit)
            operating.note(unit, "update", [one for each in done for one in each.stored], done[0].decision, told)
            readable = [(await unit.judge("read", each.version)).allowed for each in done]
            return [
                await self._written(unit, each) if seen else replace(each, version=showing.key_of(each.version))
                for each, seen in zip(done, readable, strict=True)
            ]

        return await self._transacted(actor, [_of(name)], work, seconds=beforehand.UNBOUNDED)


def _of(name: str) -> Prepared:
    """What the server changes of a record."""
    type, _, id = name.partition("/")
    return Prepared(Change("update", type, id), {}, {})


async def _nothing(gate: Gate) -> None:
    """Nothing is read where nobody asked for it."""
