"""What a transaction spends is its own work, and nothing that it is stopped for."""

from __future__ import annotations

import asyncio
import gc
import time
from pathlib import Path

import pytest

from resources.store.hold import Hold
from resources.store.open import opened
from resources.store.port import TooCostly, Transaction

SECONDS = 0.1


def test_a_walk_of_the_collector_is_nobodys_work() -> None:
    """It walks over what all requests have left, and may take longer than one transaction may."""
    hold, begun = Hold(SECONDS), time.thread_time()
    while time.thread_time() < begun + 3 * SECONDS:
        gc.collect()
    assert hold.demand() > 0


def test_a_works_own_time_is_spent() -> None:
    hold, begun = Hold(SECONDS), time.thread_time()
    while time.thread_time() < begun + 2 * SECONDS:
        sum(range(1_000))
    with pytest.raises(TooCostly):
        hold.demand()


def test_what_others_do_when_it_gives_way_is_not_its_work(tmp_path: Path) -> None:
    """Of a page of many records in a transaction some are decided on, and then others are answered."""

    async def others() -> None:
        begun = time.thread_time()
        while time.thread_time() < begun + 2 * SECONDS:
            sum(range(1_000))

    async def work(tx: Transaction) -> None:
        waiting = asyncio.create_task(others())
        await tx.give_way()
        assert waiting.done()
        assert not await tx.rows([("care", "Patient/1")])

    async def done() -> None:
        store = opened(str(tmp_path))
        await store.open()
        try:
            await store.transact(work, seconds=SECONDS)
        finally:
            await store.close()

    asyncio.run(done())
