"""The only door to the records: read, search, look back, and write, each under policy and each put on the trail.

docs/policy.md; docs/architecture.md, "a read travels".
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from consent import change, protecting, referring, showing, trail, vocabulary
from consent.actor import Actor
from consent.change import UnitOfWork, Written
from consent.engine import PolicyEngine
from consent.prepared import Change, prepared
from consent.protecting import Lift, Protect
from consent.reading import Page, Reading
from consent.rule import Action, Decision
from resources.record import period
from resources.record.problem import Problem
from resources.record.version import Version
from resources.search.request import SearchRequest
from resources.store.port import Conflict, Transaction
from resources.store.trail import Event

MOST_SAID = 200
"""So much of a reason stands on the trail."""


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

    @asynccontextmanager
    async def reading(
        self, actor: Actor, action: Action = "read", interaction: str = "", asked: str = ""
    ) -> AsyncIterator[Reading]:
        """One view for all that a request reads; what it read is on the trail when this is left, and not before.

        So an answer is sent only after. `interaction` and `asked` say on the trail what was asked for.
        """
        async with self.engine.store.snapshot(now=period.instant(actor.now)) as view:
            reading = await Reading.begin(self.engine, view, actor)
            try:
                yield reading
            except Problem:
                if reading.denied:
                    await self.append(trail.denial(actor, reading.facts.agencies, action, reading.denied))
                elif reading.shown:
                    await self._disclosed(reading, action, interaction, asked)
                raise
        await self._disclosed(reading, action, interaction, asked)

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
        ready = [prepared(self.engine, asked) for asked in changes]
        referring.bounded(self.engine, ready)
        units: list[UnitOfWork] = []

        async def work(tx: Transaction) -> list[Written]:
            unit = await UnitOfWork.begin(self.engine, tx, actor, ready)
            units[:] = [unit]
            written = [await self._written(unit, done) for done in await unit.perform()]
            for done in written:
                told = (done.version, *done.ended)
                known = unit.facts
                tx.note(trail.event(actor, known.agencies, done.action, told, done.decision, world=known.world))
            return written

        try:
            done = await self.engine.store.transact(work)
        except Conflict:
            raise Problem.of("conflict", "somebody else changed it first", "他の人が先に変更しました") from None
        except Problem as problem:
            for unit in units:
                if problem.kind in ("forbidden", "not-found", "business-rule") or unit.unseen:
                    await self._refused(actor, unit)
            raise
        for asked in changes:
            if asked.method != "delete":
                self._stored(asked.type, asked.body)
        for written in done:
            self._decided(written.decision)
        return done

    async def protect(self, actor: Actor, asked: Protect) -> tuple[str, list[Written]]:
        """Protect a person's place; the id of the protection, and the Patients as the caller may see them."""
        id = change.new_id()
        return id, await self._protected(
            actor, "$protect", asked.patient, lambda unit: protecting.protect(unit, asked, id)
        )

    async def lift(self, actor: Actor, asked: Lift) -> list[Written]:
        """Lift a protection, for a reason that stands on the trail."""
        told = f"$lift-protection: {asked.reason[:MOST_SAID]}"
        return await self._protected(actor, told, asked.patient, lambda unit: protecting.lift(unit, asked))

    async def _protected(
        self, actor: Actor, told: str, name: str, do: Callable[[UnitOfWork], Awaitable[list[Written]]]
    ) -> list[Written]:
        units: list[UnitOfWork] = []

        async def work(tx: Transaction) -> list[Written]:
            unit = await UnitOfWork.begin(self.engine, tx, actor, ())
            units[:] = [unit]
            done = await do(unit)
            versions = [each.version for each in done]
            known = unit.facts
            event = trail.event(
                actor,
                known.agencies,
                "update",
                versions,
                done[0].decision,
                world=known.world,
                kind="operation",
                asked=told,
            )
            tx.note(event)
            return [await self._written(unit, each) for each in done]

        try:
            return await self.engine.store.transact(work)
        except Problem:
            for unit in units:
                await self.append(trail.denial(actor, unit.facts.agencies, "update", name))
            raise

    async def _written(self, unit: UnitOfWork, done: Written) -> Written:
        """What the writer gets back is what the writer may see."""
        decision = await unit.judge("read", done.version)
        return replace(done, version=await showing.shown(self.engine, unit.tx, done.version, decision, unit.facts))

    async def _disclosed(self, reading: Reading, action: Action, interaction: str, asked: str) -> None:
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

    async def _refused(self, actor: Actor, unit: UnitOfWork) -> None:
        """Put a refused write on the trail: all that was to be written, and what it named unseen by its writer."""
        by_method: dict[Action, list[str]] = {}
        for ready in unit.asked:
            by_method.setdefault(ready.change.method, []).append(ready.change.reference)
        for action, names in by_method.items():
            await self.append(trail.denial(actor, unit.facts.agencies, action, *names))
        if unit.unseen:
            await self.append(trail.denial(actor, unit.facts.agencies, "read", unit.unseen))

    async def disclose(self, event: Event, decision: Decision) -> None:
        """Say which rules a disclosure rests on, and put it on the trail before it leaves."""
        self._decided(decision)
        await self.append(event)

    async def append(self, event: Event) -> None:
        """Put an event on the trail, durably, before what it tells of leaves."""
        await self.engine.store.trail.append(event)
