"""A condition as it stands for records of which something is known: what it asks of that is answered.

docs/policy.md: rules speak of many types, a question mostly of one; of labels, and most records have none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from resources.search.predicate import (
    EVERYTHING,
    NOTHING,
    AllOf,
    AnyOf,
    Contains,
    Each,
    Has,
    HasOther,
    Is,
    Leads,
    Linked,
    LinkedFrom,
    Not,
    Predicate,
    Related,
    all_of,
    any_of,
    none_of,
)
from resources.search.relation import BOUND

Term = Is | Has | HasOther | Contains


def for_type(what: Predicate, type: str) -> Predicate:
    """The condition on records of this type."""

    def answered(term: Term) -> Predicate:
        if not isinstance(term, Is) or not term.term.startswith(".type "):
            return term
        return EVERYTHING if term.term == f".type {type}" else NOTHING

    return _narrowed(what, answered)


def lacking(what: Predicate, name: str) -> Predicate:
    """The condition on records that have nothing under this name."""

    def answered(term: Term) -> Predicate:
        return NOTHING if names_in(term) == {name} else term

    return _narrowed(what, answered)


def names_in(what: Predicate) -> frozenset[str]:
    """The names of the terms that a condition asks of a record itself."""
    match what:
        case Is(low) | Has(low, _) | Contains(low, _):
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
        case Leads(_, of):
            return names_in(of)
        case Related(bound=bound, beside=beside, keeper=keeper):
            return (BOUND if bound else frozenset()) | frozenset({keeper} - {""}) | names_in(beside)
    return frozenset()


def _narrowed(what: Predicate, answered: Callable[[Term], Predicate]) -> Predicate:
    """The condition, with what is known of a record's own terms put in."""
    match what:
        case Is() | Has() | HasOther() | Contains():
            return answered(what)
        case AllOf(parts):
            return all_of(_narrowed(part, answered) for part in parts)
        case AnyOf(parts):
            return any_of(_narrowed(part, answered) for part in parts)
        case Not(part):
            return none_of(_narrowed(part, answered))
        case Each(values, of):
            inner = _narrowed(of, answered)
            return EVERYTHING if inner == EVERYTHING else Each(values, inner)
        case Leads(relation, of):
            inner = _narrowed(of, answered)
            return NOTHING if inner == NOTHING else Leads(relation, inner)
        case Related(to=to, tags=tags) if frozenset() in (to, tags):
            return NOTHING
        case Related(beside=beside) if beside != EVERYTHING:
            inner = _narrowed(beside, answered)
            return NOTHING if inner == NOTHING else replace(what, beside=inner)
    return what
