"""A view of a few records in memory, for worlds by the hundred thousand: the port's questions over plain lists.

resources/store/port.py. What it does not answer is not asked by the facts that bear on a record at hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar, cast

from resources.record.version import Version
from resources.search.predicate import Predicate, all_of, matches
from resources.search.relation import FOREVER, NOWHERE, Relation, Row
from resources.store.port import Found, Query, Snapshot

T = TypeVar("T")


@dataclass(slots=True)
class Plain:
    now: str
    versions: dict[str, Version] = field(default_factory=dict)
    related: dict[tuple[str, str], list[Row]] = field(default_factory=lambda: defaultdict(list))
    at: str = FOREVER

    @property
    def view(self) -> Snapshot:
        """As what the facts are gathered from."""
        return cast(Snapshot, self)

    def put(self, version: Version, relations: Iterable[Relation]) -> None:
        self.versions[version.reference] = version
        for each in relations:
            row = Row(each, version.since, FOREVER, version.reference, version.number)
            self.related[each.name, each.of].append(row)

    async def get(self, type: str, id: str, *, within: Predicate, number: int | None = None) -> Version | None:
        found = self.versions.get(f"{type}/{id}")
        return found if found and matches(within, found.stored, NOWHERE) else None

    async def find(self, query: Query, *, within: Predicate) -> Found:
        asked = all_of((query.what, within))
        rows = tuple(each for each in self.versions.values() if matches(asked, each.stored, NOWHERE))
        return Found(rows, "")

    async def rows(self, wanted: Iterable[tuple[str, str]]) -> Sequence[Row]:
        return [row for each in wanted for row in self.related.get(each, ())]


def at_once(asked: Coroutine[Any, Any, T]) -> T:
    """What a question answers that waits for nobody."""
    try:
        asked.send(None)
    except StopIteration as done:
        answer: T = done.value
        return answer
    raise AssertionError("a view in memory never waits")
