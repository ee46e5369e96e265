"""A pytest plugin that serves the features in this process: so it is seen which scenario goes through a line, and a
change is put there without a new interpreter.

docs/testing.md, "Mutation"; https://github.com/emmett-framework/granian, "Embeddable server"
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType, SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest
from granian.constants import Interfaces
from granian.server.embed import Server as Embedded

from tests import ports
from tests.prove.mutants import ROOT

CREDENTIALS = "demo-credentials.json"

CITIES = ROOT / "build" / "mutation" / "cities"
"""Where the demo city is kept which is laid down once, by what the product says."""

PATIENCE = 60
"""Seconds within which a server that says nothing is taken for one that will not start."""

_NONE: Any = SimpleNamespace()
"""In the place of a process."""

_PRODUCT = ("api", "consent", "demo", "profiles", "resources")


def pytest_load_initial_conftests() -> None:
    """Before anything of the features is imported; a child that loads ours anew comes here too."""
    from tests.http import launch
    from tests.world import server

    # A module is no place to assign to.
    setattr(server, "start_server", _serving)  # noqa: B010
    setattr(launch, "afresh", partial(_afresh, launch.afresh))  # noqa: B010


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> None:
    """Where the fixture `installed` looks for the city."""
    if fixturedef.argname == "installed":
        kept = CITIES / _said()
        kept.mkdir(parents=True, exist_ok=True)
        factory: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
        (factory.getbasetemp() / "installed").symlink_to(kept)


def _said() -> str:
    """Of all that the product says: another city would be laid down by another product."""
    digest = hashlib.sha256()
    for folder in _PRODUCT:
        for file in sorted((ROOT / folder).rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


@contextmanager
def _serving(
    installed: Path, folder: Path, subscribers: str = "", settings: Mapping[str, str] = MappingProxyType({})
) -> Iterator[Any]:
    """As `tests.world.server.start_server`, in a thread of this process."""
    from tests.world import server

    shutil.copytree(installed, folder, dirs_exist_ok=True)
    with _served(server.environment_of(folder, subscribers, settings)) as (address, sign_ins):
        yield server.Server(f"{address}/fhir", sign_ins, _NONE, folder)


@contextmanager
def _afresh(first: Callable[..., Any], folder: Path, *words: str, **settings: str) -> Iterator[Any]:
    """As `tests.http.launch.afresh`, which is `first`, where there is a city to serve."""
    from tests.http import launch

    if not (folder / CREDENTIALS).exists():
        with first(folder, *words, **settings) as running:
            yield running
        return
    named = {
        name: value for name, value in launch.environment(folder, **settings).items() if name.startswith("TSUNAGU_")
    }
    with _served(named) as (address, _):
        yield launch.Running(_NONE, io.StringIO(), folder, address)


@contextmanager
def _served(settings: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """The address of an application with these settings, and its sign-ins."""
    from demo.credentials import Credentials

    with ports.port() as port:
        serving = _Thread(port, {**settings, "TSUNAGU_PORT": str(port)})
        serving.start()
        try:
            assert serving.stands.wait(PATIENCE), "the server did not start"
            ports.listening(port)
            yield f"http://127.0.0.1:{port}", Credentials.read(Path(settings["TSUNAGU_DATA"]) / CREDENTIALS)
        finally:
            serving.end()


class _Thread(threading.Thread):
    """An event loop with the application, until it is told to end."""

    def __init__(self, port: int, settings: Mapping[str, str]) -> None:
        super().__init__(daemon=True)
        self.port, self.settings = port, settings
        self.stands, self.ended = threading.Event(), asyncio.Event()

    def run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        from api import app

        self.loop = asyncio.get_running_loop()
        with patch.dict(os.environ, self.settings):
            made = app.create_app(stands=self.stands.set)
        embedded = Embedded(made, port=self.port, interface=Interfaces.ASGI, log_enabled=False)
        serving = asyncio.ensure_future(embedded.serve())
        await self.ended.wait()
        embedded.stop()
        await serving

    def end(self) -> None:
        self.loop.call_soon_threadsafe(self.ended.set)
        self.join(PATIENCE)
