"""The names of a person: Patients that are one human being, since a merge of them stands.

docs/policy.md, "merging two Patients": what withholds asks all names, what opens asks the one it was given for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import permutations
from typing import Any

from consent import verdict, vocabulary
from consent.verdict import Verdict
from resources.record import coding, reference
from resources.search.predicate import NOTHING, Leads, Predicate, any_of
from resources.search.relation import Gathered, Relation, World
from resources.store.port import Snapshot

SAME = "same"
"""Of a Patient, to each other name of that person; tagged with how the one stands to the other, where these two were
merged."""

REPLACED_BY, REPLACES = "replaced-by", "replaces"

MOST = 8
"""So many names one person has."""


def rows(task: Mapping[str, Any], judged: Verdict) -> Iterator[Relation]:
    """What a merge says while it stands: each name of the person leads to each other."""
    if not judged.counts or task.get("status") != "completed" or vocabulary.MERGE not in coding.of(task.get("code")):
        return
    source, target = pair(task)
    tags = {(source, target): REPLACED_BY, (target, source): REPLACES}
    for one, other in permutations(sorted(judged.note(verdict.SAME)), 2):
        yield Relation(SAME, one, other, tags.get((one, other), ""))


def pair(task: Mapping[str, Any]) -> tuple[str, str]:
    """The two Patients that a Task asks to have merged: the one that is replaced, and the one that is used since."""
    return reference.one(task, "for"), reference.one(task, "focus")


def any_of_them(of: Predicate) -> Predicate:
    """That this is so of the person at hand by some name of theirs."""
    return NOTHING if of == NOTHING else any_of([of, Leads(SAME, of)])


def others(world: World, person: str) -> frozenset[str]:
    """The other names of a person, in a world that has their rows."""
    return frozenset(row.relation.to for row in world.rows(SAME, person) if row.holds(world))


def every(world: World, persons: Iterable[str]) -> frozenset[str]:
    """These persons, by all their names."""
    known = frozenset(persons)
    return known.union(*(others(world, one) for one in known))


async def known(view: Snapshot, persons: Iterable[str]) -> frozenset[str]:
    """These persons, by all the names that they have in this view: a merge stands until that is recorded."""
    meant = frozenset(persons)
    asked = sorted(one for one in meant if one.startswith("Patient/"))
    if not asked:
        return meant
    world = Gathered(view.at)
    world.add(await view.rows((SAME, one) for one in asked))
    return every(world, meant)
