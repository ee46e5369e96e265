"""One process that has loaded what the commands load, and forks for each that a test runs: a start takes a tenth then.

docs/testing.md. What is forked has run nothing and holds no connection; it goes on as `python -m api.cli` does, in a
session, with an environment and outputs of its own. A test of the start itself asks for a new interpreter instead.
"""

from __future__ import annotations

import atexit
import gc
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from types import TracebackType
from typing import IO, Self

import orjson

from profiles import load
from tests import dying

ROOT = Path(__file__).parents[1]
LOADED = [
    "app",
    "commands.maintenance",
    "commands.importing",
    "commands.import_command",
    "commands.simulate",
    "commands.account",
    "commands.client",
    "commands.backup",
    "commands.audit",
    "commands.city",
    "commands.keys",
    "commands.notices",
    "installation",
    "simulation",
    "tls",
    "http.shares",
]
"""Modules of `api` that are loaded before; not what makes something of its own while it is loaded, as `worker` does."""
OTHERS = ("granian.server.mp", "granian.http", "multiprocessing.pool", "demo.narration")
_REQUEST = 1 << 20


class Command:
    """A command under way, as `subprocess.Popen` has it; a process group of its own."""

    def __init__(self, words: Sequence[str], environment: Mapping[str, str], out: int, err: int) -> None:
        self.args = [*words]
        self.returncode: int | None = None
        told, keeps = os.pipe()
        asked = orjson.dumps([words, dict(environment), os.getcwd()])
        try:
            socket.send_fds(_forking(), [asked], [out, err, keeps])
        finally:
            os.close(keeps)
        self._told = open(told, "rb", buffering=0)  # noqa: SIM115  # until it has ended
        self.pid = int(self._line())

    def poll(self) -> int | None:
        if self.returncode is None and select.select([self._told], [], [], 0)[0]:
            self._end()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            if not select.select([self._told], [], [], timeout)[0]:
                raise subprocess.TimeoutExpired(self.args, timeout or 0)
            self._end()
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, by: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, by)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.wait()

    def _end(self) -> None:
        self.returncode = int(self._line())
        self._told.close()

    def _line(self) -> bytes:
        line = self._told.readline()
        assert line, "the process that forks has ended"
        return line


def started(words: Sequence[str], environment: Mapping[str, str]) -> tuple[Command, IO[str]]:
    """A command that goes on, and what it says in both of its outputs."""
    reads, writes = os.pipe()
    try:
        command = Command(words, environment, writes, writes)
    finally:
        os.close(writes)
    return command, open(reads, encoding="utf-8")


def ran(
    words: Sequence[str], environment: Mapping[str, str], timeout: float | None = None
) -> subprocess.CompletedProcess[str]:
    """A command that has ended, and what it said."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        command = Command(words, environment, out.fileno(), err.fileno())
        try:
            command.wait(timeout)
        except subprocess.TimeoutExpired:
            os.killpg(command.pid, signal.SIGKILL)
            raise
        told = []
        for file in (out, err):
            file.seek(0)
            told.append(file.read().decode())
        return subprocess.CompletedProcess(command.args, command.wait(), *told)


@lru_cache(maxsize=1)
def _forking() -> socket.socket:
    """The way to the process that forks, which ends when this one does."""
    here, there = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TSUNAGU_")}
    words = [sys.executable, "-m", "tests.warm", str(there.fileno())]
    process = subprocess.Popen(
        words, cwd=ROOT, env=clean | {"PYTHONUNBUFFERED": "1"}, pass_fds=[there.fileno()], start_new_session=True
    )
    there.close()
    here.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _REQUEST)

    def end() -> None:
        here.close()
        process.wait()

    atexit.register(end)
    return here


def _load() -> None:
    for name in (*(f"api.{name}" for name in LOADED), *OTHERS):
        import_module(name)
    load.load()
    gc.collect()
    gc.freeze()


def _reap(*_: object) -> None:
    """Whoever has ended leaves its time to this one, so that a measurement of all has it."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _next(asked: socket.socket) -> list[str]:
    """What to run; comes back in a process that was forked for it, and ends the one that forks when nobody asks."""
    while True:
        request, files, _, _ = socket.recv_fds(asked, _REQUEST, 3)
        if not request:
            os._exit(0)
        if os.fork() == 0:
            break
        for each in files:
            os.close(each)
    asked.close()
    out, err, told = files
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if (child := os.fork()) != 0:
        for each in (out, err):
            os.close(each)
        _, status = os.waitpid(child, 0)
        os.write(told, b"%d\n" % os.waitstatus_to_exitcode(status))
        os._exit(0)
    os.setsid()
    os.write(told, b"%d\n" % os.getpid())
    os.close(told)
    for file, standard in ((out, 1), (err, 2)):
        os.dup2(file, standard)
        os.close(file)
    words, environment, folder = orjson.loads(request)
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(folder)
    return list(words)


if __name__ == "__main__":
    _load()
    signal.signal(signal.SIGCHLD, _reap)
    sys.argv[1:] = _next(socket.socket(fileno=int(sys.argv[1])))
    dying.be_killed_where_it_is_said()
    runpy.run_module("api.cli", run_name="__main__", alter_sys=True)
