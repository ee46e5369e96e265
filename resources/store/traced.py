"""A store whose questions and writes are told to who traces: what was done and how long it took, never what about.

docs/operations.md, "traces"
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any, Protocol, TypeVar, cast

from resources.store.port import Snapshot, Store, Transaction, Vault
from resources.store.trail import Trail

T = TypeVar("T")

_QUESTIONS = frozenset({"get", "find", "count", "rows", "feed", "end", "tags"})
_WRITES = frozenset({"put", "derive", "amend", "relate", "turn", "frames"})
_SECRETS = frozenset({"keep", "look", "look_at", "take", "replace", "tally"})
_EVENTS = frozenset({"append", "get", "find", "heads", "roots", "last_root", "add_root", "forget"})


class Spans(Protocol):
    """Who traces."""

    def __call__(self, name: str) -> AbstractContextManager[None]:
        """What is done within is a span of this name, where it belongs to something that is traced."""

    def here(self) -> Callable[[], AbstractContextManager[None]]:
        """For what is done elsewhere: within what this gives it belongs to what is being done here."""


class TracedStore:
    """Wired in the place of a store where traces are on, and nowhere else."""

    def __init__(self, store: Store, spans: Spans) -> None:
        self._store, self._spans = store, spans

    @property
    def vault(self) -> Vault:
        return cast(Vault, _Traced(self._store.vault, "vault", _SECRETS, self._spans))

    @property
    def trail(self) -> Trail:
        return cast(Trail, _Traced(self._store.trail, "trail", _EVENTS, self._spans))

    async def open(self) -> None:
        await self._store.open()

    async def close(self) -> None:
        await self._store.close()

    @asynccontextmanager
    async def snapshot(self, at: str | None = None, *, now: str = "") -> AsyncIterator[Snapshot]:
        async with self._store.snapshot(at, now=now) as view:
            yield cast(Snapshot, _Traced(view, "store", _QUESTIONS, self._spans))

    async def transact(self, work: Callable[[Transaction], Awaitable[T]], *, seconds: float = float("inf")) -> T:
        """The whole is one span, from waiting for a turn to what is durable; the work, each time it is run, another."""
        with self._spans("store transact"):
            again = self._spans.here()

            async def traced(tx: Transaction) -> T:
                with again(), self._spans("store work"):
                    return await work(cast(Transaction, _Writing(tx, "store", _QUESTIONS | _WRITES, self._spans)))

            return await self._store.transact(traced, seconds=seconds)


class _Traced:
    """Another's methods, of which those that are asked of the database are spans; all else is as it is there."""

    __slots__ = ("_names", "_noun", "_of", "_spans")

    def __init__(self, of: object, noun: str, names: frozenset[str], spans: Spans) -> None:
        self._of, self._noun, self._names, self._spans = of, noun, names, spans

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._of, name)
        if name not in self._names:
            return found

        async def within(*given: Any, **named: Any) -> Any:
            with self._spans(f"{self._noun} {name}"):
                return await found(*given, **named)

        return within


class _Writing(_Traced):
    """A transaction, which takes events along."""

    __slots__ = ()

    def note(self, event: Any) -> None:
        with self._spans("trail note"):
            self._of.note(event)  # type: ignore[attr-defined]  # it stands for a transaction
