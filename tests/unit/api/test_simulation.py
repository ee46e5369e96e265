"""A store is of a simulated city from its first opening on, or never; time is driven there alone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api import simulation
from api.app import create_app
from api.clock import Clock, system
from api.settings import Settings
from resources.record.version import Version
from resources.store.open import opened
from resources.store.port import Store, Unavailable


def driven() -> datetime:
    return datetime(2019, 4, 1, 9, tzinfo=UTC)


@pytest.fixture
def settle(tmp_path: Path) -> Callable[..., None]:
    def settled(*, simulated: bool = False, clock: Clock = system, holding: bool = False) -> None:
        async def story() -> None:
            store = opened(str(tmp_path / "store"), clock)
            await store.open()
            try:
                if holding:
                    await hold(store)
                await simulation.settle(store, Settings(simulated=simulated), clock)
            finally:
                await store.close()

        asyncio.run(story())

    return settled


async def hold(store: Store) -> None:
    body = b'{"resourceType":"Organization","id":"a"}'
    record = Version("Organization", "a", 1, "2019-04-01T00:00:00.000Z", False, body, (".type Organization",))
    await store.transact(lambda transaction: transaction.put(record))


def test_a_new_store_may_be_simulated_and_stays_so(settle: Callable[..., None]) -> None:
    settle(simulated=True)
    settle(clock=driven)
    settle(simulated=True, clock=driven)
    settle()


def test_a_store_with_real_time_never_becomes_simulated(settle: Callable[..., None]) -> None:
    settle()
    with pytest.raises(Unavailable, match="is for a new store"):
        settle(simulated=True)
    with pytest.raises(Unavailable, match="may be given another clock"):
        settle(clock=driven)


def test_a_store_from_before_the_mark_has_real_time(settle: Callable[..., None]) -> None:
    with pytest.raises(Unavailable, match="is for a new store"):
        settle(simulated=True, holding=True)
    with pytest.raises(Unavailable, match="may be given another clock"):
        settle(clock=driven)


def test_a_driven_clock_alone_marks_nothing(settle: Callable[..., None]) -> None:
    with pytest.raises(Unavailable, match="TSUNAGU_SIMULATED=true"):
        settle(clock=driven)


def test_an_application_with_a_driven_clock_opens_a_simulated_store_only(tmp_path: Path) -> None:
    async def opens(settings: Settings) -> None:
        app = create_app(settings, driven)
        async with app.router.lifespan_context(app):
            assert app.fhir is not None

    asyncio.run(opens(Settings(data=tmp_path / "one", simulated=True, second_opinion=0)))
    with pytest.raises(Unavailable, match="may be given another clock"):
        asyncio.run(opens(Settings(data=tmp_path / "two", second_opinion=0)))
