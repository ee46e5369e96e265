"""Figures that compare: each way of doing a thing in turn, round after round, and the median of each.

docs/figures.md
"""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from math import inf
from statistics import median

from resources.store.port import TooCostly

COSTLY = inf
Act = Callable[[], Awaitable[object]]


async def milliseconds(acts: Mapping[str, Act], rounds: int = 7, seconds: float = 0.1) -> dict[str, float]:
    """Milliseconds of this process's CPU that each act takes; COSTLY where the store gave it up."""
    taken = {name: [await _once(act, 0)] for name, act in acts.items()}
    for name in taken:
        if taken[name] != [COSTLY]:
            taken[name].clear()  # the first time is cold
    for _ in range(rounds):
        for name, found in taken.items():
            if found != [COSTLY]:
                found.append(await _once(acts[name], seconds))
    return {name: median(found) for name, found in taken.items()}


async def _once(act: Act, seconds: float) -> float:
    begun, done = time.process_time(), 0
    until = time.perf_counter() + seconds
    while not done or time.perf_counter() < until:
        try:
            await act()
        except TooCostly:
            return COSTLY
        done += 1
    return (time.process_time() - begun) / done * 1000
