"""What every store promises of secrets: kept once, taken once, gone at their second."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import time
from datetime import UTC, datetime, timedelta

import pytest

from resources.store.open import opened


def test_a_secret_is_kept_once_and_looked_at_often(store, run):
    assert run(store.vault.keep("code", "k", b"1"))
    assert not run(store.vault.keep("code", "k", b"2"))
    assert run(store.vault.keep("token", "k", b"3"))
    assert [run(store.vault.look("code", "k")) for _ in range(2)] == [b"1", b"1"]
    assert run(store.vault.look("code", "other")) is None


def test_several_are_looked_at_in_one_question(store, run):
    run(store.vault.keep("code", "k", b"1"))
    run(store.vault.keep("token", "other", b"2"))
    run(store.vault.keep("code", "over", b"3", until=1))
    wanted = [("token", "other"), ("code", "other"), ("code", "k"), ("code", "over"), ("code", "k")]
    assert list(run(store.vault.look_at(*wanted))) == [b"2", None, b"1", None, b"1"]


def test_a_secret_is_taken_once_by_many_at_once(store, run):
    async def story():
        await store.vault.keep("code", "k", b"1")
        taken = await asyncio.gather(*(store.vault.take("code", "k") for _ in range(20)))
        assert [one for one in taken if one is not None] == [b"1"]
        assert await store.vault.look("code", "k") is None

    run(story())


def test_a_secret_is_kept_by_one_of_many_at_once(store, run, address):
    async def story():
        other = opened(address)
        await other.open()
        vaults = [store.vault, other.vault] * 10
        kept = await asyncio.gather(*(vault.keep("jti", "k", b"%d" % n) for n, vault in enumerate(vaults)))
        assert sum(kept) == 1
        assert await store.vault.look("jti", "k") == b"%d" % kept.index(True)
        await other.close()

    run(story())


def test_a_secret_is_gone_after_its_time(store, run):
    now = time.time()
    run(store.vault.keep("code", "past", b"1", until=now - 1))
    run(store.vault.keep("code", "future", b"2", until=now + 3600))
    assert run(store.vault.look("code", "past")) is None
    assert run(store.vault.take("code", "past")) is None
    assert run(store.vault.keep("code", "past", b"3", until=now + 3600))
    assert run(store.vault.look("code", "past")) == b"3"
    assert run(store.vault.take("code", "future")) == b"2"


def test_a_secret_is_replaced_with_its_time(store, run):
    now = time.time()
    run(store.vault.replace("client", "k", b"1"))
    run(store.vault.replace("client", "k", b"2", until=now + 3600))
    assert run(store.vault.look("client", "k")) == b"2"
    run(store.vault.replace("client", "k", b"3", until=now - 1))
    assert run(store.vault.look("client", "k")) is None
    assert run(store.vault.keep("client", "k", b"4"))


def test_secrets_are_replaced_by_many_at_once(store, run):
    async def story():
        await asyncio.gather(*(store.vault.replace("client", "k", b"%d" % n) for n in range(10)))
        assert await store.vault.look("client", "k") in [b"%d" % n for n in range(10)]

    run(story())


def test_of_many_who_change_what_they_read_one_does(store, run, address):
    async def story():
        other = opened(address)
        await other.open()
        await store.vault.keep("account", "k", b"before")
        vaults = [store.vault, other.vault] * 5
        changed = await asyncio.gather(
            *(vault.exchange("account", "k", b"before", b"%d" % n) for n, vault in enumerate(vaults))
        )
        assert sum(changed) == 1
        assert await store.vault.look("account", "k") == b"%d" % changed.index(True)
        assert not await store.vault.exchange("account", "nobody", b"before", b"after")
        await store.vault.keep("account", "over", b"before", until=1)
        assert not await store.vault.exchange("account", "over", b"before", b"after")
        await other.close()

    run(story())


def test_a_counter_counts_everybody_once(store, run, address):
    async def story():
        other = opened(address)
        await other.open()
        until = time.time() + 3600
        vaults = [store.vault, other.vault] * 10
        told = await asyncio.gather(*(vault.tally("rate", "k", until=until) for vault in vaults))
        assert sorted(told) == list(range(1, 21))
        assert await store.vault.tally("rate", "other", until=until) == 1
        assert await store.vault.tally("another rate", "k", until=until) == 1
        await other.close()

    run(story())


def test_a_counter_begins_anew_after_the_time_of_its_first(store, run):
    now = time.time()
    assert [run(store.vault.tally("rate", "k", until=now - 1)) for _ in range(2)] == [1, 1]
    assert [run(store.vault.tally("rate", "k", until=now + 3600)) for _ in range(2)] == [1, 2]
    assert run(store.vault.tally("rate", "k", until=now - 1)) == 3


def test_the_vault_goes_by_the_clock_of_its_store(address, run):
    async def story():
        time_of_day = datetime(2019, 4, 1, 9, tzinfo=UTC)
        store = opened(address, lambda: time_of_day)
        await store.open()
        until = (time_of_day + timedelta(hours=1)).timestamp()
        assert await store.vault.keep("code", "k", b"1", until=until)
        assert await store.vault.tally("rate", "k", until=until) == 1
        assert await store.vault.look("code", "k") == b"1"
        time_of_day += timedelta(hours=1)
        assert await store.vault.look("code", "k") is None
        assert await store.vault.tally("rate", "k", until=until + 60) == 1
        assert await store.vault.take("code", "k") is None
        await store.close()

    run(story())


def test_a_secret_is_there_after_reopening(store, run, address):
    run(store.vault.keep("account", "漢字", bytes(range(256))))
    run(store.close())
    run(store.open())
    assert run(store.vault.look("account", "漢字")) == bytes(range(256))


@pytest.mark.parametrize("away", [timedelta(days=1), timedelta(days=400), -timedelta(days=1)])
def test_a_clock_that_jumps_away_and_back_revives_nothing(address, run, away):
    async def story():
        now = datetime(2026, 4, 1, 9, tzinfo=UTC)
        store = opened(address, lambda: now)
        await store.open()
        until = (now + timedelta(minutes=5)).timestamp()
        assert await store.vault.keep("used", "k", b"1", until=until)
        now += away
        for n in range(3):
            await store.vault.keep("other", str(n), b"1", until=(now + timedelta(minutes=1)).timestamp())
            await store.vault.tally("rate", str(n), until=(now + timedelta(minutes=1)).timestamp())
        now -= away
        assert await store.vault.look("used", "k") == b"1"
        assert not await store.vault.keep("used", "k", b"2", until=until)
        await store.close()

    run(story())


def test_counters_that_are_over_go_at_once(tmp_path, run):
    async def story():
        now = datetime(2026, 4, 1, 9, tzinfo=UTC)
        store = opened(str(tmp_path), lambda: now)
        await store.open()
        for minute in range(5):
            for n in range(10):
                await store.vault.tally("rate", f"{minute} {n}", until=(now + timedelta(minutes=1)).timestamp())
            now += timedelta(minutes=1)
        await store.close()

    run(story())
    with contextlib.closing(sqlite3.connect(tmp_path / "tsunagu.sqlite")) as database:
        assert database.execute("SELECT count(*) FROM secret").fetchone() == (10,)


def test_what_is_left_with_a_write_is_there_with_it_or_not_at_all(store, run):
    async def left(tx):
        await tx.leave("letter", "a", b"1")

    async def undone(tx):
        await tx.leave("letter", "b", b"2")
        raise ValueError("undone")

    assert not run(store.vault.has("letter"))
    run(store.transact(left))
    with pytest.raises(ValueError, match="undone"):
        run(store.transact(undone))
    assert run(store.vault.has("letter"))
    assert not run(store.vault.has("other"))
    assert run(store.vault.look("letter", "a")) == b"1"
    assert run(store.vault.look("letter", "b")) is None


def test_what_was_left_is_fetched_once_and_stays_where_that_is_undone(store, run):
    async def left(tx):
        for key in ("a", "b"):
            await tx.leave("letter", key, key.encode())

    async def undone(tx):
        assert await tx.fetch("letter")
        raise ValueError("undone")

    async def fetched(tx):
        return await tx.fetch("letter")

    async def story():
        await store.transact(left)
        with pytest.raises(ValueError, match="undone"):
            await store.transact(undone)
        assert sorted(await asyncio.gather(*(store.transact(fetched) for _ in range(2)))) == [b"a", b"b"]
        assert await store.transact(fetched) is None
        assert not await store.vault.has("letter")

    run(story())
