"""The collector of garbage walks over what is new, and never again over what has lived through a long walk.

docs/operations.md, "limits": such a walk stops everybody, in whichever thread it is. What is kept for the next request
(rules, conditions, statements) is put in the place of older ones, and goes when nobody counts on it any more, walked
over or not.
"""

from __future__ import annotations

import gc
import time

LONG = 0.04
"""Seconds of the processor: after a walk of so many nobody takes that way again."""

_WHOLE = 2
"""The generation whose collection walks over all there is."""


class Walks:
    """Stands in `gc.callbacks`."""

    def __init__(self, long: float = LONG) -> None:
        self._long, self._begun = long, 0.0

    def __call__(self, phase: str, about: dict[str, int]) -> None:
        if about["generation"] != _WHOLE:
            return
        if phase == "start":
            self._begun = time.thread_time()
        elif time.thread_time() - self._begun >= self._long:
            gc.freeze()


def leave_alone() -> None:
    """The tables and rules that were made are there to stay, and so is what is kept from now on."""
    gc.collect()
    gc.freeze()
    if not any(isinstance(each, Walks) for each in gc.callbacks):
        gc.callbacks.append(Walks())
