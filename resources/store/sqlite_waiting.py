"""A work that waits for its turn, or for its commit, and who waits for it: no longer than anybody has patience.

docs/store.md, "group commit"
"""

from __future__ import annotations

import asyncio
import contextvars
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from resources.store.fault import unavailable
from resources.store.trail import Event

doing: contextvars.ContextVar[Waiting | None] = contextvars.ContextVar("doing", default=None)

_LATE = (
    "others write, or the disk answers, longer than anybody waits",
    "他の書き込み、またはディスクの応答が、待てる時間を超えました",
)


@dataclass(slots=True, eq=False)
class Waiting:
    """`answer` is what its caller waits for; without a `work` it is an event alone."""

    work: Callable[[sqlite3.Connection], Awaitable[Any]] | None
    answer: asyncio.Future[Any]
    context: contextvars.Context | None = None
    events: list[Event] = field(default_factory=list)
    postponed: bool = False
    result: Any = None
    raised: BaseException | None = None
    _late: asyncio.TimerHandle | None = None

    @property
    def told(self) -> list[Event]:
        """What the trail says of it: nothing where it was undone, or nobody waited any more before it was done."""
        taken_back = self.work is None and self.answer.done()
        return [] if taken_back or self.raised is not None else self.events

    def wait(self, patience: float) -> None:
        """From now on it waits for its turn."""
        self._late = asyncio.get_running_loop().call_later(patience, self.give_up)
        self.answer.add_done_callback(self.begins)

    def begins(self, *_: object) -> None:
        """Its turn has come, or nobody waits for that any more."""
        if self._late is not None:
            self._late.cancel()

    def give_up(self) -> None:
        """Its caller is told that it takes too long; where it has not begun, it never does."""
        if not self.answer.done():
            self.answer.set_exception(unavailable(*_LATE))

    def tell(self) -> None:
        """How it ended."""
        if self.answer.done():
            return
        if isinstance(self.raised, asyncio.CancelledError):
            self.answer.cancel()
        elif self.raised is not None:
            self.answer.set_exception(self.raised)
        else:
            self.answer.set_result(self.result)


def note(event: Event) -> None:
    """Have an event put on the trail with the work that is being done, if that succeeds."""
    now = doing.get()
    if now is None:
        raise RuntimeError("an event is noted by the work it tells of")
    now.events.append(event)
