"""The only door to the records: read, search, look back, and write, each under policy and each put on the trail.

docs/policy.md; docs/architecture.md, "a read travels".
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from consent import referring, trail, verifying, vocabulary
from consent.actor import Actor
from consent.change import UnitOfWork
from consent.engine import PolicyEngine
from consent.opened import Opened
from consent.prepared import Change, prepared
from consent.reading import Page, Reading, redacted
from consent.rule import Action, Decision
from consent.written import Written
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.request import SearchRequest
from resources.store.port import Conflict, Transaction
from resources.store.trail import Event

T = TypeVar("T")


class Outcome(Protocol):
    """What became of an operation: what of it goes on the trail, and what that rests on."""

    @property
    def action(self) -> Action: ...

    @property
    def told(self) -> Sequence[Version]: ...

    @property
    def decision(self) -> Decision: ...


Done = TypeVar("Done", bound=Outcome)


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
                told = (done.version, *done.ended)
                known = unit.facts
                kind = "operation" if done.asked else ""
                agencies, world = known.agencies, known.world
                tx.note(
                    trail.event(
                        actor, agencies, done.action, told, done.decision, world=world, kind=kind, asked=done.asked
                    )
                )
            return written

        done = await self._transacted(actor, changes, work)
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
        units: list[UnitOfWork] = []

        async def work(tx: Transaction) -> Done:
            units[:] = [await UnitOfWork.begin(self.engine, tx, actor, ())]
            done = await do(units[0])
            known = units[0].facts
            told = trail.event(
                actor, known.agencies, done.action, done.told, done.decision,
                world=known.world, kind="operation", asked=names[0],
            )  # fmt: skip
            tx.note(told)
            return done

        try:
            done = await self.engine.store.transact(work)
        except Problem:
            for unit in units:
                await self.append(trail.denial(actor, unit.facts.agencies, "read", *names[1:], names[0]))
            raise
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
            return await self._transacted(actor, changes, work, asked)
        except _UndoneError as undone:
            result: T = undone.result
            return result

    async def _transacted(
        self,
        actor: Actor,
        changes: Sequence[Change],
        work: Callable[[UnitOfWork, Transaction], Awaitable[T]],
        *asked: str,
    ) -> T:
        ready = [prepared(self.engine, change) for change in changes]
        referring.bounded(ready)
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
                    await self._refused(actor, unit, *asked)
            raise

    async def _written(self, unit: UnitOfWork, done: Written) -> Written:
        """What the writer gets back is what the writer may see."""
        decision = await unit.masked(done.version)
        return replace(done, version=redacted(self.engine, done.version, decision, unit.facts))

    async def disclosed(self, reading: Reading, action: Action, interaction: str, asked: str) -> None:
        """Put a disclosure on the trail before it leaves; the public directory discloses nobody."""
        decision, known = reading.decision, reading.facts
        shown = [version for version in reading.shown if version.type not in vocabulary.DIRECTORY]
        if not shown and (reading.shown or asked in vocabulary.DIRECTORY or not asked):
            self._decided(decision)
            return
        kind, told = interaction, reading.shown
        event = trail.event(
            known.actor, known.agencies, action, told, decision, world=known.world, kind=kind, asked=asked
        )
        await self.disclose(event, decision)

    async def _refused(self, actor: Actor, unit: UnitOfWork, *asked: str) -> None:
        """Put a refused write on the trail: all that was to be written, and what it named unseen by its writer."""
        by_method: dict[Action, list[str]] = {}
        for ready in unit.asked:
            by_method.setdefault(ready.change.method, []).append(ready.change.reference)
        for action, names in by_method.items():
            await self.append(trail.denial(actor, unit.facts.agencies, action, *names, *asked))
        if unit.unseen:
            await self.append(trail.denial(actor, unit.facts.agencies, "read", unit.unseen, *asked))

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
