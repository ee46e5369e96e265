"""A reading for as long as it is open: what it read is on the trail when it is left, and not before.

docs/policy.md; docs/architecture.md, "a read travels".
"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Protocol

from consent import trail
from consent.actor import Actor
from consent.engine import PolicyEngine
from consent.reading.reading import Reading
from consent.rule import Action
from resources.record.problem import Problem
from resources.store.port import Snapshot
from resources.store.trail import Event


class Door(Protocol):
    """The gate, as far as a reading leaves by it."""

    engine: PolicyEngine

    async def disclosed(self, reading: Reading, action: Action, interaction: str, asked: str) -> None: ...

    async def append(self, event: Event) -> None: ...

    def view(self, actor: Actor) -> AbstractAsyncContextManager[Snapshot]: ...


class Opened:
    """A reading for as long as the `async with` lasts. Written out, since every request for records passes here."""

    __slots__ = ("_action", "_actor", "_asked", "_door", "_interaction", "_reading", "_view")

    def __init__(self, door: Door, actor: Actor, action: Action, interaction: str, asked: str) -> None:
        self._door, self._actor, self._action, self._interaction, self._asked = door, actor, action, interaction, asked
        self._view = door.view(actor)

    async def __aenter__(self) -> Reading:
        view = await self._view.__aenter__()
        try:
            self._reading = await Reading.begin(self._door.engine, view, self._actor)
        except BaseException as fault:
            await self._view.__aexit__(type(fault), fault, fault.__traceback__)
            raise
        return self._reading

    async def __aexit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if isinstance(fault, Problem):
                await self._ended_by_problem()
        finally:
            await self._view.__aexit__(kind, fault, trace)
        if fault is None:
            await self._door.disclosed(self._reading, self._action, self._interaction, self._asked)

    async def _ended_by_problem(self) -> None:
        reading = self._reading
        if reading.denied:
            names = [reading.denied, *([self._asked] if self._asked.startswith("$") else [])]
            denial = trail.denial(self._actor, reading.facts.agencies, self._action, *names, about=reading.about)
            await self._door.append(denial)
        elif reading.shown:
            await self._door.disclosed(reading, self._action, self._interaction, self._asked)
