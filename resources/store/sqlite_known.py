"""How broad ways into the index were a moment ago: what a planner knows of its tables without counting them anew.

https://www.sqlite.org/lang_analyze.html
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

LASTS = 10.0  # seconds that a number serves: which of two ways is the cheaper seldom turns within them
MOST = 512


class Known:
    """Breadths that questions of this process counted, from several threads, each with the number it was counted to.

    What is answered never depends on them, only along which way it is found.
    """

    __slots__ = ("_clock", "_kept")

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[Hashable, tuple[int, int, float]] = {}

    def look(self, way: Hashable) -> tuple[int, int]:
        """The breadth of a way and up to where it was counted: 0 and 0 where nobody knows."""
        breadth, counted, until = self._kept.get(way, (0, 0, 0.0))
        return (breadth, counted) if self._clock() < until else (0, 0)

    def keep(self, way: Hashable, breadth: int, counted: int) -> None:
        if len(self._kept) >= MOST:
            self._kept.clear()
        self._kept[way] = breadth, counted, self._clock() + LASTS
