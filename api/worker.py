"""What a server process runs: the application, its settings from the environment, its log lines configured.

https://github.com/emmett-framework/granian
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import faulthandler
import logging
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable

from api import app, making, orphan, walks
from api import settings as app_settings
from api.app import Application
from api.pulse import Pulse
from api.settings import Settings
from api.telemetry import log
from resources.store.port import Unavailable

_log = logging.getLogger("tsunagu.worker")

PATIENCE = 10
"""Seconds that a process which was asked to end has for the requests it is answering."""


_END = os.pipe()
"""From the first process to those that it forks: readable as soon as they all end."""

_ERRORS = 2
"""Standard error, where it says what it is doing when it is asked by `WHERE`."""
WHERE = signal.SIGUSR2

_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
"""https://man7.org/linux/man-pages/man3/mallopt.3.html; once set, glibc moves them no more."""
_LARGE = 128 * 1024

SLICE = 0.001
"""Seconds after which work that goes on aside lets the event loop on."""


def application() -> Application:
    settings = app_settings.read()
    log.configure(settings)
    _demand(settings)
    orphan.ends(PATIENCE)
    # Files, lines and names of functions, and no value; told by a process that hangs as well.
    faulthandler.register(WHERE, file=_ERRORS)
    sys.setswitchinterval(SLICE)
    _give_back()
    return app.create_app(settings, stands=walks.leave_alone, told=_told)


def _demand(settings: Settings) -> None:
    """Ends where the keys have gone since the server began: none are made anew for one that is begun in its course."""
    try:
        making.demand(settings)
    except (Unavailable, ValueError, OSError) as fault:
        _log.error("a process of the server cannot serve: %s", fault)
        sys.exit(2)


def end() -> None:
    """Tell all processes that nobody waits any longer for what is not sent yet; to be called in the first of them."""
    os.write(_END[1], b"!")


def _told(ends: Callable[[], None]) -> None:
    """Have this called in the process's own event loop when it is told that all end; from now on it beats."""
    loop = asyncio.get_running_loop()
    pulse: Pulse | None = getattr(multiprocessing.current_process(), "pulse", None)
    if pulse is not None:
        pulse.go_on()

    def once() -> None:
        # What was written stays there, for the others.
        loop.remove_reader(_END[0])
        ends()

    loop.add_reader(_END[0], once)


def _give_back() -> None:
    """Large pieces of memory go back to the system as soon as they are free, where the C library can be told so."""
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        libc.mallopt(_MMAP_THRESHOLD, _LARGE)
        libc.mallopt(_TRIM_THRESHOLD, _LARGE)
