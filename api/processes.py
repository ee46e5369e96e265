"""The server's processes: begun, watched, replaced and ended by the first of them.

https://github.com/emmett-framework/granian; docs/operations.md, "workers"
"""

from __future__ import annotations

import contextlib
import logging
import os
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from granian.server.mp import MPServer

from api import pulse, worker
from api.pulse import Pulse, Watched

_log = logging.getLogger("tsunagu.processes")

_MOST, _SHORT = 10, 60.0
"""So many that die within so many seconds are replaced no more but at granian's word: who supervises begins anew."""


class Processes(MPServer):
    """Tells them that it ends before it waits for them; `begun` is called when they are all there.

    Nothing else may go on while they are forked: a lock that a thread holds then is held in them for ever.
    """

    wrks: list[Any]
    """Each with its process, and with what watches that."""

    def __init__(
        self, *given: Any, begun: Callable[[], None], unfit: Callable[[], str], hang_seconds: int, **named: Any
    ) -> None:
        """`unfit` says in a sentence why a process that is begun now could not serve, empty where it could."""
        super().__init__(*given, **named)
        self._begun, self._unfit, self._patience = begun, unfit, hang_seconds
        self._died: deque[float] = deque(maxlen=_MOST)
        self.on_shutdown(self._forgive)

    def startup(self, spawn_target: Any, target_loader: Any) -> None:
        super().startup(spawn_target, target_loader)  # type: ignore[no-untyped-call]  # granian is untyped
        self._begun()
        threading.Thread(target=self._watch, name="pulses", daemon=True).start()

    def shutdown(self, exit_code: int = 0) -> None:
        worker.end()
        super().shutdown(exit_code)  # type: ignore[no-untyped-call]  # granian is untyped

    def _reload(self, spawn_target: Any, target_loader: Any) -> None:
        """All are replaced, one after another, but where those that came in their place could not serve."""
        if sentence := self._unfit():
            self.reload_signal = False
            self.main_loop_interrupt.clear()
            _log.error("the server's processes are not replaced, those that serve go on: %s", sentence)
        else:
            super()._reload(spawn_target, target_loader)  # type: ignore[no-untyped-call]  # granian is untyped
            self.respawned_wrks.clear()

    def _respawn_workers(self, workers: Sequence[int], spawn_target: Any, target_loader: Any, delay: float = 0) -> None:
        """Those that died are replaced, and those beside them go on, though one should die again and again."""
        hung = sum(not self.wrks[each].watched.left for each in workers)
        super()._respawn_workers(workers, spawn_target, target_loader, delay)
        if not delay:  # else all are replaced in their turn, and have not died
            _log.error("%d of the server's processes ended unexpectedly and were replaced", len(workers))
            if hung:
                _log.error("%d of them did nothing for %d seconds and were ended", hung, self._patience)
            self._died.extend([time.monotonic()] * len(workers))
            if len(self._died) < _MOST or self._died[-1] - self._died[0] > _SHORT:
                self.respawned_wrks.clear()

    def _spawn_worker(self, *given: Any, **named: Any) -> Any:
        begun: Any = super()._spawn_worker(*given, **named)
        begun.inner.pulse = Pulse()
        begun.watched = Watched(begun.inner.pulse, self._patience)
        return begun

    def _watch(self) -> None:
        """End those that hang or were stopped, so that they are replaced as those are that died.

        It says nothing and takes no lock, since processes are forked beside it.
        """
        tick = threading.Event()
        while not self.interrupt_signal:
            tick.wait(pulse.EVERY)
            for each in list(self.wrks):
                left = each.watched.look()
                if left == 0:
                    each.inner.kill()
                elif left == 1:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(each.inner.pid, worker.WHERE)

    def _forgive(self) -> None:
        """A process that ended because all were asked to has not failed."""
        if self.interrupt_signal:
            self.interrupt_children.clear()
