"""Chains: what is asked of the records that a record leads to (`subject:Patient.name`) or that lead to it (`_has`).

https://hl7.org/fhir/R4/search.html#chaining

A hop is a condition on another record, and says `.seen` of its type: no record has such a term, so that a chain finds
nothing until whoever asks has put their own condition in its place (consent/reading/chained.py).
"""

from __future__ import annotations

from resources.search.parameter import Parameter, Part
from resources.search.predicate import AllOf, Is, Linked, LinkedFrom, Predicate, all_of, has

SEEN = ".seen"

DEEPEST = 3
"""Hops one after the other in one parameter."""

MOST = 12
"""Hops in one request."""

_UNRESOLVED = frozenset({"canonical", "uri", "url"})


def there(name: str, type: str, what: Predicate) -> Predicate:
    """A value of this name leads to a record of this type that satisfies a condition."""
    return Linked(name, _hop(type, what))


def here(type: str, name: str, what: Predicate) -> Predicate:
    """A record of this type that satisfies a condition leads here by this name."""
    return LinkedFrom(type, name, _hop(type, what))


def read(of: Predicate) -> tuple[str, Predicate]:
    """The type of a hop, and what is asked of it besides. Raises ValueError for a condition that is no hop."""
    parts = of.parts if isinstance(of, AllOf) else (of,)
    seen = [part.term.removeprefix(f"{SEEN} ") for part in parts if isinstance(part, Is) and _is_seen(part)]
    if len(seen) != 1:
        raise ValueError("no hop of a chain")
    return seen[0], all_of(part for part in parts if not (isinstance(part, Is) and _is_seen(part)))


def leads(parameter: Parameter) -> bool:
    """Whether a parameter holds references that lead to records of this server: not addresses of definitions alone."""
    return isinstance(parameter, Part) and parameter.kind == "reference" and bool(parameter.types - _UNRESOLVED)


def _hop(type: str, what: Predicate) -> Predicate:
    return all_of([has(".type", type), has(SEEN, type), what])


def _is_seen(part: Is) -> bool:
    return part.term.startswith(f"{SEEN} ")
