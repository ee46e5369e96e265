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
    Has,
    HasOther,
    Is,
    Linked,
    LinkedFrom,
    Not,
    Predicate,
    Related,
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


def names_in(what: Predicate) -> frozenset[str]:
    """The names of the terms that a condition asks of a record itself."""
    match what:
        case Is(low) | Has(low, _):
            return frozenset({low.partition(" ")[0]})
        case HasOther(name, _) | Linked(name, _):
            return frozenset({name})
        case LinkedFrom():
            return frozenset({".id"})
        case AllOf(parts) | AnyOf(parts):
            return frozenset().union(*(names_in(part) for part in parts))
        case Not(part):
            return names_in(part)
        case Each(values, of):
            return frozenset({values.name, values.through}) | names_in(of)
        case Related(keeper=keeper):
            return frozenset({keeper} - {""})
    return frozenset()
