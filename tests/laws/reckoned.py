"""A store reckoned in plain lists: what each record and row is at each instant, and the world around a record.

It shares nothing with the stores but the values they answer with: resources/store/port.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from resources.record.version import Version
from resources.search.order import Key
from resources.search.predicate import Predicate, matches
from resources.search.relation import FOREVER, Relation, Row, Stored

NOW = "2026-01-15"
"""The time of every question."""


@dataclass
class Reckoned:
    """Every version and row ever written."""

    versions: list[Version] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)

    def put(self, version: Version, relations: Iterable[Relation]) -> None:
        lives = [each for each in self.versions if each.reference == version.reference]
        self.versions.append(replace(version, first=lives[0].since if lives else version.since))
        wanted = set(relations)
        kept = []
        for row in self.rows:
            mine = row.source == version.reference and row.ended == FOREVER
            if mine and row.relation not in wanted:
                kept.append(replace(row, ended=version.since))
            else:
                kept.append(row)
            if mine:
                wanted.discard(row.relation)
        self.rows = [*kept, *(Row(new, version.since, FOREVER, version.reference, version.number) for new in wanted)]

    def derive(self, reference: str, terms: Iterable[str]) -> None:
        added = set(terms)
        self.versions = [
            replace(each, terms=tuple(sorted({*each.terms, *added}))) if each.reference == reference else each
            for each in self.versions
        ]

    def number(self, reference: str) -> int:
        return sum(each.reference == reference for each in self.versions)

    def current(self, reference: str, at: str) -> Version | None:
        """Deleted or not."""
        return next((v for v in reversed(self.versions) if v.reference == reference and v.since <= at), None)

    def seen(self, at: str, *, history: bool) -> Iterator[Version]:
        """The rows a query chooses from."""
        for each in self.versions:
            if each.since <= at and (history or (each is self.current(each.reference, at) and not each.deleted)):
                yield each

    def matching(self, at: str, what: Predicate, order: Sequence[Key], *, history: bool = False) -> list[Version]:
        world = _World(self, at)
        return ordered((v for v in self.seen(at, history=history) if matches(what, v.stored, world)), order)

    def holds(self, at: str, what: Predicate, version: Version) -> bool:
        return matches(what, version.stored, _World(self, at))

    def related(self, at: str, name: str, of: Iterable[str]) -> set[Row]:
        ones = set(of)
        return {row for row in self.rows if row.relation.name == name and row.relation.of in ones and row.since <= at}

    def tags(self, at: str, name: str, to: Iterable[str]) -> frozenset[str]:
        ones = set(to)
        led = (row for row in self.rows if row.relation.name == name and row.relation.to in ones)
        return frozenset(
            row.relation.tag for row in led if row.since <= at and (row.ended > at or row.ended == FOREVER)
        )


def ordered(versions: Iterable[Version], order: Sequence[Key]) -> list[Version]:
    """Versions in commit order, by the keys; what is alike in all of them by type, id and number, in the direction of
    the last key, or in commit order where that is the last key."""
    last = order[-1] if order else Key("id")
    rows = [*versions][:: -1 if last.descending else 1]
    if last.by != "since":
        rows.sort(key=lambda v: (v.type, v.id, v.number), reverse=last.descending)
    for key in reversed(order):
        if key.by == "id":
            rows.sort(key=lambda v: (v.type, v.id), reverse=key.descending)
        elif key.by == "since":
            rows.sort(key=lambda v: v.since, reverse=key.descending)
        else:
            rows = _by_term(rows, key)
    return rows


def _by_term(rows: list[Version], key: Key) -> list[Version]:
    own = [([term for term in each.terms if term.startswith(key.by)], each) for each in rows]
    least = max if key.descending else min
    having = sorted(
        [pair for pair in own if pair[0]], key=lambda pair: least(pair[0]), reverse=key.descending
    )  # stable, reversed or not
    return [each for _, each in having] + [each for terms, each in own if not terms]


@dataclass(frozen=True)
class _World:
    store: Reckoned
    at: str
    now: str = NOW

    def rows(self, name: str, of: str) -> Iterable[Row]:
        return self.store.related(self.at, name, [of])

    def record(self, reference: str) -> Stored | None:
        found = self.store.current(reference, self.at)
        return None if found is None or found.deleted else found.stored

    def leading(self, type: str, name: str, reference: str) -> Iterable[Stored]:
        for each in self.store.seen(self.at, history=False):
            if each.type == type and f"{name} {reference}" in each.terms:
                yield each.stored
