"""What a process and those that it began have used: read from /proc.

https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def cpu(pid: int) -> float:
    """Seconds of CPU, of the process and all below it that live."""
    return sum(sum(map(int, fields[11:13])) for fields in _tree(pid).values()) / _TICK


def largest(pid: int) -> float:
    """Megabytes that the largest of them has in memory."""
    return max(int(fields[21]) * _PAGE for fields in _tree(pid).values()) / 1e6


def resident(pid: int) -> float:
    """Megabytes that all of them have in memory; what they share counts once for each."""
    return sum(int(fields[21]) * _PAGE for fields in _tree(pid).values()) / 1e6


def _tree(pid: int) -> dict[int, list[str]]:
    every = dict(_every())
    found = {pid: every[pid]}
    while new := {each: fields for each, fields in every.items() if int(fields[1]) in found and each not in found}:
        found |= new
    return found


def _every() -> Iterator[tuple[int, list[str]]]:
    """Of each process the fields of its `stat` from the third on."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                yield int(entry.name), (entry / "stat").read_text().rpartition(")")[2].split()
