"""`ne` of a filter: some value of a record is another than this one.

https://hl7.org/fhir/R4/search_filter.html ("An item in the set has an unequal value")

What is equal is terms, or beginnings of terms, of one kind; another value is a term of that kind between them.
"""

from __future__ import annotations

from collections.abc import Iterator

from resources.search import layout
from resources.search.predicate import AnyOf, Has, Is, Predicate, any_of

MODIFIER = "!"
"""In a filter alone."""

KINDS = frozenset({"token", "string", "reference", "uri"})
_MARKS = {"token": "=", "string": "~", "uri": "=", "reference": ""}


def other(kind: str, lead: str, equal: Predicate) -> Predicate:
    """A value of this lead is none of those that are equal to what is asked."""
    known = sorted(_spans(equal))
    mark = known[0][0][len(lead) : len(lead) + 1] if known and kind != "reference" else _MARKS[kind]
    if kind == "reference":
        there = lead + layout.PRESENT
        known = sorted([*known, (there, layout.above(there))])
    low, gaps = lead + mark, list[Predicate]()
    for begin, end in known:
        gaps += [Has(low, begin)] if low < begin else []
        low = max(low, end)
    return any_of([*gaps, Has(low, lead + mark + layout.LAST)])


def _spans(equal: Predicate) -> Iterator[tuple[str, str]]:
    match equal:
        case Is(term):
            yield term, layout.above(term)
        case Has(low, high):
            yield low, high
        case AnyOf(parts):
            for part in parts:
                yield from _spans(part)
