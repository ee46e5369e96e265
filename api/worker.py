"""What a server process runs: the application, its settings from the environment, its log lines configured.

https://github.com/emmett-framework/granian
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import signal
import threading

from api import app, log
from api import settings as app_settings
from api.app import Application

PATIENCE = 10
"""Seconds that a process which was asked to end has for the requests it is answering."""


def application() -> Application:
    settings = app_settings.read()
    log.configure(settings)
    _end_with_parent()
    return app.create_app(settings, stands=_leave_alone)


def _leave_alone() -> None:
    """The tables and rules that were made are there to stay: the collector never walks them again."""
    gc.collect()
    gc.freeze()


def _end_with_parent() -> None:
    """A worker whose parent is gone, however it went, ends too: nobody would ever ask it to."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)
        threading.Event().wait(PATIENCE)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
