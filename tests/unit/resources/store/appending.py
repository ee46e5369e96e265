"""A process to be killed: appends numbered events and prints each number once it is answered.

Arguments: the store's address, the first number.
"""

from __future__ import annotations

import asyncio
import itertools
import sys

from resources.record.version import Version
from resources.store.open import opened
from resources.store.port import Transaction
from tests.unit.resources.store.telling import event


async def main(address: str, first: int) -> None:
    store = opened(address)
    await store.open()
    numbers = itertools.count(first)

    async def append_on() -> None:
        for number in numbers:

            async def work(transaction: Transaction, number: int = number) -> None:
                version = Version("Task", str(number), 1, "2026-04-01T00:00:00.000Z", False, b"{}", (".type Task",))
                await transaction.put(version)
                transaction.note(event(number))

            await (store.transact(work) if number % 3 == 0 else store.trail.append(event(number)))
            print(number, flush=True)

    await asyncio.gather(*(append_on() for _ in range(8)))


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
