"""What every store can do: ask under a predicate, put a version, keep a secret.

There is no way to ask for records without `within`: docs/store.md.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeVar

from resources.record.version import Version
from resources.search.order import ID, Key
from resources.search.predicate import EVERYTHING, Predicate
from resources.search.relation import Relation, Row, Values
from resources.store.trail import Event, Trail

T = TypeVar("T")


class Conflict(Exception):
    """The version put is not the next one: somebody else was first. `transact` does not retry it."""


class TooLarge(Exception):
    """A version is larger than the store can hold; nothing was stored."""


class TooCostly(Exception):
    """The question is larger than the store can ask, or would take longer than a question may: it was given up.

    Nothing is wrong with the store.
    """


class Unavailable(Exception):
    """The store cannot be reached or cannot write; nothing was stored. The text is fit for an operator."""


class Corrupt(Unavailable):
    """The store is there, and what lies in it cannot be read."""


class NoPlaceError(ValueError):
    """The page key is of no answer to this query: that is ordered otherwise by now, or the row is there no more."""


During = tuple[str, str] | None
"""A period start <= t < end of instants."""


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for, in which order, and from where on.

    `history` looks among all versions, deleted ones too, instead of the current, undeleted ones. Rows that are alike in
    all keys of the `order` are sorted by type, id and number. `after` is a page key that an earlier answer to the same
    query gave, any other a ValueError: rows come strictly after it, with `back` strictly before it, the nearest first.
    `limit` None is all of them. With `as_of` the rows are the versions that were current at that instant; what stands
    around them is asked of the view. A `history` `during` a period has the versions that were current at some instant
    in start <= t < end, and the deletions in it.
    """

    what: Predicate
    order: tuple[Key, ...] = (ID,)
    after: str = ""
    limit: int | None = None
    history: bool = False
    back: bool = False
    as_of: str = ""
    during: During = None


@dataclass(frozen=True, slots=True)
class Found:
    """Some rows in order, and the page key for those after them; empty where there are none.

    `first` is the page key of the first row, where the query had a place to begin at: what lies before it is found by.
    `keys` are the page keys of all rows, where they are those of an instant: who leaves some of them out needs another.
    """

    versions: Sequence[Version]
    next: str = ""
    first: str = ""
    keys: Sequence[str] = ()


class Snapshot(Protocol):
    """One unchanging view of all records, now or at an instant of the past.

    A question that takes longer than the store's budget raises TooCostly.
    """

    @property
    def at(self) -> str:
        """The instant of the view, FOREVER for now."""

    @property
    def now(self) -> str:
        """The instant at which rows of relations must be valid."""

    async def get(self, type: str, id: str, *, within: Predicate, number: int | None = None) -> Version | None:
        """The version current in this view (deleted ones too), or that numbered one; None where not within."""

    async def find(self, query: Query, *, within: Predicate) -> Found: ...

    async def count(self, query: Query, *, within: Predicate, most: int | None = None) -> int:
        """How many rows the query has in all (`after` and `limit` do not count), counted to `most` and one more."""

    async def rows(self, wanted: Iterable[tuple[str, str]]) -> Sequence[Row]:
        """Every row of these relations that begins at these values, given as (name, of): ended ones too, and those that
        are not valid; as recorded by the view's instant."""

    async def feed(self, after: str, limit: int, *, within: Predicate) -> Found:
        """Versions of all records in commit order, past and deleted ones too; `after` is a page key, "" the start.

        What is written later comes later: whoever goes on from the last page key misses nothing. The page key of an
        empty page is the one it was asked with.
        """

    async def end(self) -> str:
        """The page key of the feed's last version: who goes on from it is told of what is written later, and of nothing
        before. "" where there is none."""

    async def generation(self) -> str:
        """Of what code the derived data are: docs/maintenance.md. "" where nobody has said."""

    async def give_way(self) -> None:
        """Let others be answered between two of many; what they do takes nothing of what this one may."""

    async def tags(
        self, name: str, to: Iterable[str], *, values: Values | None = None, of: Predicate = EVERYTHING, led: str = ""
    ) -> Mapping[str, str]:
        """The tags of open rows of a relation that lead to one of these, each with a record that says so.

        With `values`, of rows that begin at such a value of a current record that satisfies `of`, or where open rows
        `led` lead from there; of more rows where such records are many.
        """


class Transaction(Snapshot, Protocol):
    """A view that sees its own writes; all of them become durable together, or none."""

    @property
    def instant(self) -> str:
        """The `since` of everything written here: commit order, later than every instant a reader has seen."""

    async def put(self, version: Version, relations: Iterable[Relation] = ()) -> None:
        """Add a version and make it the current one. Raises Conflict unless it is number current + 1, or TooLarge.

        Its record's rows become these: those no longer among them end now, those that stand go on, new ones begin.
        """

    async def derive(self, reference: str, terms: Iterable[str]) -> None:
        """Add terms that follow from other records to every version of a record; no version comes of it."""

    async def amend(self, reference: str, terms: Mapping[int, Sequence[str]], rows: Iterable[Row] | None) -> None:
        """Give versions of a record, by number, these terms, and the record these rows, None to leave those it has; no
        version comes of it."""

    async def relate(self, version: Version, relations: Iterable[Relation]) -> None:
        """Give a record these rows from now on, of its version that stands; no version comes of it.

        Those no longer among them end now, as where a version is put. Raises ValueError, or TooLarge.
        """

    async def turn(self, generation: str) -> None:
        """Say that everything derived is of this generation from now on."""

    def following(self) -> AbstractContextManager[None]:
        """What is done within follows from what was put, and takes nothing of the seconds that the work may take."""

    async def frames(self, record: str) -> Sequence[Event]:
        """The frames of the events on the trail that name a record, each once, with nothing else."""

    def note(self, event: Event) -> None:
        """Put an event on the trail with what this transaction writes: both become durable together, or neither."""

    async def leave(self, kind: str, key: str, value: bytes) -> None:
        """Keep a new secret with what this transaction writes: both become durable together, or neither."""

    async def fetch(self, kind: str) -> bytes | None:
        """Take away some secret of a kind: it is gone when what this transaction writes is there. None for none."""


class Vault(Protocol):
    """Small named secrets that are not records: clients, accounts, codes, refresh tokens, used identifiers.

    `until` is a Unix time in seconds, by the clock the store was made with, after which it is gone; None for never.
    """

    async def keep(self, kind: str, key: str, value: bytes, *, until: float | None = None) -> bool:
        """Keep a new secret. False, and nothing kept, where a living one has this kind and key already."""

    async def look(self, kind: str, key: str) -> bytes | None: ...

    async def has(self, kind: str) -> bool:
        """Whether there is any secret of a kind."""

    async def look_at(self, *wanted: tuple[str, str]) -> Sequence[bytes | None]:
        """Several at once, in one question: what each is, in the order they are asked for."""

    async def take(self, kind: str, key: str) -> bytes | None:
        """Read and remove in one step: of two at once, one gets it."""

    async def replace(self, kind: str, key: str, value: bytes, *, until: float | None = None) -> None:
        """Keep a secret whether or not there was one."""

    async def exchange(self, kind: str, key: str, before: bytes, after: bytes) -> bool:
        """Put another value in place of this one, in one step; False, and nothing changed, where it is another now."""

    async def tally(self, kind: str, key: str, *, until: float) -> int:
        """Count one more, in one step, and say how many that makes; a counter lives to the `until` of its first."""


class Store(Protocol):
    """A document store: SQLite in the process, or MongoDB."""

    @property
    def vault(self) -> Vault: ...

    @property
    def trail(self) -> Trail: ...

    async def open(self) -> None:
        """Connect and make the schema. Raises Unavailable with one clear sentence."""

    async def close(self) -> None: ...

    def snapshot(self, at: str | None = None, *, now: str = "") -> AbstractAsyncContextManager[Snapshot]:
        """A view of now, or of the instant `at` (written as `Version.since`).

        Rows of relations are valid at `now`; where it is not given, at the view's instant.
        """

    async def transact(self, work: Callable[[Transaction], Awaitable[T]], *, seconds: float = float("inf")) -> T:
        """Do the work in one transaction and make it durable before returning.

        The work may be run again when the store reports a passing conflict, so it must have no other effect.
        What it raises undoes it and is raised on. Where `seconds` are given, what it asks and makes of the answers
        takes no longer than that in all, while others who write wait; what it puts, and what follows from that, does
        not count. Raises TooCostly.
        """
