"""Many records, some at a time: between them others are answered.

docs/operations.md, "limits"
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

from resources.store.port import Snapshot

T = TypeVar("T")

AT_ONCE = 64


async def some(view: Snapshot, records: Sequence[T]) -> AsyncIterator[Sequence[T]]:
    """Each of them once, in their order; they are read in this view."""
    for at in range(0, len(records), AT_ONCE):
        if at:
            await view.give_way()
        yield records[at : at + AT_ONCE]
