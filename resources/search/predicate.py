"""A condition over a record's ordered terms, with one meaning in Python, in SQL and in MongoDB.

A record carries a sorted set of terms `name value`, one space between. Every search condition and every
policy condition is a predicate over them: docs/store.md.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Terms = Sequence[str]
"""Sorted, without duplicates, compared by code point (which is the order of UTF-8 bytes)."""


@dataclass(frozen=True, slots=True)
class Is:
    """The record has exactly this term."""

    term: str

    def matches(self, terms: Terms) -> bool:
        return _holds(terms, self.term, None)


@dataclass(frozen=True, slots=True)
class Has:
    """The record has a term with `low <= term < high`."""

    low: str
    high: str

    def matches(self, terms: Terms) -> bool:
        return _holds(terms, self.low, self.high)


@dataclass(frozen=True, slots=True)
class HasOther:
    """The record has a term of this name whose value is not among those allowed."""

    name: str
    allowed: frozenset[str]

    def matches(self, terms: Terms) -> bool:
        start, end = f"{self.name} ", f"{self.name}!"
        names = terms[bisect_left(terms, start) : bisect_left(terms, end)]
        return any(term[len(start) :] not in self.allowed for term in names)


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds; with no part, everything."""

    parts: tuple[Predicate, ...]

    def matches(self, terms: Terms) -> bool:
        return all(part.matches(terms) for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds; with no part, nothing."""

    parts: tuple[Predicate, ...]

    def matches(self, terms: Terms) -> bool:
        return any(part.matches(terms) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Predicate

    def matches(self, terms: Terms) -> bool:
        return not self.part.matches(terms)


Predicate = Is | Has | HasOther | AllOf | AnyOf | Not

LAST = "\U0010ffff"
"""The greatest character: a prefix and this is the end of the prefix's range."""

EVERYTHING: Predicate = AllOf(())
NOTHING: Predicate = AnyOf(())


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
    parts = tuple(has(name, value) for value in sorted(set(values)))
    return parts[0] if len(parts) == 1 else AnyOf(parts)


def only(name: str, allowed: Iterable[str]) -> Predicate:
    """Every value the record has under this name is among those allowed."""
    return Not(HasOther(name, frozenset(allowed)))


def starts(name: str, prefix: str) -> Predicate:
    """The record has a value under this name that begins with the prefix."""
    low = term(name, prefix)
    return Has(low, low + LAST)


def all_of(parts: Iterable[Predicate]) -> Predicate:
    """Conjunction, flattened, with the trivial parts taken out."""
    return _joined(AllOf, parts, neutral=EVERYTHING, absorbing=NOTHING)


def any_of(parts: Iterable[Predicate]) -> Predicate:
    """Disjunction, flattened, with the trivial parts taken out."""
    return _joined(AnyOf, parts, neutral=NOTHING, absorbing=EVERYTHING)


def none_of(part: Predicate) -> Predicate:
    """Negation, without a double one."""
    if isinstance(part, Not):
        return part.part
    if part == EVERYTHING:
        return NOTHING
    if part == NOTHING:
        return EVERYTHING
    return Not(part)


def _joined(
    kind: type[AllOf] | type[AnyOf], parts: Iterable[Predicate], *, neutral: Predicate, absorbing: Predicate
) -> Predicate:
    flat: dict[Predicate, None] = {}
    for part in parts:
        if part == absorbing:
            return absorbing
        for inner in part.parts if isinstance(part, kind) else (part,):
            flat[inner] = None
    if len(flat) == 1:
        return next(iter(flat))
    return kind(tuple(flat)) if flat else neutral


def _holds(terms: Terms, low: str, high: str | None) -> bool:
    at = bisect_left(terms, low)
    if at == len(terms):
        return False
    return terms[at] == low if high is None else terms[at] < high
