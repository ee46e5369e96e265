"""A unit of work of one actor: made ready, done in one transaction of the store, and once more where it was overtaken.

docs/decisions/0005-one-reading.md; docs/policy.md, "accountability"
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from consent import operating
from consent.actor import Actor
from consent.acts import secluding
from consent.disclosing import Disclosing
from consent.reading import showing
from consent.writing import beforehand, conditional, handing_on, referring
from consent.writing.apart import Apart
from consent.writing.aside import MOMENT, aside
from consent.writing.change import UnitOfWork
from consent.writing.foreseen import Foreseen
from consent.writing.prepared import Change, Prepared, all_prepared
from consent.writing.written import Written
from resources.record.problem import Problem
from resources.store.port import Conflict, TooCostly, Transaction

T = TypeVar("T")


class Transacting(Disclosing):
    """How whatever the gate writes is carried out; what is refused is on the trail."""

    async def _prepared(self, changes: Sequence[Change]) -> list[Prepared]:
        """The changes made ready before anything is asked of the store, bounded in what they will make it do."""
        bounded(len(changes), self._most)
        size = sum(MOMENT + 1 if change.type == "CarePlan" else len(change.body) for change in changes)  # by its rules
        ready = await aside(size, all_prepared, self.engine, changes)
        referring.bounded(ready)
        conditional.bounded(ready)
        return ready

    async def _transacted(
        self,
        actor: Actor,
        ready: Sequence[Prepared],
        work: Callable[[UnitOfWork, Transaction], Awaitable[T]],
        *asked: str,
        seconds: float = 0.0,
    ) -> T:
        """`seconds` are as the store means them; else as long as that many changes may take.

        What makes many records secret, or no longer so, settles those in slices before it, or after it.
        """
        longest = seconds or beforehand.held(ready)

        async def do(apart: Apart) -> T:
            room = apart.together() if len(ready) > 1 else apart
            return await self._in_one(actor, ready, work, asked, longest, room)

        return await secluding.apart(self.engine, actor.now, do)

    async def _in_one(
        self,
        actor: Actor,
        ready: Sequence[Prepared],
        work: Callable[[UnitOfWork, Transaction], Awaitable[T]],
        asked: Sequence[str],
        seconds: float,
        apart: Apart,
    ) -> T:
        units: list[UnitOfWork] = []
        overtaken = False
        for last in (False, False, True):
            ahead = await beforehand.foreseen(self.engine, actor, ready)

            async def begun(tx: Transaction, ahead: Foreseen | None = ahead) -> T:
                nonlocal overtaken
                unit = await UnitOfWork.begin(self.engine, tx, actor, ready)
                overtaken = ahead is not None and await tx.end() != ahead.end
                unit.foreseen, unit.apart = None if overtaken else ahead, await handing_on.still(tx, apart)
                units[:] = [unit]
                done = await work(unit, tx)
                unit.apart.demand()
                return done

            try:
                return await self.engine.store.transact(begun, seconds=seconds)
            except Conflict:
                raise Problem.of("conflict", "somebody else changed it first", "他の人が先に変更しました") from None
            except TooCostly:
                # Somebody wrote in between, and all was asked while others waited: once more from the beginning.
                if last or not overtaken:
                    raise
            except Problem as problem:
                for unit in units:
                    if problem.kind in ("forbidden", "not-found", "business-rule") or operating.tells(unit):
                        await operating.refused(self.append, actor, unit, *asked)
                raise
        raise AssertionError("the last time returns or raises")

    async def _undone(
        self,
        actor: Actor,
        ready: Sequence[Prepared],
        play: Callable[[UnitOfWork], Awaitable[T]],
        *asked: str,
        seconds: float = 0.0,
    ) -> T:
        """What comes of it where it is done as it would be; nothing of it is stored."""

        async def work(unit: UnitOfWork, tx: Transaction) -> T:
            raise _UndoneError(await play(unit))

        try:
            return await self._transacted(actor, ready, work, *asked, seconds=seconds)
        except _UndoneError as undone:
            result: T = undone.result
            return result

    async def _all_written(self, unit: UnitOfWork, done: Sequence[Written]) -> list[Written]:
        """What bears on them is asked of all at once: others wait to write."""
        await unit.know([each.version for each in done if not each.was_nothing and each.action != "search"])
        return [await self._written(unit, each) for each in done]

    async def _written(self, unit: UnitOfWork, done: Written) -> Written:
        """What the writer gets back is what the writer may see."""
        if done.was_nothing or done.action == "search":
            return done  # of what was found one has been shown as much already
        decision = await unit.masked(done.version)
        return replace(done, version=await showing.shown(self.engine, unit.tx, done.version, decision, unit.facts))


def bounded(many: int, most: int) -> None:
    """Raises Problem where so many records are not written at once, since others wait to write meanwhile."""
    if many > most:
        setting = "`TSUNAGU_TRANSACTION_LIMIT`"
        text = f"{many} records would be written at once, and {most} is the most ({setting}): ask in parts"
        ja = f"一度に書ける記録は {most} 件（{setting}）までです（{many} 件）。分けて求めてください"
        raise Problem.of("too-costly", text, ja)


class _UndoneError(Exception):
    """Ends a rehearsal: the store undoes what was done, and what was seen is taken along."""

    def __init__(self, result: Any) -> None:
        super().__init__("undone")
        self.result = result
