"""What a version must be before a store takes it.

https://hl7.org/fhir/R4/http.html#versioning
"""

from __future__ import annotations

import re
from itertools import pairwise

from resources.record.version import Version
from resources.store.port import Conflict
from resources.store.text import storable

# Nothing below `!` in them: so the text `type id number` sorts as the three do, which is how MongoDB sorts them.
KEY = re.compile(r"[A-Za-z]{1,64}/[A-Za-z0-9.\-]{1,64}")


def admit(version: Version, *, number: int, since: str) -> None:
    """Pass a version that follows the current one, which has this number and instant (0 and "" where there is none).

    Raises Conflict where another version was first, ValueError where the caller made the version wrongly.
    """
    if version.number != number + 1:
        raise Conflict(f"{version.reference} has version {number}, so {version.number} cannot be the next")
    if version.since <= since:
        raise ValueError(f"version {version.number} of {version.reference} is not later than the one before")
    if not KEY.fullmatch(version.reference):
        raise ValueError(f"`{version.reference}` is not a type and an id")
    if any(low >= high for low, high in pairwise(version.terms)):
        raise ValueError(f"the terms of {version.reference} are not sorted, or one is there twice")
    if not all(storable(term) for term in version.terms):
        raise ValueError(f"a term of {version.reference} has U+0000 or a lone surrogate")
    # The stores narrow `.type T` by the record's type, so a term that says otherwise would be a wrong answer.
    if any(term.startswith(".type ") and term != f".type {version.type}" for term in version.terms):
        raise ValueError(f"a `.type` term of {version.reference} names another type")
