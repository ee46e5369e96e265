"""Rows that say how things stand to one another, and the small world around a record in which a condition is read.

docs/decisions/0002-relations.md
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

FOREVER = "~"
"""An instant after every other: rows that have not ended end then."""

Terms = Sequence[str]
"""Sorted, without duplicates, compared by code point (which is the order of UTF-8 bytes)."""


TEAM = "team"
"""Of a team, to each agency that is in it: what a row leads to `via` a team holds while it is so."""

BEGINS, ENDS = ".begins", ".ends"
"""The first instant of the date of a record, and the first after it."""

WORDED = ".worded"
"""Of a version that the server made of words that stood already, where somebody has died since: since when they did."""

BOUND = frozenset({".id", ".author", ".custodian", BEGINS, ENDS})
"""The names under which a row may ask something of the record in question."""


@dataclass(frozen=True, slots=True, order=True)
class Relation:
    """That `of` stands in the relation `name` to `to`, in the manner of `tag`, at the instants start <= at < until.

    Instants are written as `Version.since`; "" is before and FOREVER after all of them. With `via` it is so only while
    `to` is in that team. It may speak of some records alone: of those that have `term`, of those whose date lies in
    low <= date < high; with a `keeper` it is said of that keeper's records alone.
    """

    name: str
    of: str
    to: str
    tag: str = ""
    start: str = ""
    until: str = FOREVER
    via: str = ""
    term: str = ""
    low: str = ""
    high: str = FOREVER
    keeper: str = ""

    def speaks_of(self, terms: Terms, *, certainly: bool) -> bool:
        """Whether it speaks of a record that has these terms; of one whose date cannot be told, certainly not."""
        if self.term and self.term not in terms[bisect_left(terms, self.term) :][:1]:
            return False
        if (self.low, self.high) == ("", FOREVER):
            return True
        begins, ends = list(values(terms, BEGINS)), list(values(terms, ENDS))
        if certainly:
            return any(at >= self.low for at in begins) and any(at <= self.high for at in ends)
        apart = any(at <= self.low for at in ends) or any(at >= self.high for at in begins)
        return not (begins and ends and apart)

    def is_said_of(self, name: str, terms: Terms) -> bool:
        """Whether it counts for a record whose keeper it has under this name; without a name, for every record."""
        kept = f"{name} {self.keeper}"
        return not (name and self.keeper) or kept in terms[bisect_left(terms, kept) :][:1]


@dataclass(frozen=True, slots=True)
class Row:
    """A relation as the store keeps it: recorded from `since` until `ended`, by version `number` of `source`."""

    relation: Relation
    since: str
    ended: str
    source: str
    number: int

    @property
    def cited(self) -> str:
        """The version that says so, as `Type/id/_history/n`."""
        return f"{self.source}/_history/{self.number}"

    def holds(self, world: World) -> bool:
        """Whether the store says so in the view, and it is valid at the time of the question."""
        return self._stands(world) and (not self.relation.via or self._is_in_team(world))

    def _stands(self, world: World) -> bool:
        recorded = self.ended == FOREVER if world.at == FOREVER else self.since <= world.at < self.ended
        return recorded and self.relation.start <= world.now < self.relation.until

    def _is_in_team(self, world: World) -> bool:
        seats = world.rows(TEAM, self.relation.via)
        return any(seat.relation.to == self.relation.to and seat._stands(world) for seat in seats)


class World(Protocol):
    """What stands around the records in question: rows of relations, and other records."""

    @property
    def at(self) -> str:
        """The instant of the view, FOREVER for now."""

    @property
    def now(self) -> str:
        """The instant at which rows must be valid."""

    def rows(self, name: str, of: str) -> Iterable[Row]:
        """Every row of a relation, ended ones too, that begins at `of` and was recorded by `at`."""

    def record(self, reference: str) -> Stored | None:
        """The current, undeleted record of a reference."""

    def leading(self, type: str, name: str, reference: str) -> Iterable[Stored]:
        """The current, undeleted records of a type that have the term `name reference`."""


@dataclass(frozen=True, slots=True)
class Stored:
    """As much of a version as a condition asks of: its terms, since when it is so, since when there is the record."""

    terms: Terms
    since: str = ""
    first: str = ""

    @property
    def worded(self) -> str:
        """Since when its words stand."""
        return next(iter(values(self.terms, WORDED)), self.since)


@dataclass(frozen=True, slots=True)
class Around:
    """The record in question in its world; `value` is the value at hand inside `Each`, `source` the record that says
    the row at hand inside `Related`."""

    record: Stored
    world: World
    value: str = ""
    source: str = ""


@dataclass(slots=True)
class Gathered:
    """A world of the rows and records that were looked up beforehand."""

    at: str = FOREVER
    now: str = ""
    related: dict[tuple[str, str], list[Row]] = field(default_factory=dict)
    records: dict[str, Stored] = field(default_factory=dict)
    led: dict[tuple[str, str, str], list[Stored]] = field(default_factory=dict)

    def rows(self, name: str, of: str) -> Iterable[Row]:
        return self.related.get((name, of), ())

    def record(self, reference: str) -> Stored | None:
        return self.records.get(reference)

    def leading(self, type: str, name: str, reference: str) -> Iterable[Stored]:
        return self.led.get((type, name, reference), ())

    def add(self, rows: Iterable[Row]) -> None:
        """The rows of relations and values that were not asked for before."""
        for row in rows:
            self.related.setdefault((row.relation.name, row.relation.of), []).append(row)


@dataclass(frozen=True, slots=True)
class Nowhere:
    """A world with nothing in it."""

    at: str = FOREVER
    now: str = ""

    def rows(self, name: str, of: str) -> Iterable[Row]:
        return ()

    def record(self, reference: str) -> Stored | None:
        return None

    def leading(self, type: str, name: str, reference: str) -> Iterable[Stored]:
        return ()


NOWHERE: World = Nowhere()


@dataclass(frozen=True, slots=True)
class Values:
    """Values of a record: those of its own terms `name`; and with `through`, a name whose values are the `of` of rows
    of `relation`, what those rows lead `to`, where they had not ended before the record was first written.

    With `written`, only rows recorded when the words of this version of the record were.
    """

    name: str
    through: str = ""
    relation: str = ""
    written: bool = False

    def of(self, terms: Terms, around: Around | None) -> Sequence[str]:
        own = values(terms, self.name)
        groups = values(terms, self.through) if self.through and around else ()
        if not groups or around is None:
            return own
        rows = (row for group in groups for row in around.world.rows(self.relation, group))
        return [*own, *(row.relation.to for row in rows if self._counts(row, around.record))]

    def _counts(self, row: Row, record: Stored) -> bool:
        return row.ended > record.first and not (self.written and row.since > record.worded)


def values(terms: Terms, name: str) -> Sequence[str]:
    """Every value a record has under a name."""
    start = f"{name} "
    at = end = bisect_left(terms, start)
    while end < len(terms) and terms[end].startswith(start):
        end += 1
    return [entry[len(start) :] for entry in terms[at:end]] if end > at else ()


def own(terms: Terms) -> Mapping[str, Sequence[str]]:
    """Every value that the server keeps beside a record, by its name: those names begin with a dot."""
    found: dict[str, list[str]] = {}
    for entry in terms[: bisect_left(terms, "/")]:  # what comes after every dot
        name, _, value = entry.partition(" ")
        found.setdefault(name, []).append(value)
    return found
