"""A condition on a record, with one meaning in Python, in SQL and in MongoDB.

A record carries a sorted set of terms `name value`, one space between. Every search condition and every policy
condition is a predicate over them, and over the rows and records around it: docs/store.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Literal

from resources.search.leaf import Contains as Contains
from resources.search.leaf import Has as Has
from resources.search.leaf import HasOther as HasOther
from resources.search.leaf import Is as Is
from resources.search.relation import NOWHERE, Around, Row, Stored, Terms, Values, World, values


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds; with no part, everything."""

    parts: tuple[Predicate, ...]

    def matches(self, terms: Terms, around: Around | None = None) -> bool:
        for part in self.parts:  # noqa: SIM110  # written out: every decision passes here many times
            if not part.matches(terms, around):
                return False
        return True


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds; with no part, nothing."""

    parts: tuple[Predicate, ...]

    def matches(self, terms: Terms, around: Around | None = None) -> bool:
        for part in self.parts:  # noqa: SIM110  # as above
            if part.matches(terms, around):
                return True
        return False


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Predicate

    def matches(self, terms: Terms, around: Around | None = None) -> bool:
        return not self.part.matches(terms, around)


@dataclass(frozen=True, slots=True)
class Linked:
    """A value of `name` leads to a current record that satisfies `of`."""

    name: str
    of: Predicate

    def matches(self, terms: Terms, around: Around | None = None) -> bool:
        world = around.world if around else NOWHERE
        found = (world.record(value) for value in values(terms, self.name))
        return any(matches(self.of, target, world) for target in found if target)


@dataclass(frozen=True, slots=True)
class LinkedFrom:
    """A current record of `type` leads here by a value of `name`, and satisfies `of`. Needs this record's `.id`."""

    type: str
    name: str
    of: Predicate

    def matches(self, terms: Terms, around: Around | None = None) -> bool:
        world = around.world if around else NOWHERE
        found = (source for own in values(terms, ".id") for source in world.leading(self.type, self.name, own))
        return any(matches(self.of, source, world) for source in found)


@dataclass(frozen=True, slots=True)
class Each:
    """Every value satisfies `of`, in which `Related` and `Among` speak of the value at hand; holds with no value."""

    values: Values
    of: Predicate

    def matches(self, terms: Terms, around: Around | None = None) -> bool:
        here = around or Around(Stored(terms), NOWHERE)
        for value in self.values.of(terms, around):
            if not self.of.matches(terms, Around(here.record, here.world, value, here.source)):
                return False
        return True


@dataclass(frozen=True, slots=True)
class Related:
    """The value at hand stands in `relation`, `to` one of these and with one of these tags; None is free.

    The row is one that the store holds to in the view asked, and that is valid at the time of the question. `bound`
    asks whether it speaks of this record. `beside` is what has to hold besides, of own terms and rows; in it a
    `Related` that is `same` speaks of rows which the same record says. A row said of one keeper counts where a term
    `keeper` names them. With `written` a row counts that was recorded before the words of this version were.
    """

    relation: str
    to: frozenset[str] | None = None
    tags: frozenset[str] | None = None
    bound: Literal["", "certainly", "perhaps"] = ""
    same: bool = False
    beside: Predicate = field(default_factory=lambda: EVERYTHING)
    keeper: str = ""
    written: bool = False

    def matches(self, terms: Terms, around: Around | None = None) -> bool:
        return around is not None and any(True for _ in self.found(terms, around))

    def found(self, terms: Terms, around: Around) -> Iterator[Row]:
        """The rows in which the value at hand stands as this asks, for the record in question."""
        for row in self.rows(around.world, around.value):
            if (self.same and row.source != around.source) or not row.relation.is_said_of(self.keeper, terms):
                continue
            if self.written and row.since >= around.record.worded:
                continue
            if self.bound and not row.relation.speaks_of(terms, certainly=self.bound == "certainly"):
                continue
            if self.beside == EVERYTHING or self.beside.matches(terms, replace(around, source=row.source)):
                yield row

    def rows(self, world: World, value: str) -> Iterator[Row]:
        """The rows in which a value stands as this asks."""
        for row in world.rows(self.relation, value):
            leads = self.to is None or row.relation.to in self.to
            if leads and (self.tags is None or row.relation.tag in self.tags) and row.holds(world):
                yield row


@dataclass(frozen=True, slots=True)
class Among:
    """The value at hand is one of these."""

    allowed: frozenset[str]

    def matches(self, terms: Terms, around: Around | None = None) -> bool:
        return around is not None and around.value in self.allowed


@dataclass(frozen=True, slots=True)
class Leads:
    """The value at hand leads by a row of `relation` to one that satisfies `of`, in which that one is at hand."""

    relation: str
    of: Predicate

    def matches(self, terms: Terms, around: Around | None = None) -> bool:
        if around is None:
            return False
        for row in around.world.rows(self.relation, around.value):
            if row.holds(around.world) and self.of.matches(terms, replace(around, value=row.relation.to)):
                return True
        return False


Predicate = Is | Has | HasOther | Contains | AllOf | AnyOf | Not | Linked | LinkedFrom | Each | Related | Among | Leads

EVERYTHING: Predicate = AllOf(())
NOTHING: Predicate = AnyOf(())


def matches(predicate: Predicate, record: Stored, world: World) -> bool:
    """Whether a record satisfies a condition in its world."""
    return predicate.matches(record.terms, Around(record, world))


def term(name: str, value: str) -> str:
    """The term of a value under a name; a name holds neither space nor `!`."""
    return f"{name} {value}"


def has(name: str, value: str) -> Predicate:
    """The record has this value under this name."""
    return Is(term(name, value))


def has_any(name: str) -> Predicate:
    """The record has some value under this name."""
    return Has(f"{name} ", f"{name}!")


def has_one_of(name: str, values: Iterable[str]) -> Predicate:
    """The record has at least one of these values under this name."""
    return any_of(has(name, value) for value in sorted(set(values)))


def only(name: str, allowed: Iterable[str]) -> Predicate:
    """Every value the record has under this name is among those allowed."""
    return Not(HasOther(name, frozenset(allowed)))


def some(values: Values, of: Predicate = EVERYTHING) -> Predicate:
    """At least one value satisfies `of`."""
    return Not(Each(values, none_of(of)))


def all_of(parts: Iterable[Predicate]) -> Predicate:
    """Conjunction, flattened, with the trivial parts taken out."""
    return _joined(AllOf, parts, neutral=EVERYTHING, absorbing=NOTHING)


def any_of(parts: Iterable[Predicate]) -> Predicate:
    """Disjunction, flattened, with the trivial parts taken out."""
    return _joined(AnyOf, parts, neutral=NOTHING, absorbing=EVERYTHING)


def none_of(part: Predicate) -> Predicate:
    """Negation, without a double one."""
    if part in (EVERYTHING, NOTHING):
        return NOTHING if part == EVERYTHING else EVERYTHING
    return part.part if isinstance(part, Not) else Not(part)


def _joined(
    kind: type[AllOf] | type[AnyOf], parts: Iterable[Predicate], *, neutral: Predicate, absorbing: Predicate
) -> Predicate:
    flat: list[Predicate] = []
    for part in parts:
        if part == absorbing:
            return absorbing
        flat.extend(part.parts if isinstance(part, kind) else (part,))
    flat = list(dict.fromkeys(flat))
    if len(flat) == 1:
        return flat[0]
    return kind(tuple(flat)) if flat else neutral
