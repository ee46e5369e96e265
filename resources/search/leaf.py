"""What a condition asks of one term: that it is this one, lies between two, is none of some, or holds a text.

docs/store.md
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from resources.search.relation import Around, Terms, values


@dataclass(frozen=True, slots=True)
class Is:
    """The record has exactly this term."""

    term: str

    def matches(self, terms: Terms, around: Around | None = None) -> bool:
        return _holds(terms, self.term, None)


@dataclass(frozen=True, slots=True)
class Has:
    """The record has a term with `low <= term < high`."""

    low: str
    high: str

    def matches(self, terms: Terms, around: Around | None = None) -> bool:
        return _holds(terms, self.low, self.high)


@dataclass(frozen=True, slots=True)
class HasOther:
    """The record has a term of this name whose value is not among those allowed."""

    name: str
    allowed: frozenset[str]

    def matches(self, terms: Terms, around: Around | None = None) -> bool:
        return any(value not in self.allowed for value in values(terms, self.name))


@dataclass(frozen=True, slots=True)
class Contains:
    """The record has a term that begins with `lead` and holds `text` further on, at its `end`; neither is empty."""

    lead: str
    text: str
    end: bool = False

    def matches(self, terms: Terms, around: Around | None = None) -> bool:
        at, end = bisect_left(terms, self.lead), len(terms)
        while at < end and terms[at].startswith(self.lead):
            rest = terms[at][len(self.lead) :]
            if rest.endswith(self.text) if self.end else self.text in rest:
                return True
            at += 1
        return False


def _holds(terms: Terms, low: str, high: str | None) -> bool:
    at = bisect_left(terms, low)
    return at < len(terms) and (terms[at] == low if high is None else terms[at] < high)
