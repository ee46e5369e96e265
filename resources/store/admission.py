"""What a version must be before a store takes it.

https://hl7.org/fhir/R4/http.html#versioning
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from operator import lt

from resources.record.version import Version
from resources.search.relation import Relation
from resources.store.port import Conflict
from resources.store.text import storable

# Nothing below `!` in them: so the text `type id number` sorts as the three do, which is how MongoDB sorts them.
KEY = re.compile(r"[A-Za-z]{1,64}/[A-Za-z0-9.\-]{1,64}")


class TooSoon(ValueError):
    """The version is not later than the one before. Of works that share an instant, the second one is done later."""


def admit(version: Version, *, number: int, since: str) -> None:
    """Pass a version that follows the current one, which has this number and instant (0 and "" where there is none).

    Raises Conflict where another version was first, ValueError where the caller made the version wrongly.
    """
    if version.number != number + 1:
        raise Conflict(f"{version.reference} has version {number}, so {version.number} cannot be the next")
    if version.since <= since:
        raise TooSoon(f"version {version.number} of {version.reference} is not later than the one before")
    if not KEY.fullmatch(version.reference):
        raise ValueError(f"`{version.reference}` is not a type and an id")
    if not all(map(lt, version.terms, version.terms[1:])):
        raise ValueError(f"the terms of {version.reference} are not sorted, or one is there twice")
    admit_terms(version.reference, version.terms)


def admit_terms(reference: str, terms: Iterable[str]) -> None:
    """Pass terms of this record. Raises ValueError."""
    found = list(terms)
    if not storable("".join(found)):
        raise ValueError(f"a term of {reference} has U+0000 or a lone surrogate")
    # The stores narrow `.type T` by the record's type, so a term that says otherwise would be a wrong answer.
    own = f".type {reference.partition('/')[0]}"
    if any(term != own for term in found if term.startswith(".type ")):
        raise ValueError(f"a `.type` term of {reference} names another type")


def texts(relation: Relation) -> tuple[str, ...]:
    """What a row says, but when and by which record."""
    kept = relation.name, relation.of, relation.to, relation.tag, relation.start, relation.until
    return *kept, relation.via, relation.term, relation.low, relation.high, relation.keeper


def admit_rows(reference: str, relations: Iterable[Relation]) -> None:
    """Pass rows that this record contributes. Raises ValueError."""
    if not all(storable("".join(texts(relation))) for relation in relations):
        raise ValueError(f"a row of {reference} has U+0000 or a lone surrogate")
