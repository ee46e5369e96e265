"""A process to be killed: commits numbered transactions of three records and prints each number once it is answered.

Arguments: the store's address, the first number.
"""

from __future__ import annotations

import asyncio
import itertools
import sys

from resources.record.version import Version
from resources.store.open import opened
from resources.store.port import Transaction


async def main(address: str, first: int) -> None:
    store = opened(address)
    await store.open()
    numbers = itertools.count(first)

    async def commit_on() -> None:
        for number in numbers:

            async def work(transaction: Transaction, number: int = number) -> None:
                for part in "abc":
                    terms = (".type Task", f"number {number}", f"part {part}")
                    id, body = f"{number}-{part}", b"{}" * 500
                    await transaction.put(Version("Task", id, 1, transaction.instant, False, body, terms))

            await store.transact(work)
            print(number, flush=True)

    await asyncio.gather(*(commit_on() for _ in range(4)))


asyncio.run(main(sys.argv[1], int(sys.argv[2])))
