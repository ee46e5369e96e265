"""Who keeps the files of an agency that has ended: the one that the lead section named, and who succeeded that one.

docs/policy.md, "succession". Nothing is rewritten: reading and writing ask whose files the actor's agency keeps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from consent import verdict
from consent.rule import Evidence, Text
from consent.verdict import Verdict
from resources.record import reference
from resources.search.relation import Relation, Row, World

SUCCEEDS = "succeeds"
"""Of CITY, to each agency that keeps the files of one that has ended; the tag says of which."""

CITY = "*"
"""All of them are asked for at once, with the posts of who asks: a city has few."""

ASKED = (SUCCEEDS, CITY)

MOST = 50
"""The files of so many agencies one agency keeps beside its own."""

_NAMED = Text("the naming of a successor", "後を継ぐ機関の指定")


@dataclass(frozen=True, slots=True)
class Succession:
    """An agency that has ended, the one that keeps its files, and the version that says so."""

    former: str
    successor: str
    version: str

    @property
    def source(self) -> str:
        """The record that says so."""
        return self.version.partition("/_history/")[0]


@dataclass(frozen=True, slots=True)
class Successions:
    """Those that stand in the city."""

    standing: tuple[Succession, ...] = ()

    @property
    def sources(self) -> frozenset[str]:
        """The records that say so."""
        return frozenset(each.source for each in self.standing)

    def of(self, agencies: Iterable[str]) -> tuple[Succession, ...]:
        """Those by which these agencies keep the files of others: of those that one of them succeeded, too."""
        reached, found = set(agencies), dict[Succession, None]()
        while new := [each for each in self.standing if each.successor in reached and each not in found]:
            found |= dict.fromkeys(new)
            reached.update(each.former for each in new)
        return tuple(found)

    def kept_by(self, agencies: Iterable[str]) -> frozenset[str]:
        """The agencies whose files these keep: their own, and those that they succeed."""
        named = frozenset(agencies)
        return named.union(each.former for each in self.of(named)) if self.standing else named

    def of_former(self, agency: str) -> tuple[Succession, ...]:
        """Those that say who keeps the files of this agency."""
        return tuple(each for each in self.standing if each.former == agency)

    def after(self, agencies: Iterable[str]) -> frozenset[str]:
        """The agencies that keep the files of any of these since it has ended, one after another."""
        reached = set[str](agencies)
        while new := {each.successor for each in self.standing if each.former in reached} - reached:
            reached |= new
        return frozenset(reached.difference(agencies))

    def evidence(self, agencies: Iterable[str]) -> tuple[Evidence, ...]:
        """By what these keep the files of others."""
        return tuple(Evidence(each.version, _NAMED) for each in self.of(agencies))

    def told(self, readable: Mapping[str, bool]) -> Successions:
        """Those of which somebody may read what says so."""
        return Successions(tuple(each for each in self.standing if readable.get(each.source)))


NONE = Successions()


def rows(task: Mapping[str, Any], judged: Verdict) -> Iterator[Relation]:
    """What the Task says by which a successor was named, until that is undone."""
    if judged.counts:
        for former in judged.note(verdict.SUCCEEDED):
            yield Relation(SUCCEEDS, CITY, reference.one(task, "owner"), former)


def read(recorded: Iterable[Row], world: World) -> Successions:
    """Those of these rows that stand in that world, in one order."""
    standing = (row for row in recorded if row.relation.name == SUCCEEDS and row.holds(world))
    found = sorted((row.relation.tag, row.relation.to, row.cited) for row in standing)
    return Successions(tuple(Succession(*each) for each in found)) if found else NONE
