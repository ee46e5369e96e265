"""How much work one transaction may do while all others who write wait for it: to ask, and to make of it what it will.

docs/operations.md, "limits"
"""

from __future__ import annotations

from resources.store import worked
from resources.store.port import TooCostly

ALWAYS = float("inf")
"""For works that nobody outside asks for."""


class Hold:
    """Seconds of the processor, of this work alone: what others do meanwhile does not count, nor what the collector of
    garbage does, nor its waiting for a turn.

    It runs from when it is made, in the thread it was made in, but for the time between `pause` and `resume`.
    """

    __slots__ = ("_left", "_since")

    def __init__(self, seconds: float) -> None:
        self._left = seconds
        self._since = worked.seconds()

    def demand(self) -> float:
        """The seconds that are left. Raises TooCostly where there are none."""
        left = self._left - (worked.seconds() - self._since)
        if left <= 0:
            raise TooCostly("the transaction asks for more than it may while others wait")
        return left

    def pause(self) -> None:
        """Others have the thread from now on, or it is writing."""
        self._left -= worked.seconds() - self._since

    def resume(self) -> None:
        self._since = worked.seconds()

    def spent(self, aside: float) -> None:
        """So much was done for it in another thread."""
        self._left -= aside
