"""What a rule says: an effect on the records of a predicate, and why.

docs/policy.md, "the shape of a decision".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from resources.search.predicate import EVERYTHING, Predicate, Related
from resources.search.relation import Values

Action = Literal["read", "search", "create", "update", "delete"]

Effect = Literal["permit", "forbid", "narrow", "mask"]
"""`mask` withholds the elements that give a place away (D1); it opens nothing and closes no record."""


@dataclass(frozen=True, slots=True)
class Text:
    """One sentence in both languages: lower case, without full stop."""

    en: str
    ja: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """The version of a record that a rule rests on, as `Type/id/_history/n`.

    With `about`, a patient, it counts only for records that name them.
    """

    version: str
    what: Text
    about: str = ""


@dataclass(frozen=True, slots=True)
class RestsOn:
    """Rows that a rule rests on: those in which a value of the record stands as `row` asks, where `where` holds too;
    where it is `named` so, by whichever name of the person."""

    values: Values
    row: Related
    what: Text
    where: Predicate = EVERYTHING
    named: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """One ground or restriction, made for one actor and action.

    With anything in `lacks` it does not hold yet: it is kept only so that an explanation can say what is missing.
    `evidence` is the actor's own, `rests_on` leads to what is cited of the record's persons. What is permitted as a
    `card` is shown as that alone.
    """

    id: str
    effect: Effect
    predicate: Predicate
    because: Text
    evidence: tuple[Evidence, ...] = ()
    basis: str = ""
    lacks: tuple[Text, ...] = ()
    rests_on: tuple[RestsOn, ...] = ()
    card: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """An answer that carries the rules that made it.

    `rules` determined it: the permits where allowed, else the forbids and failed narrows; none of them where nothing
    was said. `masks` are obligations on whatever is shown of it, and stand whether or not it is allowed. `lacking` are
    grounds that would apply but for something.
    """

    allowed: bool
    rules: tuple[Rule, ...]
    masks: tuple[Rule, ...] = ()
    lacking: tuple[Rule, ...] = ()

    @property
    def card(self) -> bool:
        """Whether nothing permits more than the card."""
        return self.allowed and bool(self.rules) and all(rule.card for rule in self.rules)
