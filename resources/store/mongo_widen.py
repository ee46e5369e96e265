"""What a condition asks of the record's own terms alone: a wider one, which MongoDB reads; `matches` then decides.

docs/store.md, "MongoDB", and docs/decisions/0001-relations-on-mongodb.md
"""

from __future__ import annotations

from resources.search.predicate import (
    EVERYTHING,
    NOTHING,
    AllOf,
    Among,
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
    has_any,
    none_of,
    only,
)

DEPTH = 100


def too_deep(predicate: Predicate) -> bool:
    """Whether conditions lie in conditions deeper than any server would read or Python would follow."""
    level: list[Predicate] = [predicate]
    for _ in range(DEPTH):
        level = [inner for one in level for inner in _inside(one)]
    return bool(level)


def _inside(predicate: Predicate) -> tuple[Predicate, ...]:
    match predicate:
        case AllOf(parts) | AnyOf(parts):
            return parts
        case Not(part):
            return (part,)
        case Linked(of=of) | LinkedFrom(of=of) | Each(of=of) | Leads(of=of) | Related(beside=of):
            return (of,)
    return ()


def is_own(predicate: Predicate) -> bool:
    """Whether the predicate asks of the record's own terms alone."""
    match predicate:
        case Is() | Has() | HasOther() | Contains():
            return True
        case AllOf(parts) | AnyOf(parts):
            return all(is_own(part) for part in parts)
        case Not(part):
            return is_own(part)
        case Each() | Related() | Among() | Leads() | Linked() | LinkedFrom():
            return False


def widened(predicate: Predicate) -> Predicate:
    """A predicate over own terms that holds wherever this one does."""
    match predicate:
        case Is() | Has() | HasOther() | Contains():
            return predicate
        case AllOf(parts):
            return all_of(widened(part) for part in parts)
        case AnyOf(parts):
            return any_of(widened(part) for part in parts)
        case Not(part):
            return none_of(_narrowed(part))
        case Linked(name, _):
            return has_any(name)
        case LinkedFrom():
            return has_any(".id")
        case Each(values, Among(allowed)):
            return only(values.name, allowed)
        case Each() | Related() | Among() | Leads():
            return EVERYTHING


def _narrowed(predicate: Predicate) -> Predicate:
    """A predicate over own terms that holds nowhere this one does not."""
    match predicate:
        case Is() | Has() | HasOther() | Contains():
            return predicate
        case AllOf(parts):
            return all_of(_narrowed(part) for part in parts)
        case AnyOf(parts):
            return any_of(_narrowed(part) for part in parts)
        case Not(part):
            return none_of(widened(part))
        case Each(values, _):
            # Where there is no value at all, each of them satisfies anything.
            names = (values.name, values.through) if values.through else (values.name,)
            return all_of(none_of(has_any(name)) for name in names)
        case Linked() | LinkedFrom() | Related() | Among() | Leads():
            return NOTHING
