"""A ground or a restriction, asked of a record of these terms: what it permits, what it closes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from consent.rule import Rule
from resources.search.predicate import term
from resources.search.relation import Around, Gathered, Stored
from tests.unit.consent.people import around

Said = Sequence[tuple[str, str]]
"""The terms of a record, each a name and a value."""

OTHER = "Organization/other"


def opens(made: Iterable[Rule], said: Said, world: Gathered | None = None, *, card: bool = False) -> bool:
    """Whether one of these permits such a record, or its card alone."""
    return any(rule.card is card for rule in held(made, "permit", said, world))


def closes(made: Iterable[Rule], said: Said, world: Gathered | None = None) -> bool:
    """Whether one of these forbids such a record."""
    return bool(held(made, "forbid", said, world))


def held(made: Iterable[Rule], effect: str, said: Said, world: Gathered | None = None) -> list[Rule]:
    terms = tuple(sorted(term(*each) for each in said))
    here = Around(Stored(terms), world or around())
    return [rule for rule in made if rule.effect == effect and rule.predicate.matches(terms, here)]
