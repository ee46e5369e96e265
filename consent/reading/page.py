"""One page of what was found, in order.

https://hl7.org/fhir/R4/http.html#paging
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from resources.record.version import Version

BACK = "<"
"""Begins the place of a page that ends there."""

MOST_COUNTED = 10_000
"""More visible rows than these are counted only where the exact total is asked for."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows in order, how many there are in all, and where the next page begins and the previous one ends.

    `total` is None where there are more than MOST_COUNTED and nobody asked for the exact number. `included` is what
    comes with them.
    """

    versions: Sequence[Version]
    total: int | None
    next: str
    previous: str = ""
    included: Sequence[Version] = ()


def numbered(found: Sequence[Version], count: int, after: str) -> Page:
    """A page of what is all at hand, such as definitions; its key is how many come before."""
    begin = int(after or 0)
    end = begin + count
    before = str(max(begin - count, 0)) if count and begin else ""
    return Page(found[begin:end], len(found), str(end) if count and end < len(found) else "", before)
