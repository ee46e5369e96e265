"""What the gate shows: each record under policy, and on the trail before it leaves.

docs/policy.md, "accountability"; docs/architecture.md, "a read travels".
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext

from consent import trail, vocabulary
from consent.actor import Actor
from consent.engine import PolicyEngine
from consent.reading import several
from consent.reading.opened import Opened
from consent.reading.page import Page
from consent.reading.reading import Reading
from consent.rule import Action, Decision
from consent.writing.change import UnitOfWork
from resources.record import period
from resources.record.version import Version
from resources.search.request import SearchRequest
from resources.search.several import Several
from resources.store.port import During, Snapshot
from resources.store.trail import Event

UNBOUNDED = sys.maxsize
"""For what no request from outside asks."""


class Disclosing:
    """The half of the gate that reads; `inside` a unit of work it reads what that has written."""

    def __init__(
        self,
        engine: PolicyEngine,
        stored: Callable[[str, bytes], None] = lambda type, body: None,
        decided: Callable[[Decision], None] = lambda decision: None,
        inside: UnitOfWork | None = None,
        most: int = UNBOUNDED,
    ) -> None:
        """`stored` is told the type and bytes of all that was written, `decided` every decision that was carried out.

        Both must return at once. `most` are the records that one request writes together. `inside` a unit of work it
        reads what that has written, and its trail is that one's.
        """
        self.engine = engine
        self._stored, self._decided, self._inside, self._most = stored, decided, inside, most

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

    async def search_several(self, actor: Actor, wanted: Several, after: str = "") -> Page:
        """The records of several types that match and that this actor may see."""
        async with self.reading(actor, "search", asked="search-system") as reading:
            return await several.found(reading, wanted, after)

    async def history(
        self, actor: Actor, type: str, id: str, count: int, after: str = "", during: During = None, since: str = ""
    ) -> Page:
        """The versions of a record that this actor may see, newest first, from an instant on, or of a
        period, each judged by its own envelope."""
        async with self.reading(actor, asked="history-instance") as reading:
            return await reading.history(type, id, count, after, during, since)

    async def history_of(
        self,
        actor: Actor,
        types: Sequence[str],
        since: str,
        count: int,
        after: str = "",
        during: During = None,
    ) -> Page:
        """The versions of these types that this actor may see, newest first, from an instant on, or of a period."""
        asked = "history-type" if len(types) == 1 else "history-system"
        async with self.reading(actor, "search", asked=asked) as reading:
            return await reading.history_of(types, since, count, after, during)

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
        if self._inside is not None:
            self._inside.note(event)
        else:
            await self.engine.store.trail.append(event)

    def view(self, actor: Actor) -> AbstractAsyncContextManager[Snapshot]:
        """What is read of: the records as they are, or as they are inside."""
        if self._inside is not None:
            return nullcontext(self._inside.tx)
        return self.engine.store.snapshot(now=period.instant(actor.now))
