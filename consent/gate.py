"""The only door to the records: read, search, look back, and write, each under policy and each put on the trail.

docs/policy.md; docs/architecture.md, "a read travels".
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any, TypeVar

from consent import (
    change,
    deciding_roles,
    declaring_conflict,
    operating,
    place_checking,
    protecting,
    protection_list,
    referring,
    showing,
    trail,
    verifying,
    vocabulary,
)
from consent.actor import Actor
from consent.aside import MOMENT, aside
from consent.change import UnitOfWork
from consent.engine import PolicyEngine
from consent.opened import Opened
from consent.operating import Done
from consent.place_checking import PlaceCheck
from consent.prepared import Change, Prepared, prepared
from consent.protecting import Protect
from consent.protection_list import OfList
from consent.reading import Page, Reading
from consent.rule import Action, Decision
from consent.written import Written
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.request import SearchRequest
from resources.store.port import Conflict, Transaction
from resources.store.trail import Event

MOST_SAID = 200
"""So much of a reason stands on the trail."""

T = TypeVar("T")


class Gate:
    """Every request passes here with its actor; nothing above holds the store."""

    def __init__(
        self,
        engine: PolicyEngine,
        stored: Callable[[str, bytes], None] = lambda type, body: None,
        decided: Callable[[Decision], None] = lambda decision: None,
    ) -> None:
        """`stored` is told the type and bytes of all that was written, `decided` every decision that was carried out.

        Both must return at once.
        """
        self.engine = engine
        self._stored, self._decided = stored, decided

    def reading(
        self, actor: Actor, action: Action = "read", interaction: str = "", asked: str = ""
    ) -> AbstractAsyncContextManager[Reading]:
        """One view for all that a request reads; what it read is on the trail when this is left, and not before.

        So an answer is sent only after. `interaction` and `asked` say on the trail what was asked for.
        """
        return Opened(self, actor, action, interaction, asked)

    async def read(self, actor: Actor, type: str, id: str, number: int | None = None) -> Version:
        """One version as this actor may see it. Raises Problem `not-found` where it is not for them, `deleted`."""
        async with self.reading(actor, interaction="read" if number is None else "vread") as reading:
            return await reading.read(type, id, number)

    async def search(self, actor: Actor, wanted: SearchRequest, after: str = "") -> Page:
        """The records that match and that this actor may see; the total counts exactly those."""
        async with self.reading(actor, "search", asked=wanted.type) as reading:
            return await reading.search(wanted, after)

    async def history(self, actor: Actor, type: str, id: str, count: int, after: str = "") -> Page:
        """The versions of a record that this actor may see, newest first, each judged by its own envelope."""
        async with self.reading(actor, asked="history-instance") as reading:
            return await reading.history(type, id, count, after)

    async def commit(self, actor: Actor, changes: Sequence[Change]) -> list[Written]:
        """Do all the changes or none; record, history, index and audit become durable together."""

        async def work(unit: UnitOfWork, tx: Transaction) -> list[Written]:
            written = [await self._written(unit, done) for done in await unit.perform()]
            for done in written:
                operating.written(unit, done)
            return written

        done = await self._transacted(actor, await self._prepared(changes), work)
        for asked in changes:
            if asked.body:
                self._stored(asked.type, asked.body)
        for written in done:
            self._decided(written.decision)
        return done

    async def verify(self, actor: Actor, id: str, *, verified: bool) -> Sequence[Version]:
        """A Consent and its paper as an agency sees them that was asked to verify them; `verified` says that it did."""
        names = ("$verify-consent", f"Consent/{id}")
        return (await self.operate(actor, names, lambda unit: verifying.seen(unit, id, verified=verified))).versions

    async def operate(self, actor: Actor, names: Sequence[str], do: Callable[[UnitOfWork], Awaitable[Done]]) -> Done:
        """Do in one transaction what an operation does; done or refused, it is on the trail.

        `names` are the operation's, and those of what it was asked for.
        """
        done = await operating.operated(self.engine, self.append, actor, names, do)
        self._decided(done.decision)
        return done

    async def rehearse(
        self, actor: Actor, changes: Sequence[Change], play: Callable[[UnitOfWork], Awaitable[T]], asked: str
    ) -> T:
        """Do the changes as they would be done, see what comes of it, and undo them all: nothing is stored.

        `play` performs them. What is refused is on the trail as `asked`; what is told is the asker's to put there.
        """

        async def work(unit: UnitOfWork, tx: Transaction) -> T:
            raise _UndoneError(await play(unit))

        try:
            return await self._transacted(actor, await self._prepared(changes), work, asked)
        except _UndoneError as undone:
            result: T = undone.result
            return result

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
        do = protection_list.OPERATIONS[operation]
        return await self._protected(actor, f"{operation}: {said}", asked.patient, lambda unit: do(unit, asked))

    async def place_check(self, actor: Actor, asked: PlaceCheck) -> list[Written]:
        """Mark texts of a record as telling no place; the record as the caller may see it."""
        name = f"{asked.type}/{asked.id}"
        return await self._protected(actor, "$place-check", name, lambda unit: place_checking.check(unit, asked))

    async def _protected(
        self, actor: Actor, told: str, name: str, do: Callable[[UnitOfWork], Awaitable[list[Written]]]
    ) -> list[Written]:
        async def work(unit: UnitOfWork, tx: Transaction) -> list[Written]:
            done = await do(unit)
            operating.note(unit, "update", [one for each in done for one in each.stored], done[0].decision, told)
            readable = [(await unit.judge("read", each.version)).allowed for each in done]
            return [
                await self._written(unit, each) if seen else replace(each, version=showing.key_of(each.version))
                for each, seen in zip(done, readable, strict=True)
            ]

        type, _, id = name.partition("/")
        return await self._transacted(actor, [Prepared(Change("update", type, id), {}, {})], work)

    async def _prepared(self, changes: Sequence[Change]) -> list[Prepared]:
        """The changes made ready before anything is asked of the store, bounded in what they will make it do."""
        size = sum(MOMENT + 1 if change.type == "CarePlan" else len(change.body) for change in changes)  # by its rules
        ready = await aside(size, lambda: [prepared(self.engine, change) for change in changes])
        referring.bounded(ready)
        return ready

    async def _transacted(
        self,
        actor: Actor,
        ready: Sequence[Prepared],
        work: Callable[[UnitOfWork, Transaction], Awaitable[T]],
        *asked: str,
    ) -> T:
        units: list[UnitOfWork] = []

        async def begun(tx: Transaction) -> T:
            unit = await UnitOfWork.begin(self.engine, tx, actor, ready)
            units[:] = [unit]
            return await work(unit, tx)

        try:
            return await self.engine.store.transact(begun)
        except Conflict:
            raise Problem.of("conflict", "somebody else changed it first", "他の人が先に変更しました") from None
        except Problem as problem:
            for unit in units:
                if problem.kind in ("forbidden", "not-found", "business-rule") or unit.unseen:
                    await operating.refused(self.append, actor, unit, *asked)
            raise

    async def _written(self, unit: UnitOfWork, done: Written) -> Written:
        """What the writer gets back is what the writer may see."""
        if done.was_nothing:
            return done
        decision = await unit.masked(done.version)
        return replace(done, version=await showing.shown(self.engine, unit.tx, done.version, decision, unit.facts))

    async def disclosed(self, reading: Reading, action: Action, interaction: str, asked: str) -> None:
        """Put a disclosure on the trail before it leaves; the public directory discloses nobody."""
        decision, known = reading.decision, reading.facts
        shown = [version for version in reading.shown if version.type not in vocabulary.DIRECTORY]
        if not shown and (reading.shown or asked in vocabulary.PUBLIC or not asked):
            self._decided(decision)
            return
        kind, told = interaction, reading.shown
        event = trail.event(
            known.actor, known.agencies, action, told, decision, world=known.world, kind=kind, asked=asked
        )
        await self.disclose(event, decision)

    async def disclose(self, event: Event, decision: Decision) -> None:
        """Say which rules a disclosure rests on, and put it on the trail before it leaves."""
        self._decided(decision)
        await self.append(event)

    async def append(self, event: Event) -> None:
        """Put an event on the trail, durably, before what it tells of leaves."""
        await self.engine.store.trail.append(event)


class _UndoneError(Exception):
    """Ends a rehearsal: the store undoes what was done, and what was seen is taken along."""

    def __init__(self, result: Any) -> None:
        super().__init__("undone")
        self.result = result
