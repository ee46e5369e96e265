"""What rows are sorted by.

https://hl7.org/fhir/R4/search.html#sort
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Key:
    """What rows are sorted by: `id` (type, id), `since` (commit order), or the least term that begins with `by`.

    `by` of a term holds a space: `birthdate <`. With `descending` it is the greatest such term, greatest first. Rows
    without such a term come last either way.
    """

    by: str
    descending: bool = False


ID = Key("id")
SINCE = Key("since")
SINCE_DOWN = Key("since", descending=True)
