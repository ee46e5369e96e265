"""A process that another began does not outlive it: nobody would ever ask it to end.

docs/operations.md, "workers"
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading


def ends(patience: float = 0) -> None:
    """From now on this process ends when the one that began it is gone, however it went; asked first, with patience."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        if patience:
            os.kill(os.getpid(), signal.SIGTERM)
            threading.Event().wait(patience)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
