"""The epoch of every store: it moves when it is advanced, with the transaction that advances it, for every process."""

from __future__ import annotations

import asyncio

import pytest

from resources.store.open import opened


async def epoch(store):
    async with store.snapshot() as view:
        return await view.epoch()


async def advance(store):
    await store.transact(lambda transaction: transaction.advance())


def test_an_epoch_lasts_until_it_is_advanced(store, run):
    before = run(epoch(store))
    assert run(epoch(store)) == before
    run(advance(store))
    assert run(epoch(store)) > before


def test_a_transaction_that_is_undone_advances_nothing(store, run):
    before = run(epoch(store))

    async def work(transaction):
        await transaction.advance()
        raise LookupError

    with pytest.raises(LookupError):
        run(store.transact(work))
    assert run(epoch(store)) == before


def test_every_advance_counts_when_many_come_at_once(store, run):
    before = run(epoch(store))

    async def together():
        await asyncio.gather(*(advance(store) for _ in range(12)))

    run(together())
    assert run(epoch(store)) == before + 12


def test_another_process_sees_the_new_epoch(store, address, run):
    async def seen_by_another():
        other = opened(address)
        await other.open()
        try:
            before = await epoch(other)
            await advance(store)
            return before, await epoch(other)
        finally:
            await other.close()

    before, after = run(seen_by_another())
    assert after > before
