"""The kinds of search parameters, one file each: how a value is indexed, and what a request may ask.

https://hl7.org/fhir/R4/search.html#ptypes
"""

from __future__ import annotations

from collections.abc import Callable

from resources.search import concept, date, number, quantity, reference, string, token, uri
from resources.search.parameter import Part, Writers
from resources.search.predicate import Predicate

Reader = Callable[[Part, str, str, str], Predicate]
"""(part, lead, modifier, one value) -> predicate; raises Problem."""

READERS: dict[str, Reader] = {
    "token": token.predicate,
    "string": string.predicate,
    "reference": reference.predicate,
    "date": date.predicate,
    "number": number.predicate,
    "quantity": quantity.predicate,
    "uri": uri.predicate,
}

MODIFIERS: dict[str, frozenset[str]] = {
    "token": token.MODIFIERS | concept.MODIFIERS,
    "string": string.MODIFIERS,
    "reference": reference.MODIFIERS,
    "date": date.MODIFIERS,
    "number": number.MODIFIERS,
    "quantity": quantity.MODIFIERS,
    "uri": uri.MODIFIERS,
    "composite": frozenset(),
}

NEGATIVE = frozenset({"not", "not-in"})
"""Modifiers that find what has none of the values."""


def writers(base: str) -> Writers:
    """How values are indexed on a server with this base."""
    return {
        "token": token.WRITERS,
        "string": string.WRITERS,
        "reference": reference.writers(base),
        "date": date.WRITERS,
        "number": number.WRITERS,
        "quantity": quantity.WRITERS,
        "uri": uri.WRITERS,
    }
