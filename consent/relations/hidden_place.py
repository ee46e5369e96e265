"""Whether records are about somebody whose place is protected, by whichever of their names.

docs/policy.md, D1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from consent.relations import names
from consent.relations.contributions import HIDDEN, MEMBER, PROTECTED
from consent.relations.names import SAME
from resources.record.envelope import PERSONS
from resources.search.relation import Around, Gathered, Relation, Stored, World, values
from resources.store.port import Snapshot


def tells(record: Stored, world: World) -> bool:
    """Whether a record is about such a person; its world has the rows of its persons, by all their names."""
    return any(
        row.relation.to == HIDDEN and row.holds(world)
        for person in names.every(world, PERSONS.of(record.terms, Around(record, world)))
        for row in world.rows(PROTECTED[0], person)
    )


@dataclass(slots=True)
class Secrets:
    """What was asked of a view once is known."""

    view: Snapshot
    world: Gathered = field(init=False)

    def __post_init__(self) -> None:
        self.world = Gathered(self.view.at, self.view.now)

    async def are_in(self, record: Stored) -> bool:
        await self._ask((MEMBER, group) for group in values(record.terms, ".household"))
        persons = frozenset(PERSONS.of(record.terms, Around(record, self.world)))
        await self._ask((SAME, person) for person in persons)
        await self._ask((PROTECTED[0], person) for person in names.every(self.world, persons))
        return tells(record, self.world)

    def forget(self, changed: Iterable[Relation]) -> None:
        """What a write has changed is to be asked anew."""
        for each in changed:
            self.world.related.pop((each.name, each.of), None)

    async def _ask(self, wanted: Iterable[tuple[str, str]]) -> None:
        new = {pair for pair in wanted if pair not in self.world.related}
        if new:
            self.world.related.update((pair, []) for pair in new)
            self.world.add(await self.view.rows(new))


async def is_secret(view: Snapshot, record: Stored) -> bool:
    """Whether a record is about somebody whose place is protected."""
    return await Secrets(view).are_in(record)
