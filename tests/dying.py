"""A command that is killed at a given change it makes to its files: every moment between two of them can be tried.

https://docs.python.org/3/library/audit_events.html; what SQLite does within its own files is asked by kills at random.
"""

from __future__ import annotations

import os
import signal
import sys

AT = "TSUNAGU_TEST_DIES_AT"
"""Of the environment: the number of the change, from 1 on, and the folder that it is in."""

_CHANGES = {"os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.chmod", "os.truncate", "sqlite3.connect"}
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


def be_killed_where_it_is_said() -> None:
    """To be called in the process of a command, before it does anything."""
    said = os.environ.pop(AT, "")
    if not said:
        return
    number, _, folder = said.partition(" ")
    left = int(number)

    def hook(event: str, given: tuple[object, ...]) -> None:
        nonlocal left
        writes = event == "open" and isinstance(given[2], int) and given[2] & _WRITES
        if (event in _CHANGES or writes) and str(given[0]).startswith(folder):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
