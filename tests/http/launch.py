"""The command line in a process group of its own, so that a test can watch how it ends, or end all of it at once.

Most are forked from a process that has loaded what they load (`tests.warm`); `afresh` asks for a new interpreter.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from demo.credentials import Credentials
from tests import warm

PATIENCE = 60
"""Seconds after which a process that should have said something, or ended, is taken for one that never will."""

_LISTENING = "listening on "


@dataclass(slots=True)
class Running:
    """A server that answers. `said` are its lines so far, from both of its outputs."""

    process: subprocess.Popen[str] | warm.Command
    out: IO[str]
    folder: Path
    address: str
    said: list[str] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"{self.address}/fhir"

    @property
    def credentials(self) -> Credentials:
        return Credentials.read(self.folder / "demo-credentials.json")

    def kill(self) -> None:
        """SIGKILL to the whole group: no handler runs, no buffer is written."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(PATIENCE)

    def end(self, by: signal.Signals) -> int:
        """Ask the group to end, as a terminal does, and give the exit code."""
        os.killpg(self.process.pid, by)
        return self.process.wait(PATIENCE)


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """This process's own, with no setting but those given; one server process, where nothing else is said."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("TSUNAGU_")}
    given = {f"TSUNAGU_{name.upper()}": value for name, value in settings.items()}
    fixed = {"TSUNAGU_DATA": str(folder), "TSUNAGU_PORT": "0", "TSUNAGU_WORKERS": "1", "PYTHONUNBUFFERED": "1"}
    return own | fixed | given


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "api.cli", *words]


@contextmanager
def serving(
    folder: Path, *words: str, until: str = _LISTENING, patience: float = PATIENCE, **settings: str
) -> Iterator[Running]:
    """A server on this folder that has said `until`; whatever is left of its group at the end is killed."""
    process, out = warm.started(("serve", *words), environment(folder, **settings))
    with _until(Running(process, out, folder, ""), until, patience) as running:
        yield running


@contextmanager
def afresh(folder: Path, *words: str, **settings: str) -> Iterator[Running]:
    """A server of a new interpreter, as an operator starts it."""
    with subprocess.Popen(
        command("serve", *words),
        env=environment(folder, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        with _until(Running(process, process.stdout, folder, ""), _LISTENING, PATIENCE) as running:
            yield running


@contextmanager
def _until(running: Running, until: str, patience: float) -> Iterator[Running]:
    watchdog = threading.Timer(patience, running.kill)
    watchdog.start()
    try:
        _listen(running, until)
        watchdog.cancel()
        listening = threading.Thread(target=running.said.extend, args=(running.out,), daemon=True)
        listening.start()
        try:
            yield running
        finally:
            running.kill()
            listening.join()
    finally:
        watchdog.cancel()
        running.kill()
        running.out.close()


def ran(folder: Path, *words: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """What a command says that ends by itself, and its exit code."""
    return warm.ran(words, environment(folder, **settings), PATIENCE)


def bounded(folder: Path, bound: Callable[[], None], *words: str) -> subprocess.CompletedProcess[str]:
    """The same of a new interpreter that is `bound` first."""
    given, whole = environment(folder), command(*words)
    return subprocess.run(
        whole, env=given, capture_output=True, text=True, timeout=PATIENCE, preexec_fn=bound, check=False
    )


def begun(folder: Path, *words: str) -> warm.Command:
    """A command that may be killed; nobody reads what it says."""
    with open(os.devnull, "wb") as nowhere:
        return warm.Command(words, environment(folder), nowhere.fileno(), nowhere.fileno())


def copied(folder: Path, to: Path) -> Path:
    """A folder that no server uses, for another server."""
    shutil.copytree(folder, to)
    return to


def _listen(running: Running, until: str) -> None:
    for line in running.out:
        running.said.append(line)
        if _LISTENING in line:
            running.address = line.split(_LISTENING, 1)[1].split()[0].rstrip("/")
        if until in line:
            return
    raise RuntimeError("the server did not start:\n" + "".join(running.said))
