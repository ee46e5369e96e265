"""A store as one of its transactions saw it: what had been written before, and what it had written itself by then.

docs/maintenance.md, "check". Read from what lies there; what is derived of later records is seen as it is today.
"""

from __future__ import annotations

from collections.abc import Coroutine, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, TypeVar

from consent import derivation, evidence
from consent.relations.contributions import MEMBER
from resources.record import envelope, mistake, stamp
from resources.record.version import Version
from resources.search.predicate import AllOf, AnyOf, Is, Predicate, matches
from resources.search.relation import FOREVER, NOWHERE, Row
from resources.store.ledger import Ledger
from resources.store.port import Found, Query

T = TypeVar("T")
KNOWN = 8192
_AGAIN = 20
"""So many milliseconds after its instant one transaction may have written a record, anew each time."""
_BROAD = (".type ", ".code ", ".open ", ".counts ")


class Past:
    """What lies in a store, each record and row looked up once; `thorough` finds by past versions wherever they lie."""

    def __init__(self, ledger: Ledger, *, thorough: bool = False) -> None:
        self.history = lru_cache(maxsize=KNOWN)(lambda name: ledger.history(*name.split("/", 1)))
        self.related = lru_cache(maxsize=KNOWN)(self._related)
        self.leading = lru_cache(maxsize=KNOWN)(ledger.leading if thorough else ledger.found)
        self.body = lru_cache(maxsize=KNOWN)(evidence.body)
        self.together = lru_cache(maxsize=64)(self._together)
        self._ledger = ledger

    def forget(self) -> None:
        """Begin anew: the records may have changed."""
        for kept in (self.history, self.related, self.leading, self.body, self.together):
            kept.cache_clear()

    def base(self, version: Version) -> str:
        """The instant of its transaction, in which each next version of one record is a millisecond later."""
        earlier = [each for each in self.history(version.reference) if each.number < version.number]
        since = version.since
        for each in reversed(earlier):
            if stamp.after(each.since) != since:
                break
            since = each.since
        return since

    def _related(self, name: str, of: str) -> Sequence[Row]:
        """The rows of a relation; of a household also who was in it by mistake, since what was done in that stands."""
        found = self._ledger.related(name, of)
        versions = self.history(of) if name == MEMBER else []
        if not any(mistake.misnamed(each.terms) for each in versions):
            return found
        return [
            row
            for row in derivation.rows(versions, {each.number: () for each in versions})
            if row.relation.name == name
        ]

    def _together(self, base: str) -> list[Version]:
        """What the transaction of this instant wrote, in order."""
        near = self._ledger.written(base, stamp.after(base, _AGAIN))
        return [each for each in near if each.since == base or (each.number > 1 and self.base(each) == base)]


@dataclass(frozen=True, slots=True)
class AsItWas:
    """The view that a transaction had as it wrote a version, or as it `began`. It waits for nothing."""

    past: Past
    base: str
    own: Version
    beside: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, past: Past, version: Version) -> AsItWas:
        """As this version was written."""
        base, earlier = past.base(version), dict[str, int]()
        for each in past.together(base):
            if (each.reference, each.number) == (version.reference, version.number):
                break
            earlier[each.reference] = each.number
        return cls(past, base, version, earlier)

    @property
    def began(self) -> AsItWas:
        return replace(self, beside={})

    @property
    def at(self) -> str:
        return self.own.since

    @property
    def now(self) -> str:
        return self.own.since

    def stood(self, name: str) -> Version | None:
        """The version of a record that was current, deleted ones too; where none is named, none."""
        return next(reversed(self._there(name)), None) if "/" in name else None

    def awaits(self, version: Version) -> bool:
        """Whether a version of the same transaction was there, or asked for; what the server adds comes after."""
        done = version.number <= self.beside.get(version.reference, 0)
        return done or version.number == 1 or not envelope.written(version.terms)[1]

    async def get(self, type: str, id: str, *, within: Predicate, number: int | None = None) -> Version | None:
        there = self._there(f"{type}/{id}")
        found = [each for each in there if number in (None, each.number)]
        return found[-1] if found and within.matches(found[-1].terms) else None

    async def find(self, query: Query, *, within: Predicate) -> Found:
        """By the narrowest of its conditions. Raises LookupError where nothing in it is narrow."""
        found = []
        for name in sorted(self._candidates(query.what)):
            there = self._there(name)
            asked = there if query.history else [each for each in there[-1:] if not each.deleted]
            found += [each for each in asked if self._is(query.what, each) and self._is(within, each)]
        return Found(found)

    async def rows(self, wanted: Iterable[tuple[str, str]]) -> Sequence[Row]:
        return [row for name, of in wanted for row in self._stood(self.past.related(name, of))]

    def _there(self, name: str) -> list[Version]:
        if name == self.own.reference:
            return [each for each in self.past.history(name) if each.number < self.own.number]
        last = self.beside.get(name, 0)
        return [each for each in self.past.history(name) if each.since < self.base or each.number <= last]

    def _is(self, what: Predicate, version: Version) -> bool:
        return matches(what, version.stored, NOWHERE)

    def _candidates(self, what: Predicate) -> set[str]:
        parts = what.parts if isinstance(what, AllOf) else (what,)
        entries = [found for part in parts if (found := _entries(part))]
        types = next((each for each in entries if all(one.startswith(".type ") for one in each)), ())
        narrow = next((each for each in entries if not any(one.startswith(_BROAD) for one in each)), ())
        if not types or not narrow:
            raise LookupError("a question that only the store itself can answer")
        names = {name for type in types for entry in narrow for name in self.past.leading(type[6:], entry)}
        return names | set(self.beside)

    def _stood(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows as they stood: what ended later had not ended, what came later was not there."""
        for row in rows:
            beside = row.source in self.beside
            last = self.at if beside else self.base
            if row.since < last or (beside and row.since == self.at):
                over = beside and row.ended == self.at
                ended = row.ended if over or row.ended < last else FOREVER
                yield replace(row, since=min(row.since, self.base), ended=ended)


def _entries(part: Predicate) -> tuple[str, ...]:
    """The terms of which a record has at least one; empty where the condition is of another kind."""
    if isinstance(part, Is):
        return (part.term,)
    if isinstance(part, AnyOf) and part.parts and all(isinstance(each, Is) for each in part.parts):
        return tuple(each.term for each in part.parts if isinstance(each, Is))
    return ()


def answered(question: Coroutine[Any, Any, T]) -> T:
    """What is asked of a view that waits for nothing."""
    try:
        question.send(None)
    except StopIteration as done:
        found: T = done.value
        return found
    question.close()
    raise RuntimeError("the past is read at once")
