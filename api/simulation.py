"""Whether a store is of a simulated city: marked when it is made, and only then may its time be driven.

docs/settings.md, "simulated time"
"""

from __future__ import annotations

from api import clock as clocks
from api.clock import Clock
from api.settings import Settings
from resources.search.predicate import EVERYTHING, Predicate
from resources.store.fault import unavailable
from resources.store.port import Query, Store

ANY_RECORD: Predicate = EVERYTHING
"""Under this the server asks, once in a store's life, whether anything is in it; what is there goes nowhere."""

_MARK = ("installation", "time")
_SIMULATED, _REAL = b"simulated", b"real"


async def settle(store: Store, settings: Settings, clock: Clock = clocks.system) -> None:
    """At the first opening of an empty store write down of which kind it is; at every other hold it to that.

    Raises Unavailable where a store with real time is to be simulated, or to be given a driven clock.
    """
    kept = await store.vault.look(*_MARK)
    if kept is None:
        simulated = settings.simulated and await empty(store)
        await store.vault.keep(*_MARK, _SIMULATED if simulated else _REAL)
        kept = await store.vault.look(*_MARK)
    if kept == _SIMULATED:
        return
    if settings.simulated:
        raise unavailable(
            "TSUNAGU_SIMULATED is for a new store, and this one has real time",
            "TSUNAGU_SIMULATED は新しい記録庫だけに使えます。この記録庫は実時間のものです",
        )
    if clock is not clocks.system:
        raise unavailable(
            "only a store made with TSUNAGU_SIMULATED=true may be given another clock than the system's",
            "システム以外の時計を使えるのは、TSUNAGU_SIMULATED=true で作った記録庫だけです",
        )


async def empty(store: Store) -> bool:
    """Whether there is no record in a store, and never was."""
    async with store.snapshot() as view:
        return not await view.count(Query(ANY_RECORD, history=True), within=ANY_RECORD, most=0)
