"""Many records, some at a time: between them others are answered.

docs/operations.md, "limits"
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

T = TypeVar("T")

AT_ONCE = 64


async def some(records: Sequence[T]) -> AsyncIterator[Sequence[T]]:
    """Each of them once, in their order."""
    for at in range(0, len(records), AT_ONCE):
        if at:
            await asyncio.sleep(0)
        yield records[at : at + AT_ONCE]
