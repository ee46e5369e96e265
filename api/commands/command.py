"""What the commands for an operator have in common: a bar as long as they work, and one sentence where they cannot.

docs/maintenance.md
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import NoReturn, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api import settings as app_settings
from api.commands import os_fault
from api.settings import Settings, SettingsFault
from consent.maintenance.anew import Damaged
from profiles.spec import SpecFault
from resources.record.problem import Problem
from resources.store.port import Unavailable

T = TypeVar("T")


class Bar:
    """A bar on standard error, as long as something is done."""

    def __init__(self, text: str, total: int | None) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        console = Console(stderr=True)
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._progress.add_task(text, total=total)

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._progress.stop()

    def to(self, done: int) -> None:
        self._progress.update(self._task, completed=done)

    def of(self, done: int, total: int) -> None:
        self._progress.update(self._task, completed=done, total=total)


def run(work: Callable[[Settings], T]) -> T:
    """The work's answer; what an operator can mend is one sentence and exit code 2."""
    try:
        return work(app_settings.read())
    except (SettingsFault, Unavailable, SpecFault) as fault:
        stop(" / ".join([*getattr(fault, "__notes__", ()), str(fault)]))
    except Damaged as fault:
        stop(
            f"`{fault}` は作り直せません。`tsunagu check` で調べてください / it cannot be derived: run `tsunagu check`"
        )
    except Problem as problem:
        first = problem.issues[0]
        stop(f"{first.ja} / {first.text}" + (f" ({first.at})" if first.at else ""))
    except (PermissionError, ValueError) as fault:
        stop(os_fault.sentence(fault) if isinstance(fault, OSError) else str(fault))
    except OSError as fault:
        stop(os_fault.sentence(fault))


def stop(sentence: str) -> NoReturn:
    """Say it on standard error and end with exit code 2."""
    Console(stderr=True, soft_wrap=True).print(f"tsunagu: {sentence}", markup=False, highlight=False)
    sys.exit(2)
