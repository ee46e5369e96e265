"""A condition as it stands for records of one type: what it asks of the type is answered.

docs/policy.md: rules speak of many types, a question mostly of one.
"""

from __future__ import annotations

from resources.search.predicate import (
    EVERYTHING,
    NOTHING,
    AllOf,
    AnyOf,
    Each,
    Is,
    Not,
    Predicate,
    all_of,
    any_of,
    none_of,
)


def for_type(what: Predicate, type: str) -> Predicate:
    """The condition on records of this type."""
    match what:
        case Is(term) if term.startswith(".type "):
            return EVERYTHING if term == f".type {type}" else NOTHING
        case AllOf(parts):
            return all_of(for_type(part, type) for part in parts)
        case AnyOf(parts):
            return any_of(for_type(part, type) for part in parts)
        case Not(part):
            return none_of(for_type(part, type))
        case Each(values, of):
            inner = for_type(of, type)
            return EVERYTHING if inner == EVERYTHING else Each(values, inner)
    return what
