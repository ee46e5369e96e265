"""What is acknowledged is on the trail after kill -9, whoever else writes; a killed archive loses nothing."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import random
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from resources.search.predicate import EVERYTHING
from resources.store import trail_archive
from resources.store.open import opened
from resources.store.port import Query, Store
from resources.store.trail_root import Notary
from resources.store.trail_signer import Signer
from resources.store.trail_verify import verify
from tests.unit.resources.store.telling import NOON, event

ROOT = Path(__file__).parents[4]
APPENDING = Path(__file__).with_name("appending.py")
GAP = 100_000  # between the first numbers of two processes
BEFORE = datetime.fromtimestamp(NOON / 1000 + 40, UTC)


def appending(address: str, first: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, APPENDING, address, str(first)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def acknowledged(process: subprocess.Popen[str], at_least: int) -> set[int]:
    """The numbers a process printed before it was killed, some time after it had printed so many."""
    assert process.stdout is not None
    numbers = {int(process.stdout.readline()) for _ in range(at_least)}
    process.kill()
    rest, _ = process.communicate()
    return numbers | {int(line) for line in rest.splitlines(keepends=True) if line.endswith("\n")}


async def on_trail(store: Store) -> dict[int, str]:
    """The number of every event, with the chain it is on."""
    return {
        (entry.event.at - NOON) // 1000: head.chain
        for head in await store.trail.heads()
        async for entry in store.trail.walk(head.chain)
    }


async def sound(store: Store, folder: Path) -> bool:
    return [fault async for fault in verify(store.trail, Signer.load(folder / "keys"))] == []


def test_two_processes_write_at_once_and_after_a_kill_every_acknowledged_event_is_there(tmp_path: Path) -> None:
    address = f"sqlite://{tmp_path}/store"
    chance = random.Random(20261123)
    promised: set[int] = set()
    for turn in range(3):
        two = [appending(address, (2 * turn + n) * GAP) for n in range(2)]
        for process in two:
            promised |= acknowledged(process, chance.randint(1, 400))
    asyncio.run(check(address, tmp_path, promised))


async def check(address: str, folder: Path, promised: set[int]) -> None:
    store = opened(address)
    await store.open()
    found = await on_trail(store)
    assert set(found) >= promised
    assert len({found[number] for number in promised}) == 6
    for chain in set(found.values()):
        assert len({number // GAP for number, of in found.items() if of == chain}) == 1
    assert await sound(store, folder)
    async with store.snapshot() as view:
        written = {int(row.id) for row in (await view.find(Query(EVERYTHING), within=EVERYTHING)).versions}
    assert written == {number for number in found if number % 3 == 0}
    await store.close()


class Killed(BaseException):
    """The process ends here."""


def test_an_archive_that_ends_at_any_moment_loses_nothing_and_can_be_made_again(
    store: Store, tmp_path: Path, run
) -> None:
    signer = Signer.load(tmp_path / "keys")

    async def story() -> None:
        for n in range(100):
            await store.trail.append(event(n))
        await Notary(store.trail, signer).sign(BEFORE)
        moments = itertools.count()
        while True:
            with contextlib.suppress(Killed):
                await archived(dying(store, next(moments)))
                break
            await nothing_is_lost(store)
        assert next(moments) > 7
        await nothing_is_lost(store)
        assert min(await on_trail(store)) == 40
        assert await archived(store.trail) == []

    async def archived(trail):
        return await trail_archive.archive(trail, signer, tmp_path / "old", BEFORE, datetime.now(UTC))

    async def nothing_is_lost(store: Store) -> None:
        assert await sound(store, tmp_path)
        held: set[int] = set()
        for file in (tmp_path / "old").glob("*.gz"):
            assert list(trail_archive.verify(file, signer)) == []
            held |= {(entry.event.at - NOON) // 1000 for entry in trail_archive.entries(file)}
        assert held | set(await on_trail(store)) == set(range(100))

    run(story())


def dying(store: Store, moment: int):
    """The store's trail, in the hands of a process that ends after so many calls to it."""

    class Dying:
        calls = 0

        def __getattr__(self, name: str):
            self.calls += 1
            if self.calls > moment:
                raise Killed
            return getattr(store.trail, name)

    return Dying()
