"""What every store can do: ask under a predicate, put a version, keep a secret.

There is no way to ask for records without `within`: docs/store.md.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from resources.record.version import Version
from resources.search.predicate import Predicate

T = TypeVar("T")

Order = Literal["id", "-id", "since", "-since"]


class Conflict(Exception):
    """The version put is not the next one: somebody else was first. `transact` does not retry it."""


class Unavailable(Exception):
    """The store cannot be reached or cannot write; nothing was stored. The text is fit for an operator."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for, in which order, and from where on.

    `history` looks among all versions, deleted ones too, instead of the current, undeleted ones.
    `after` is the place of the last row already had: (since, type, id, number). Rows come strictly after it.
    Order `id` is by (type, id, number), `since` by (since, type, id, number); with `-`, wholly reversed.
    """

    what: Predicate
    order: Order = "id"
    after: tuple[str, str, str, int] | None = None
    limit: int | None = None
    history: bool = False


class Snapshot(Protocol):
    """One unchanging view of all records, now or at an instant of the past."""

    async def get(self, type: str, id: str, *, within: Predicate, number: int | None = None) -> Version | None:
        """The version current in this view (deleted ones too), or that numbered one; None where not within."""

    async def find(self, query: Query, *, within: Predicate) -> Sequence[Version]: ...

    async def count(self, query: Query, *, within: Predicate) -> int:
        """How many rows the query has in all; `after` and `limit` do not count."""

    async def epoch(self) -> int:
        """A number that is greater after every transaction that called `advance`; it is of now in every view."""


class Transaction(Snapshot, Protocol):
    """A view that sees its own writes; all of them become durable together, or none."""

    async def put(self, version: Version) -> None:
        """Add a version and make it the current one. Raises Conflict unless it is number current + 1."""

    async def advance(self) -> None:
        """Begin a new epoch: whoever remembers answers from before asks again."""


class Vault(Protocol):
    """Small named secrets that are not records: clients, accounts, codes, refresh tokens, used identifiers.

    `until` is a Unix time in seconds after which the secret is gone, None for never.
    """

    async def keep(self, kind: str, key: str, value: bytes, *, until: float | None = None) -> bool:
        """Keep a new secret. False, and nothing kept, where a living one has this kind and key already."""

    async def look(self, kind: str, key: str) -> bytes | None: ...

    async def take(self, kind: str, key: str) -> bytes | None:
        """Read and remove in one step: of two at once, one gets it."""

    async def replace(self, kind: str, key: str, value: bytes, *, until: float | None = None) -> None:
        """Keep a secret whether or not there was one."""


class Store(Protocol):
    """A document store: SQLite in the process, or MongoDB."""

    @property
    def vault(self) -> Vault: ...

    async def open(self) -> None:
        """Connect and make the schema. Raises Unavailable with one clear sentence."""

    async def close(self) -> None: ...

    def snapshot(self, at: str | None = None) -> AbstractAsyncContextManager[Snapshot]:
        """A view of now, or of the instant `at` (written as `Version.since`)."""

    async def transact(self, work: Callable[[Transaction], Awaitable[T]]) -> T:
        """Do the work in one transaction and make it durable before returning.

        The work may be run again when the store reports a passing conflict, so it must have no other effect.
        What it raises undoes it and is raised on.
        """
