"""How many works a second commit on MongoDB, which does them one after another: `python -m bench.mongo_commits`.

With an address, `mongodb://host/database`, on a server of one's own; else on the stand-in of the tests. docs/store.md
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from bench.store import version
from resources.store.open import opened
from resources.store.port import Store, Transaction
from tests.secantus import wire_server

SECONDS = 6.0


async def committed(store: Store, writers: int) -> int:
    """How many works of one new record so many writers get done."""
    done, end = 0, time.monotonic() + SECONDS

    async def writer() -> None:
        nonlocal done
        while time.monotonic() < end:
            id = uuid4().hex

            async def work(transaction: Transaction, id: str = id) -> None:
                record = replace(version(1), id=id, since=transaction.instant)
                await transaction.put(record)

            await store.transact(work)
            done += 1

    await asyncio.gather(*(writer() for _ in range(writers)))
    return done


async def measured(address: str, writers: int) -> None:
    """Print how many works were done."""
    store = opened(address)
    await store.open()
    print(await committed(store, writers), flush=True)
    await store.close()


def main(address: str) -> None:
    """Measure one process with one writer and with twenty, and two processes with ten each."""
    for processes, writers in ((1, 1), (1, 20), (2, 10)):
        command = [sys.executable, "-m", "bench.mongo_commits", address, str(writers)]
        running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(processes)]
        done = [int(process.communicate()[0]) for process in running]
        each = " + ".join(f"{number / SECONDS:,.0f}" for number in done)
        print(f"{processes} processes with {writers} writers each: {each} works a second")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        asyncio.run(measured(sys.argv[1], int(sys.argv[2])))
    elif sys.argv[1:]:
        main(sys.argv[1])
    else:
        with tempfile.TemporaryDirectory() as folder, wire_server(Path(folder)) as standing_in:
            main(f"{standing_in}/commits")
