"""A real server process with a store of its own, the demo city in it, on a port of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import IO

from demo.credentials import Credentials

LISTENING = "listening on "
PATIENCE = 60
"""Seconds within which a server that says nothing is taken for one that will not start."""


@dataclass(frozen=True, slots=True)
class Server:
    base: str
    credentials: Credentials
    process: subprocess.Popen[str]
    folder: Path


@contextmanager
def start_server(
    installed: Path, folder: Path, subscribers: str = "", settings: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Server]:
    """Serve a copy of what is installed until the end of the block; the process must end by itself when asked to.

    `subscribers` is where somebody on this machine may be told, `settings` is what else is set.
    """
    shutil.copytree(installed, folder, dirs_exist_ok=True)
    environment = os.environ | {"PYTHONUNBUFFERED": "1"} | environment_of(folder, subscribers, settings)
    process = subprocess.Popen(
        [sys.executable, "-m", "api.cli", "serve", "--demo"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    watchdog = threading.Timer(PATIENCE, process.kill)
    draining = threading.Thread(target=process.stdout.read)
    watchdog.start()
    try:
        address = _address(process.stdout)
        watchdog.cancel()
        draining.start()
        yield Server(f"{address}/fhir", Credentials.read(folder / "demo-credentials.json"), process, folder)
    finally:
        watchdog.cancel()
        process.send_signal(signal.SIGINT)
        process.wait(timeout=20)
        if draining.ident is not None:
            draining.join()
        process.stdout.close()


def environment_of(folder: Path, subscribers: str, settings: Mapping[str, str]) -> dict[str, str]:
    """What is set for a server of this folder."""
    return {
        "TSUNAGU_DATA": str(folder),
        "TSUNAGU_PORT": "0",
        "TSUNAGU_WORKERS": "1",
        "TSUNAGU_SIGN_IN_RATE": "100000",
        "TSUNAGU_TOKEN_RATE": "100000",
        "TSUNAGU_SUBSCRIBERS": subscribers,
        "TSUNAGU_CLIENT_NETWORKS": "127.0.0.1" if subscribers else "",
        **settings,
    }


def _address(said: IO[str]) -> str:
    lines = []
    for line in said:
        lines.append(line)
        if LISTENING in line:
            return line.split(LISTENING, 1)[1].split()[0].rstrip("/")
    raise RuntimeError("the server did not start:\n" + "".join(lines))
