"""Nobody waits longer for the disk, or for others who write, than there is patience; what was given up is not done."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from resources.store import sqlite_file
from resources.store.port import Unavailable
from resources.store.sqlite_writer import Writer
from tests.unit.resources.store.telling import event


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return sqlite_file.prepare(tmp_path)


def keeping(name: str) -> Callable[[sqlite3.Connection], Awaitable[None]]:
    async def work(connection: sqlite3.Connection) -> None:
        connection.execute("INSERT INTO secret VALUES ('kept', ?, x'00', NULL)", (name,))

    return work


def kept(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as database:
        return [name for (name,) in database.execute("SELECT key FROM secret WHERE kind = 'kept' ORDER BY key")]


def test_who_waits_too_long_for_a_turn_is_told_so_and_nothing_of_it_is_done(path, run):
    async def story():
        writer, going, over = Writer(path, patience=0.05), asyncio.Event(), asyncio.Event()

        async def long(connection):
            going.set()
            await over.wait()

        first = asyncio.create_task(writer.do(long))
        await going.wait()
        behind = [asyncio.create_task(writer.do(keeping(name))) for name in "ab"]
        told = await asyncio.gather(*behind, writer.append(event(1)), return_exceptions=True)
        assert [type(each) for each in told] == [Unavailable] * 3
        over.set()
        await first
        await writer.do(keeping("c"))
        await writer.close()

    run(story())
    assert kept(path) == ["c"]
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT count(*) FROM trail_event").fetchone() == (0,)


def test_a_work_that_leaves_the_connection_in_disorder_is_the_last_of_nobody(path, run):
    async def story():
        writer = Writer(path)

        async def disorder(connection):
            connection.execute("RELEASE work")

        await writer.do(keeping("a"))
        told = await asyncio.gather(
            writer.do(keeping("b")), writer.do(disorder), writer.do(keeping("c")), return_exceptions=True
        )
        assert any(isinstance(each, Exception) for each in told)
        await writer.do(keeping("d"))
        await writer.close()
        done = [name for name, each in zip("bc", (told[0], told[2]), strict=True) if each is None]
        assert kept(path) == ["a", *done, "d"]

    run(story())
