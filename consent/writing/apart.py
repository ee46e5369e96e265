"""What of a unit of work's settling is more than others wait for: it is done in slices before it begins and after it.

docs/policy.md, D1; docs/operations.md, "limits". What is to be hidden is hidden first and told last.
"""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from resources.record.version import Version

STEP = 25
"""Versions settled in one transaction: others who write wait no longer than for these."""

LETTERS = 10
"""So many letters that follow from a write are written with it: the others after it, as many in one transaction."""


@dataclass(frozen=True, slots=True)
class Whom:
    """Persons, and households: what is about these, or of these, is settled.

    Records that have `grown`, each with a term: what is of these is about whom they are about. Records from which
    somebody is `gone`, each with whom it named by mistake, and with whom it was about by that: what is of these is
    about them no more. Records that are `closed`, or opened again, each with a term: what belongs to these is as
    closed as they are, and so are their own earlier versions. `records` whose own earlier versions are found by more,
    or by less, than before.
    """

    persons: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    grown: frozenset[tuple[str, str]] = frozenset()
    gone: frozenset[tuple[str, str, str]] = frozenset()
    closed: frozenset[tuple[str, str]] = frozenset()
    records: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return any(self._parts)

    def __or__(self, other: Whom) -> Whom:
        return Whom(*(one | two for one, two in zip(self._parts, other._parts, strict=True)))

    def __sub__(self, other: Whom) -> Whom:
        return Whom(*(one - two for one, two in zip(self._parts, other._parts, strict=True)))

    @property
    def _parts(self) -> tuple[frozenset[Any], ...]:
        return self.persons, self.groups, self.grown, self.gone, self.closed, self.records


NOBODY = Whom()


@dataclass(slots=True)
class Apart:
    """So many versions have `room` in the transaction. Of whom there are more, those are to be `hidden` before it, or
    to be `told` after it; of whom it is told `later` in any case nothing is told within.

    Of a record that has more than a step of versions those `upto` a number were hidden before it, or closed by a term,
    or as such that name somebody by mistake; 0 where there are none that do.

    But those `at_once`, by the record that has grown, each with its terms: a plan or household that others may work on
    is asked about where it is written. They are those of the commit `end`. Nothing is written where this `goes_on` no
    longer, since somebody else saw to what was to follow from it. So many `letters` have room within; what is `left` to
    be done after it is said by its name.
    """

    room: int = sys.maxsize
    letters: int = LETTERS
    left: set[str] = field(default_factory=set)
    later: Whom = NOBODY
    at_once: Mapping[str, Mapping[str, Iterable[str]]] = field(default_factory=dict)
    upto: Mapping[str | tuple[str, str], int] = field(default_factory=dict)
    end: str = ""
    goes_on: Callable[[], Awaitable[bool]] | None = None
    hidden: Whom = field(default=NOBODY)
    told: Whom = field(default=NOBODY)

    def has_room(self, versions: int, whom: Whom, *, hidden: bool) -> bool:
        """Whether so many are settled within; else it is noted of whom they are."""
        if versions <= self.room:
            self.room -= versions if self.room < sys.maxsize else 0
            return True
        if hidden:
            self.hidden |= whom
        else:
            self.told |= whom
        return False

    def own(self, version: Version, whom: Whom, *, hidden: bool) -> range:
        """Which versions of a record just put are settled within; of one that has many it is noted whose they are."""
        number = version.number
        wrong = {(name, named) for name, named, _ in whom.gone}
        said: frozenset[str | tuple[str, str]] = whom.closed | whom.records | wrong
        if said and self.upto.keys() >= said:
            return range(min(self.upto[one] for one in said) + 1, number + 1)
        if number > STEP and (not whom - self.later or not self.has_room(number, whom, hidden=hidden)):
            return range(number, number + 1)
        return range(1, number + 1)

    def together(self) -> Apart:
        """The same of a work that may itself write what leads to plans from what has grown: a household is handed on
        within."""
        grown = frozenset((name, one) for name, one in self.later.grown if not one.startswith(".household "))
        return replace(self, later=replace(self.later, grown=grown))

    def demand(self) -> None:
        """Raises NotAtOnceError where something had no room."""
        if self.hidden or self.told:
            raise NotAtOnceError(self.hidden, self.told)


class OvertakenError(Exception):
    """Undoes what was done by what had been looked at before somebody else wrote."""


class NotAtOnceError(Exception):
    """More is to be settled than in one transaction, which the store undoes: of whom before it, of whom after it."""

    def __init__(self, hidden: Whom, told: Whom) -> None:
        super().__init__("more is to be settled than others wait for")
        self.hidden, self.told = hidden, told
