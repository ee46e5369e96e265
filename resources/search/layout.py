"""How a value lies in a term: `name value`, and the ranges and marks that every kind of parameter shares.

https://hl7.org/fhir/R4/search.html
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

from resources.search.predicate import Has, Is, Predicate

PRESENT = "?"
"""The value of an element that is there but has nothing comparable in it; only `:missing` sees it."""

LONGEST = 200
"""How many characters of a value are kept as they are; longer ones are cut and told apart by a hash."""

REPETITIONS = 4
"""How many intervals of one element are kept apart from one another; further ones share the last place."""

LAST = "\U0010ffff"


class Gathered:
    """The terms of one resource while they are gathered, and how many intervals each lead has had."""

    __slots__ = ("intervals", "terms")

    def __init__(self) -> None:
        self.terms: set[str] = set()
        self.intervals: dict[str, int] = {}

    def place(self, lead: str) -> int:
        """The place of the next interval under this lead."""
        place = self.intervals.get(lead, 0)
        self.intervals[lead] = min(place + 1, REPETITIONS - 1)
        return place


Writer = Callable[[Gathered, str, Any], None]
"""Adds the terms of one JSON value; each begins with the lead (`name `, or `name part` within a composite)."""


def capped(value: str) -> str:
    """The value, or its beginning and a hash: equal values stay equal, different ones different."""
    if len(value) <= LONGEST:
        return value
    return f"{value[:LONGEST]}\x1f{sha256(value.encode(errors='surrogatepass')).hexdigest()[:32]}"


def equal(lead: str, value: str) -> Predicate:
    """A term under this lead is exactly this value."""
    return Is(lead + value)


def beginning(lead: str, value: str) -> Predicate:
    """A term under this lead begins with this value."""
    return Has(lead + value, f"{lead}{value}{LAST}")


def span(lead: str, mark: str, low: str = "", high: str | None = None) -> Predicate:
    """A term under this lead and mark has `low <= value < high`; no bound where `high` is None."""
    return Has(lead + mark + low, lead + mark + (LAST if high is None else high))


def above(value: str) -> str:
    """The first string after this one: the low bound of what is strictly greater."""
    return f"{value} "
