"""The server's parts, each told to who traces: wired in the place of those that are not, where traces are on.

docs/operations.md, "traces"
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TypeVar

from starlette.types import ASGIApp, Receive, Scope, Send

from api.beside.leading import Work
from api.http.edge import Edge
from api.telemetry.traces import Traces
from consent.actor import Actor
from consent.engine import PolicyEngine
from consent.gate import Gate
from consent.operating import Done
from consent.reading.reading import Reading
from consent.rule import Action, Decision
from consent.writing.change import UnitOfWork
from consent.writing.prepared import Change
from consent.writing.written import Written

T = TypeVar("T")


class TracedEdge:
    """Around everything, each request."""

    def __init__(self, edge: Edge, traces: Traces) -> None:
        self._edge, self._traces = edge, traces

    async def __call__(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        with self._traces.request(scope):
            await self._edge(app, scope, receive, send)


class TracedGate(Gate):
    """What passes through the gate, by what is done there and never by what it is done to."""

    def __init__(
        self,
        engine: PolicyEngine,
        traces: Traces,
        stored: Callable[[str, bytes], None],
        decided: Callable[[Decision], None],
        *,
        most: int,
    ) -> None:
        def told(decision: Decision) -> None:
            decided(decision)
            traces.decided(decision)

        super().__init__(engine, stored, told, most=most)
        self._traces = traces

    def reading(
        self, actor: Actor, action: Action = "read", interaction: str = "", asked: str = ""
    ) -> AbstractAsyncContextManager[Reading]:
        return self._read(super().reading(actor, action, interaction, asked), f"gate {action}")

    async def transact(
        self, actor: Actor, changes: Sequence[Change], read: Callable[[Gate], Awaitable[T]]
    ) -> tuple[list[Written], T]:
        with self._traces("gate write"):
            return await super().transact(actor, changes, read)

    async def operate(self, actor: Actor, names: Sequence[str], do: Callable[[UnitOfWork], Awaitable[Done]]) -> Done:
        with self._traces("gate operate"):
            return await super().operate(actor, names, do)

    async def rehearse(
        self, actor: Actor, changes: Sequence[Change], play: Callable[[UnitOfWork], Awaitable[T]], asked: str
    ) -> T:
        with self._traces("gate rehearse"):
            return await super().rehearse(actor, changes, play, asked)

    @asynccontextmanager
    async def _read(self, reading: AbstractAsyncContextManager[Reading], name: str) -> AsyncIterator[Reading]:
        with self._traces(name):
            async with reading as begun:
                yield begun


class TracedWork:
    """Work beside the requests: each step that is done, and none that was not waited for."""

    def __init__(self, work: Work, traces: Traces) -> None:
        self._work, self._traces, self._name = work, traces, f"job {type(work).__qualname__}"

    async def waiting(self) -> bool:
        return await self._work.waiting()

    async def step(self) -> bool:
        with self._traces.job(self._name):
            return await self._work.step()
