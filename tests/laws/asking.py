"""How the laws ask: the facts as the gate gathers them, to judge rows at hand and to look for rows."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from consent import gathering, policy
from consent.actor import Actor
from consent.facts import Facts
from consent.ordinance import Ordinance
from consent.policy import Ruling
from consent.rule import Action
from resources.record import period
from resources.record.version import Version
from resources.search.predicate import EVERYTHING, has
from resources.store.open import opened
from resources.store.port import Query, Snapshot, Store
from tests.laws.worlds import stand


@asynccontextmanager
async def asked(store: Store, actor: Actor) -> AsyncIterator[Snapshot]:
    """A view at the actor's time."""
    async with store.snapshot(now=period.instant(actor.now)) as view:
        yield view


async def everything(view: Snapshot) -> Sequence[Version]:
    return (await view.find(Query(EVERYTHING), within=EVERYTHING)).versions


async def who(view: Snapshot, actor: Actor, law: Ordinance) -> Facts:
    """What bears on whatever this actor asks."""
    return await gathering.meetings(view, await gathering.of_actor(view, actor), law)


async def known(view: Snapshot, actor: Actor, law: Ordinance, rows: Iterable[Version]) -> Facts:
    """What bears on the rows at hand."""
    return await gathering.about(view, await who(view, actor, law), rows)


async def looking(view: Snapshot, asks: Facts, type: str, action: Action = "search") -> Ruling:
    """The rules under which rows of a type are looked for."""
    return policy.ruling(action, await gathering.for_search(view, asks, type, has(".type", type)))


async def found(
    view: Snapshot, actor: Actor, law: Ordinance, types: Iterable[str], action: Action = "search"
) -> set[str]:
    """All that the store finds for this actor, and counts."""
    asks = await who(view, actor, law)
    names: set[str] = set()
    for type in sorted(types):
        made = await looking(view, asks, type, action)
        query = Query(has(".type", type))
        rows = (await view.find(query, within=made.within)).versions
        assert await view.count(query, within=made.within) == len(rows)
        names |= {row.reference for row in rows}
    return names


async def stored(rows: Sequence[Version], look: Callable[[Store], Awaitable[None]]) -> None:
    """A real store that holds these versions, for as long as it is looked at."""
    with tempfile.TemporaryDirectory() as folder:
        store = opened(str(Path(folder)))
        await store.open()
        try:
            await store.transact(lambda transaction: stand(transaction, rows))
            await look(store)
        finally:
            await store.close()
