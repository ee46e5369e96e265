"""Each connection is an open file: whether a process may have as many as there may be connections.

https://man7.org/linux/man-pages/man2/getrlimit.2.html; docs/operations.md, "limits"
"""

from __future__ import annotations

import resource

from api.settings import Settings, SettingsFault

_BESIDE = 128
"""Files that a process has open beside its connections."""


def make_room(settings: Settings) -> None:
    """Let this process and those that it begins open as many files as they need. Raises SettingsFault."""
    needed = settings.connections // settings.processes + _BESIDE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise SettingsFault(
            f"TSUNAGU_CONNECTIONS cannot be `{settings.connections}`: a process may open {hard} files here "
            f"(`ulimit -Hn`), and {needed} are needed"
        )
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
