"""What is acknowledged survives kill -9, and nothing is half there."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

from resources.search.predicate import EVERYTHING, has
from resources.store.open import opened
from resources.store.port import Query, Snapshot

ROOT = Path(__file__).parents[4]
COMMITTING = Path(__file__).with_name("committing.py")
GAP = 10_000  # between the first numbers of two processes


def acknowledged(address: str, first: int, kill_after: int) -> list[int]:
    """The numbers a process printed before it was killed, some time after it had printed so many."""
    process = subprocess.Popen(
        [sys.executable, COMMITTING, address, str(first)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    numbers = [int(process.stdout.readline()) for _ in range(kill_after)]
    process.kill()
    rest, _ = process.communicate()
    return numbers + [int(line) for line in rest.splitlines(keepends=True) if line.endswith("\n")]


def test_after_each_kill_every_acknowledged_transaction_is_there_and_each_is_whole(tmp_path: Path) -> None:
    address = f"sqlite://{tmp_path}/store"
    chance = random.Random(20260401)
    promised: set[int] = set()
    for turn in range(6):
        promised |= set(acknowledged(address, turn * GAP, chance.randint(1, 60)))
        asyncio.run(check(address, promised))


async def check(address: str, promised: set[int]) -> None:
    store = opened(address)
    await store.open()
    async with store.snapshot() as view:
        found = await view.find(Query(EVERYTHING), within=EVERYTHING)
        parts = Counter(int(row.id.partition("-")[0]) for row in found.versions)
        assert set(parts) >= promised
        assert set(parts.values()) == {3}
        for number in parts:
            await found_by_term(view, number)
    await store.close()


async def found_by_term(view: Snapshot, number: int) -> None:
    found = await view.find(Query(has("number", str(number))), within=EVERYTHING)
    assert [row.id for row in found.versions] == [f"{number}-{part}" for part in "abc"]
