"""Damage is noticed: a body that is not the one that was written is given to nobody, and looked for at a start."""

from __future__ import annotations

import contextlib
import sqlite3
from pathlib import Path

import pytest

from resources.search.predicate import EVERYTHING
from resources.store import open as stores
from resources.store.port import Corrupt, Query, TooCostly
from resources.store.sqlite import SqliteStore
from tests.unit.resources.store.test_sqlite import made, put, version

BODY = b'{"resourceType":"Task","id":"b","status":"accepted"}'


@pytest.fixture
def damaged(tmp_path: Path, run) -> Path:
    """A store of three, one bit of whose second body is another in the file."""

    async def story() -> None:
        store = SqliteStore(tmp_path)
        await store.open()
        for id in "abc":
            await put(store, version(id, BODY if id == "b" else b"{}"))
        await store.close()

    run(story())
    with contextlib.closing(sqlite3.connect(tmp_path / "tsunagu.sqlite")) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    file = tmp_path / "tsunagu.sqlite"
    content = file.read_bytes()
    assert content.count(BODY) == 1
    file.write_bytes(content.replace(BODY, BODY.replace(b"accepted", b"accepteb")))
    return tmp_path


def asked(folder: Path, run, ask):
    async def story():
        store = SqliteStore(folder)
        await store.open()
        try:
            async with store.snapshot() as view:
                return await ask(view)
        finally:
            await store.close()

    return run(story())


def test_a_damaged_body_is_given_to_nobody(damaged, run):
    questions = [
        lambda view: view.get("Task", "b", within=EVERYTHING),
        lambda view: view.get("Task", "b", within=EVERYTHING, number=1),
        lambda view: view.find(Query(EVERYTHING), within=EVERYTHING),
        lambda view: view.find(Query(EVERYTHING, limit=2), within=EVERYTHING),
        lambda view: view.feed("", 10, within=EVERYTHING),
    ]
    for ask in questions:
        with pytest.raises(Corrupt, match="Task/b/_history/1") as raised:
            asked(damaged, run, ask)
        assert "accept" not in str(raised.value)
    assert asked(damaged, run, lambda view: view.get("Task", "a", within=EVERYTHING)).body == b"{}"


def test_a_start_looks_at_what_was_written_last(damaged):
    with pytest.raises(Corrupt, match="tsunagu check"):
        stores.look(str(damaged))


def test_a_start_looks_at_the_pages_of_a_small_database(tmp_path, run):
    run(made(tmp_path))
    stores.look(str(tmp_path))
    with contextlib.closing(sqlite3.connect(tmp_path / "tsunagu.sqlite")) as database:
        database.execute("PRAGMA writable_schema = ON")
        database.execute("UPDATE sqlite_schema SET rootpage = 3 WHERE name = 'secret'")
        database.commit()
    with pytest.raises(Corrupt, match="damaged"):
        stores.look(str(tmp_path))


def test_a_page_is_bounded_in_bytes_and_fewer_rows_are_given(tmp_path, run):
    body = b'{"resourceType":"Task","description":"' + b"a" * (4 * 1024 * 1024) + b'"}'

    async def story():
        store = SqliteStore(tmp_path)
        await store.open()
        for n in range(9):
            await put(store, version(f"t{n}", body))
        async with store.snapshot() as view:
            with pytest.raises(TooCostly):
                await view.find(Query(EVERYTHING, limit=20), within=EVERYTHING)
            found = await view.find(Query(EVERYTHING, limit=5), within=EVERYTHING)
        await store.close()
        return len(found.versions), bool(found.next)

    assert run(story()) == (5, True)
