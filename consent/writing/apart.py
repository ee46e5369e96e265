"""What of a unit of work's settling is more than others wait for: it is done in slices before it begins and after it.

docs/policy.md, D1; docs/operations.md, "limits". What is to be hidden is hidden first and told last.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field

STEP = 25
"""Versions settled in one transaction: others who write wait no longer than for these."""


@dataclass(frozen=True, slots=True)
class Whom:
    """Persons, and households: what is about these, or of these, is settled."""

    persons: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.persons or self.groups)

    def __or__(self, other: Whom) -> Whom:
        return Whom(self.persons | other.persons, self.groups | other.groups)

    def __sub__(self, other: Whom) -> Whom:
        return Whom(self.persons - other.persons, self.groups - other.groups)


NOBODY = Whom()


@dataclass(slots=True)
class Apart:
    """So many versions have `room` in the transaction. Of whom there are more, those are to be `hidden` before it, or
    to be `told` after it; of whom it is told `later` in any case nothing is told within."""

    room: int = sys.maxsize
    later: Whom = NOBODY
    hidden: Whom = field(default=NOBODY)
    told: Whom = field(default=NOBODY)

    def has_room(self, versions: int, whom: Whom, *, hidden: bool) -> bool:
        """Whether so many are settled within; else it is noted of whom they are."""
        if versions <= self.room:
            self.room -= versions
            return True
        if hidden:
            self.hidden |= whom
        else:
            self.told |= whom
        return False

    def demand(self) -> None:
        """Raises NotAtOnceError where something had no room."""
        if self.hidden or self.told:
            raise NotAtOnceError(self.hidden, self.told)


class NotAtOnceError(Exception):
    """More is to be settled than in one transaction, which the store undoes: of whom before it, of whom after it."""

    def __init__(self, hidden: Whom, told: Whom) -> None:
        super().__init__("more is to be settled than others wait for")
        self.hidden, self.told = hidden, told
