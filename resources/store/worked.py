"""How long a thread has worked for itself: the collector of garbage stops whichever it is, for what all have left.

docs/operations.md, "limits"
"""

from __future__ import annotations

import gc
import threading
import time
from typing import Any

_WHOLE = 2
"""The generation whose collection walks over all there is; the younger ones take no time that counts."""


class _Stopped(threading.local):
    """Of each thread: the seconds of the processor that such walks took of it, and when the last one began."""

    seconds = 0.0
    begun = 0.0


_stopped = _Stopped()


def _noted(phase: str, about: dict[str, Any]) -> None:
    if about["generation"] != _WHOLE:
        return
    if phase == "start":
        _stopped.begun = time.thread_time()
    else:
        _stopped.seconds += time.thread_time() - _stopped.begun


gc.callbacks.append(_noted)


def seconds() -> float:
    """Of the processor, by this thread, without such walks; only differences mean anything."""
    return time.thread_time() - _stopped.seconds
