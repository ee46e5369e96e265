"""What only the SQLite store promises: a folder that cannot serve is said in one sentence, in two languages."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from resources.record.version import Version
from resources.search.predicate import EVERYTHING
from resources.store.port import Query, Unavailable
from resources.store.sqlite import SqliteStore
from tests.unit.resources.store.telling import event


def version(id: str, body: bytes = b"{}") -> Version:
    return Version("Task", id, 1, "", False, body, (".type Task",))


async def put(store: SqliteStore, one: Version) -> None:
    async def work(transaction):
        await transaction.put(replace(one, since=transaction.instant))

    await store.transact(work)


async def ids(store: SqliteStore) -> list[str]:
    async with store.snapshot() as view:
        return [row.id for row in (await view.find(Query(EVERYTHING), within=EVERYTHING)).versions]


def refusal(folder: Path, run) -> str:
    with pytest.raises(Unavailable) as raised:
        run(SqliteStore(folder).open())
    [japanese] = raised.value.__notes__
    assert str(folder) in japanese
    assert not japanese.isascii()
    return str(raised.value).replace(str(folder), "DIR")


def test_a_folder_that_cannot_be_made_is_refused(tmp_path, run):
    (tmp_path / "file").write_bytes(b"")
    assert refusal(tmp_path / "file", run) == "the database `DIR/tsunagu.sqlite` cannot be opened for writing"


def test_a_database_that_is_a_folder_is_refused(tmp_path, run):
    (tmp_path / "tsunagu.sqlite").mkdir()
    assert refusal(tmp_path, run) == "the database `DIR/tsunagu.sqlite` cannot be opened for writing"


def test_a_file_that_is_no_database_is_refused(tmp_path, run):
    (tmp_path / "tsunagu.sqlite").write_bytes("つなぐ".encode() * 1000)
    assert (
        refusal(tmp_path, run)
        == "the database `DIR/tsunagu.sqlite` is damaged or not a database: restore the last backup"
    )


def test_the_database_of_another_program_is_refused_and_left_alone(tmp_path, run):
    with contextlib.closing(sqlite3.connect(tmp_path / "tsunagu.sqlite")) as other:
        other.execute("CREATE TABLE theirs (x)")
    before = (tmp_path / "tsunagu.sqlite").read_bytes()
    assert refusal(tmp_path, run) == "the database `DIR/tsunagu.sqlite` belongs to another program"
    assert (tmp_path / "tsunagu.sqlite").read_bytes() == before


def test_the_database_of_a_newer_version_is_refused(tmp_path, run):
    run(made(tmp_path))
    with contextlib.closing(sqlite3.connect(tmp_path / "tsunagu.sqlite")) as database:
        database.execute("PRAGMA user_version = 99")
    assert refusal(tmp_path, run) == "the database `DIR/tsunagu.sqlite` was made by a newer version of tsunagu"


async def made(folder: Path) -> None:
    store = SqliteStore(folder)
    await store.open()
    await store.close()


def test_only_the_owner_may_read_the_files(tmp_path, run):
    async def story():
        store = SqliteStore(tmp_path / "new" / "folder")
        await store.open()
        await put(store, version("a"))
        files = list((tmp_path / "new" / "folder").iterdir())
        assert len(files) == 3
        assert {file.stat().st_mode & 0o077 for file in files} == {0}
        await store.close()

    run(story())


def test_a_closed_store_says_so(tmp_path, run):
    run(made(tmp_path))
    with pytest.raises(Unavailable, match="closed"):
        run(ids(SqliteStore(tmp_path)))


def test_a_full_disk_fails_the_group_and_the_store_goes_on(tmp_path):
    # A limit on the size of files is what a process sees as a full disk; it holds for this child alone.
    script = FULL.format(folder=str(tmp_path))
    done = subprocess.run([sys.executable, "-c", script], cwd=Path(__file__).parents[4], capture_output=True, text=True)
    assert done.stdout.split() == ["refused", "unchanged", "written"], done.stderr


FULL = """
import asyncio, resource, signal
from pathlib import Path
from resources.store.port import Unavailable
from tests.unit.resources.store.test_sqlite import SqliteStore, ids, put, version

async def main():
    store = SqliteStore(Path({folder!r}))
    await store.open()
    await put(store, version("a"))
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))
    works = [put(store, version(f"b{{n}}", b"x" * 300_000)) for n in range(8)]
    outcomes = await asyncio.gather(*works, return_exceptions=True)
    if all(isinstance(outcome, Unavailable) for outcome in outcomes):
        print("refused")
    if await ids(store) == ["a"]:
        print("unchanged")
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    await put(store, version("c"))
    if await ids(store) == ["a", "c"]:
        print("written")
    await store.close()

asyncio.run(main())
"""


def test_two_stores_may_open_a_new_folder_at_once(tmp_path, run):
    async def story():
        stores = [SqliteStore(tmp_path) for _ in range(6)]
        await asyncio.gather(*(store.open() for store in stores))
        await asyncio.gather(*(put(store, version(f"a{n}")) for n, store in enumerate(stores)))
        for store in stores:
            assert await ids(store) == [f"a{n}" for n in range(6)]
            await store.close()

    run(story())


def test_a_work_that_waits_for_another_is_an_error_and_not_a_standstill(tmp_path, run):
    async def story():
        store = SqliteStore(tmp_path)
        await store.open()

        async def work(transaction):
            await put(store, version("a"))

        with pytest.raises(RuntimeError, match="cannot wait for another"):
            await store.transact(work)
        await put(store, version("b"))
        assert await ids(store) == ["b"]
        await store.close()

    run(story())


def test_a_store_that_is_closed_first_does_what_waits(tmp_path, run):
    async def story():
        store = SqliteStore(tmp_path)
        await store.open()
        works = [asyncio.create_task(put(store, version(f"a{n}"))) for n in range(5)]
        await asyncio.sleep(0)
        await store.close()
        await asyncio.gather(*works)
        await store.open()
        assert await ids(store) == [f"a{n}" for n in range(5)]
        await store.close()

    run(story())


def test_a_work_runs_in_the_context_of_its_caller(tmp_path, run):
    import contextvars

    request = contextvars.ContextVar("request", default="none")

    async def story():
        store = SqliteStore(tmp_path)
        await store.open()

        async def ask(name):
            request.set(name)

            async def work(transaction):
                return request.get()

            return await store.transact(work)

        assert tuple(await asyncio.gather(ask("first"), ask("second"))) == ("first", "second")
        await store.close()

    run(story())


def moved(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


def removed(folder: Path) -> None:
    shutil.rmtree(folder)


def replaced(folder: Path) -> None:
    with (
        contextlib.closing(sqlite3.connect(folder / "tsunagu.sqlite")) as database,
        contextlib.closing(sqlite3.connect(folder / "copy")) as copy,
    ):
        database.backup(copy)
    (folder / "copy").replace(folder / "tsunagu.sqlite")


def without_its_log(folder: Path) -> None:
    (folder / "tsunagu.sqlite-wal").unlink()


@pytest.mark.parametrize("gone", [moved, removed, replaced, without_its_log])
def test_nothing_is_acknowledged_once_the_file_is_another(gone: Callable[[Path], None], tmp_path: Path, run) -> None:
    async def story() -> None:
        store = SqliteStore(tmp_path / "data")
        await store.open()
        await put(store, version("before"))
        gone(tmp_path / "data")
        for asked in (
            put(store, version("after")),
            store.trail.append(event()),
            store.vault.replace("kind", "key", b"value"),
        ):
            with pytest.raises(Unavailable, match="moved, removed or replaced while it was open") as raised:
                await asked
            assert str(tmp_path / "data") in raised.value.__notes__[0]
        await store.close()

    run(story())


def test_a_file_put_back_in_its_place_is_written_again(tmp_path: Path, run) -> None:
    async def story() -> list[str]:
        store = SqliteStore(tmp_path / "data")
        await store.open()
        moved(tmp_path / "data")
        with pytest.raises(Unavailable):
            await put(store, version("a"))
        (tmp_path / "elsewhere").rename(tmp_path / "data")
        await put(store, version("b"))
        found = await ids(store)
        await store.close()
        return found

    assert run(story()) == ["b"]
