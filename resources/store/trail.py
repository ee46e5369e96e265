"""What every trail can do: take an event, be asked for events, be walked, signed and shortened.

docs/trail.md
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, NamedTuple, Protocol, get_args

Field = Literal["agent", "agency", "patient", "entity", "policy", "action", "outcome"]
FIELDS: tuple[Field, ...] = get_args(Field)

COUNTED = 20_000
"""How far a total is counted; more is said to be unknown."""


class Event(NamedTuple):
    """One disclosure, denial or write: ids, codes and rules, never content.

    What comes before `at` is the same for most of what one actor does, and lies in the store once. `kind` is a code of
    FHIR's restful-interaction, `action` C R U D or E, `outcome` 0 or 4. `at` is milliseconds of Unix time. `records`
    and `evidence` are `Type/id/_history/n`, or `Type/id` where no version is known; `patients` are `Patient/id`.
    """

    kind: str
    action: str
    outcome: str
    purpose: str
    client: str
    person: str
    agencies: tuple[str, ...]
    asked: str
    rules: tuple[str, ...]
    at: int
    request: str
    records: tuple[str, ...] = ()
    patients: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()


FRAME = 9
"""How many of an event's fields are its frame: those before `at`."""


class Entry(NamedTuple):
    """An event in its place: the chain of the process that wrote it, its number there from 1, its hash."""

    chain: str
    number: int
    event: Event
    hash: bytes

    @property
    def id(self) -> str:
        """Leads to this event and no other."""
        return f"{self.chain}-{self.number}"


class Head(NamedTuple):
    """The last event of a chain, as its own record says."""

    chain: str
    number: int
    hash: bytes


class Root(NamedTuple):
    """A signed statement on the heads of chains, numbered from 1: resources/store/trail_root.py."""

    number: int
    statement: str


@dataclass(frozen=True, slots=True)
class TrailQuery:
    """The events that have, for every pair of `having`, one of its values, at an instant in one of `when`.

    `when` are ranges `from <= at < until` in milliseconds, None for any time. `after` is a page key that an earlier
    answer to the same query gave: rows come strictly after it. With `back` it wants those before it (`turned`).
    """

    having: Sequence[tuple[Field, frozenset[str]]] = ()
    when: tuple[tuple[int, int], ...] | None = None
    newest_first: bool = True
    after: str = ""
    limit: int = 50
    back: bool = False

    @property
    def turned(self) -> TrailQuery:
        """The query for the rows before its place, the nearest first."""
        return replace(self, newest_first=not self.newest_first, back=False)


def matches(query: TrailQuery, event: Event) -> bool:
    """Whether an event is among those of a query: what its stores' readings of it mean."""
    if query.when is not None and not any(start <= event.at < end for start, end in query.when):
        return False
    return all(values & named(event, field) for field, values in query.having)


def named(event: Event, field: Field) -> frozenset[str]:
    """The values that an event has for a field."""
    who = frozenset({event.person, *event.agencies} - {""})
    versions = (*event.records, *event.evidence, *event.patients)
    entities = frozenset(version.partition("/_history/")[0] for version in versions)
    match field:
        case "agent":
            return who
        case "agency":
            return frozenset(event.agencies)
        case "patient":
            return frozenset(name for name in entities | who if name.startswith("Patient/"))
        case "entity":
            return entities
        case "policy":
            return frozenset(event.rules)
        case "action":
            return frozenset({event.action})
        case "outcome":
            return frozenset({event.outcome})


@dataclass(frozen=True, slots=True)
class Found:
    """Some events in order, how many there are in all (None: more than COUNTED), and the page key for those after.

    `first` is the page key of the first event, where the query had a place to begin at: what is before it ends there.
    """

    entries: Sequence[Entry] = field(default=())
    total: int | None = 0
    next: str = ""
    first: str = ""

    @property
    def turned(self) -> Found:
        """The answer to a question that was asked backwards, in the order of the question itself."""
        return Found(self.entries[::-1], self.total, self.first, self.next)


class TooBroad(Exception):
    """The question cannot be answered within bounds; a narrower range of dates can."""


class Trail(Protocol):
    """An append-only log of its own beside the records, in the same database."""

    async def append(self, event: Event) -> None:
        """Put an event on the trail and return when it is durable. Raises Unavailable, and then nothing may leave."""

    async def get(self, chain: str, number: int) -> Entry | None: ...

    async def find(self, query: TrailQuery) -> Found:
        """Raises TooBroad."""

    async def heads(self) -> list[Head]: ...

    def walk(self, chain: str, after: int = 0) -> AsyncGenerator[Entry]:
        """The events of a chain by number. Raises Unreadable where one cannot be put together."""

    def strays(self) -> AsyncIterator[str]:
        """The ids of events that no walk of a chain comes by."""

    def misfiled(self) -> AsyncIterator[str]:
        """The ids of events that are not found by what they say; empty once where something is found that is none."""

    async def roots(self) -> list[Root]: ...

    async def last_root(self) -> Root | None: ...

    async def add_root(self, root: Root) -> bool:
        """Keep a root. False, and nothing kept, where its number is taken."""

    async def forget(self, chain: str, until: int) -> int:
        """Remove some of the first events of a chain, up to this number; how many went, 0 when all have gone."""

    async def filled(self, events: int) -> None:
        """Return when this process has appended so many events since the last call of `emptied`."""

    def emptied(self) -> int:
        """How many events this process has appended since the last call."""


class Unreadable(Exception):
    """An event cannot be put together any more: something it is made of is damaged or gone."""

    def __init__(self, chain: str, number: int) -> None:
        super().__init__(f"event {number} of chain {chain}")
        self.chain, self.number = chain, number
