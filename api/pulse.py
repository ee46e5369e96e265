"""Whether a process still does anything: it beats while its event loop goes round, and who began it counts the beats.

https://man7.org/linux/man-pages/man2/mmap.2.html; docs/operations.md, "workers"
"""

from __future__ import annotations

import asyncio
import mmap
import struct

EVERY = 1.0
"""Seconds between two beats, and between two looks at them."""

STARTING = 60
"""Looks that a process may take until it beats at all: it opens the store, and nobody is sent to it before."""

_COUNT = struct.Struct("=Q")


class Pulse:
    """Beats in memory that a process shares with the one it was forked from; counted, so that no clock is asked."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, _COUNT.size)

    def beat(self) -> None:
        _COUNT.pack_into(self._shared, 0, self.beats + 1)

    @property
    def beats(self) -> int:
        count: int = _COUNT.unpack_from(self._shared)[0]
        return count

    def go_on(self) -> None:
        """Beat for as long as the event loop of this process goes round."""
        self.beat()
        asyncio.get_running_loop().call_later(EVERY, self.go_on)


class Watched:
    """Another's pulse, looked at again and again; what stands still for so many looks beats no more.

    Looks are counted and no seconds: who was stopped together with all the others has looked at nobody meanwhile.
    """

    def __init__(self, pulse: Pulse, patience: int) -> None:
        self._pulse, self._patience = pulse, patience
        self._seen, self.left = 0, STARTING

    def look(self) -> int:
        """How many looks are left to it: none where it is given up."""
        beats = self._pulse.beats
        if beats != self._seen:
            self._seen, self.left = beats, self._patience
        else:
            self.left = max(self.left - 1, 0)
        return self.left
