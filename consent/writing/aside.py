"""Work on a large body is done in a thread, so that nobody waits on the event loop for it.

docs/operations.md, "limits"
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

MOMENT = 32 * 1024
"""Bytes that are read, checked and indexed in some milliseconds; a thread hop would cost more than it saves."""


async def aside(size: int, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
    """What the work makes of a body of this size. Raises what it raises."""
    if size <= MOMENT:
        return work(*given, **named)
    return await asyncio.to_thread(work, *given, **named)
