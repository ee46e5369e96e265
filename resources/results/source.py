"""From which records something is counted, and what one of them adds to which number on which day.

docs/numbers.md
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from resources.record import moment
from resources.record.version import Version
from resources.search.predicate import Has, Predicate, term

ENDED = frozenset({"completed", "cancelled", "failed", "rejected"})
"""The statuses in which a Task is over."""


@dataclass(frozen=True, slots=True)
class Course:
    """A record through all its versions, the first first, and the local day each was recorded on."""

    name: str
    bodies: tuple[Mapping[str, Any], ...]
    days: tuple[date, ...]
    instants: tuple[int, ...]
    custodian: str

    @property
    def now(self) -> Mapping[str, Any]:
        return self.bodies[-1]

    def turned(self, statuses: Iterable[str]) -> int | None:
        """The place of the first version that has one of these statuses."""
        wanted = frozenset(statuses)
        return next((at for at, body in enumerate(self.bodies) if body.get("status") in wanted), None)


@dataclass(frozen=True, slots=True)
class Counted:
    """One more on a day; `value` is what is measured of it, where something is."""

    day: date
    value: float = 0


Counts = Mapping[str, Sequence[Counted]]


@dataclass(frozen=True, slots=True)
class Source:
    """`names` are what it counts, without what stands behind a colon; `what` the records that it is counted from."""

    names: frozenset[str]
    what: Predicate
    count: Callable[[Sequence[Course]], Counts]


def beginning(name: str, value: str) -> Predicate:
    """The record has a value under this name that begins so."""
    return Has(term(name, value), f"{term(name, value)}\U0010ffff")


def course(versions: Sequence[Version], custodian: str) -> Course:
    """The course of a record whose versions these are, in order."""
    instants = tuple(moment.unix(version.since) + moment.UNIX for version in versions)
    bodies = tuple(orjson.loads(version.body) if version.body else {} for version in versions)
    days = tuple(moment.local_day(at) for at in instants)
    return Course(versions[0].reference, bodies, days, instants, custodian)


def said(written: Any, recorded: date) -> date:
    """The local day that a record says, or the day it was recorded on where it says none, or one to come."""
    found = moment.read(written) if isinstance(written, str) else None
    day = moment.local_day(found.start) if found else recorded
    return min(day, recorded)


def fiscal_year(day: date) -> int:
    """The year in which the fiscal year of a day begins."""
    return day.year - 1 if day.month <= 3 else day.year
