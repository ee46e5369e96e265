"""Roots are signed while the application runs: after so many events, after some time, and at its end."""

from __future__ import annotations

import asyncio
import logging
from datetime import UTC, datetime
from pathlib import Path

import pytest

from api.beside import signing
from resources.store.open import opened
from resources.store.port import Store, Unavailable
from resources.store.trail import Root
from resources.store.trail_signer import Signer
from resources.store.trail_verify import verify
from tests.unit.resources.store.telling import event


def clock() -> datetime:
    return datetime(2026, 11, 23, tzinfo=UTC)


async def opened_in(folder: Path) -> Store:
    store = opened(str(folder))
    await store.open()
    return store


class Signing:
    """A store's trail, watched: `one` is waited for until a root has been kept, `failing` times it cannot be."""

    def __init__(self, store: Store, failing: int = 0) -> None:
        self._add, self._failing = store.trail.add_root, failing
        self.one = asyncio.Event()
        store.trail.add_root = self._added  # type: ignore[method-assign]  # watched, not replaced

    async def _added(self, root: Root) -> bool:
        if self._failing:
            self._failing -= 1
            raise Unavailable("the disk is full")
        done = await self._add(root)
        self.one.set()
        return done


class Heard(logging.Handler):
    """The first line that the trail's log has from here on."""

    def __init__(self) -> None:
        super().__init__()
        self._line: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        logging.getLogger("tsunagu.trail").addHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        if not self._line.done():
            self._line.set_result(record.getMessage())

    async def first(self) -> str:
        try:
            return await self._line
        finally:
            logging.getLogger("tsunagu.trail").removeHandler(self)


def test_so_many_events_have_a_root_signed_and_the_end_signs_the_rest(tmp_path: Path) -> None:
    async def story() -> None:
        store = await opened_in(tmp_path)
        async with signing.signing(store, tmp_path / "keys", clock, seconds=600, events=3):
            signed = Signing(store)
            for n in range(3):
                await store.trail.append(event(n))
            await signed.one.wait()
            await store.trail.append(event(3))
        assert len(await store.trail.roots()) == 2
        assert [fault async for fault in verify(store.trail, Signer.load(tmp_path / "keys"))] == []
        await store.close()

    asyncio.run(asyncio.wait_for(story(), 60))


@pytest.mark.parametrize("failing", [0, 2])
def test_after_some_time_a_root_is_signed_and_what_could_not_be_is_owed(tmp_path: Path, failing: int) -> None:
    async def story() -> None:
        store = await opened_in(tmp_path)
        signed = Signing(store, failing=failing)
        async with signing.signing(store, tmp_path / "keys", clock, seconds=0.01, events=1000):
            await store.trail.append(event())
            await signed.one.wait()
        assert len(await store.trail.roots()) == 1
        await store.close()

    asyncio.run(asyncio.wait_for(story(), 60))


def test_a_note_of_the_roots_that_is_damaged_meanwhile_is_named_and_signing_goes_on_once_it_is_mended(
    tmp_path: Path,
) -> None:
    note = tmp_path / "keys" / "trail-witness.json"

    async def story() -> None:
        store = await opened_in(tmp_path)
        async with signing.signing(store, tmp_path / "keys", clock, seconds=0.01, events=1):
            signed, heard = Signing(store), Heard()
            note.write_text("{")
            await store.trail.append(event())
            assert str(note) in await heard.first()
            assert await store.trail.roots() == []
            note.write_text('{"roots": 0}')
            await signed.one.wait()
        assert len(await store.trail.roots()) == 1
        await store.close()

    asyncio.run(asyncio.wait_for(story(), 60))


def test_where_the_key_of_the_roots_is_not_here_no_other_is_made(tmp_path: Path) -> None:
    async def story(keys: Path) -> None:
        store = await opened_in(tmp_path)
        async with signing.signing(store, keys, clock, seconds=600, events=1000):
            await store.trail.append(event())
        await store.close()

    asyncio.run(story(tmp_path / "keys"))
    with pytest.raises(Unavailable, match="1 roots are signed with a key that is not here"):
        asyncio.run(story(tmp_path / "none"))
    assert not (tmp_path / "none").exists()
    Signer.load(tmp_path / "another")
    with pytest.raises(Unavailable, match="1 roots are signed with a key that is not here") as raised:
        asyncio.run(story(tmp_path / "another"))
    assert not raised.value.__notes__[0].isascii()
    asyncio.run(story(tmp_path / "keys"))
