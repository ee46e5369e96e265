"""tsunagu serve: the API, with or without the demo city and its journey.

docs/settings.md
"""

from __future__ import annotations

import asyncio
import errno
import multiprocessing
import os
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

from granian.constants import HTTPModes, Interfaces
from granian.errors import ConfigurationError
from granian.http import HTTP1Settings
from rich.console import Console

from api import installation, making, open_files, simulation, tls, worker
from api import settings as app_settings
from api.commands import os_fault
from api.http import shares
from api.processes import Processes
from api.settings import Settings, SettingsFault
from api.telemetry import metrics, traces
from consent import derivation
from demo.credentials import Credentials
from demo.table import TableFault
from profiles import load
from profiles.spec import SpecFault
from resources.store import open as stores
from resources.store import trail_custody
from resources.store.port import Unavailable

WORKER = "api.worker:application"
"""What each server process runs."""

_PATIENCE = 30.0
_BUFFER = 128 * 1024
"""Bytes of a connection that nobody has asked for yet."""


def serve(demo: bool = False, journey: bool = False) -> None:
    """Serve the API. --demo lays down the demo city first, --journey plays household H's journey through it."""
    try:
        settings = _prepared(app_settings.read())
        traces.demand(settings)
        open_files.make_room(settings)
        _logs(settings)
        if demo or journey:
            asyncio.run(making.make(settings))
        stores.standing(settings.store_address)
        asyncio.run(_opens(settings))
        if demo or journey:
            settings.data.mkdir(parents=True, exist_ok=True)
            os.environ.setdefault("TSUNAGU_LOG", str(settings.data / "tsunagu.log"))
            asyncio.run(installation.install(settings))
        settings = _ready()
        secured = tls.spoken(settings)
        sign_ins = Credentials.read(settings.data / installation.CREDENTIALS) if journey else None
    except (SettingsFault, Unavailable, SpecFault, TableFault) as fault:
        _stop(str(fault))
    except OSError as fault:
        _stop(os_fault.sentence(fault, settings.data))
    except ValueError:
        _stop(f"`{settings.data / installation.CREDENTIALS}` is damaged: the journey needs the demo's sign-ins")
    with metrics.shared(settings):
        _serve(settings, sign_ins, secured)


def _prepared(settings: Settings) -> Settings:
    """The settings with the port that will be used; the server process reads the same. Exits where it is taken."""
    with socket.socket(_family(settings.host)) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((settings.host, settings.port))
        except socket.gaierror as fault:
            _stop(f"TSUNAGU_HOST cannot be `{settings.host}`: {(fault.strerror or str(fault)).lower()}")
        except OSError as fault:
            if fault.errno == errno.EADDRNOTAVAIL:
                _stop(f"TSUNAGU_HOST cannot be `{settings.host}`: it is no address of this machine")
            where = f"{settings.host}:{settings.port}"
            _stop(
                f"cannot listen at {where}: {(fault.strerror or str(fault)).lower()}; set TSUNAGU_PORT to another port"
            )
        port = trial.getsockname()[1]
    os.environ["TSUNAGU_PORT"] = str(port)
    return app_settings.read()


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def _number(host: str) -> str:
    """The address of a name such as `localhost`: the server listens at numbers alone."""
    return str(socket.getaddrinfo(host, None, _family(host))[0][4][0])


def _ready() -> Settings:
    """The settings once more, with what the server process would stumble over tried first. Raises SettingsFault."""
    settings = app_settings.read()
    _logs(settings)
    try:
        making.demand(settings)
    except (ValueError, PermissionError) as fault:
        raise SettingsFault(str(fault)) from None
    return settings


def _unfit() -> str:
    """Why a process that is begun now could not serve; empty where it could."""
    try:
        asyncio.run(_opens(_ready()))
    except (SettingsFault, Unavailable, OSError, ValueError) as fault:
        return str(fault)
    return ""


def _logs(settings: Settings) -> None:
    """Raises OSError where lines cannot be written to the file that is set."""
    if settings.log:
        with open(settings.log, "a"):
            pass


async def _opens(settings: Settings) -> None:
    """Whether the store opens, is what the settings say, and has its keys: better said before the server starts."""
    store = stores.opened(settings.store_address, generation=derivation.generation(load.load()))
    await store.open()
    try:
        stores.look(settings.store_address)
        await simulation.settle(store, settings)
        await trail_custody.could_sign(store.trail, settings.data / "keys")
    finally:
        await store.close()


def _serve(settings: Settings, sign_ins: Credentials | None, secured: Mapping[str, Any]) -> None:
    # The processes share what is loaded, and the pipe that tells them of the end; newer Pythons would load all anew.
    multiprocessing.set_start_method("fork", force=True)
    story = (lambda: _play(settings, sign_ins)) if sign_ins else (lambda: None)
    server = Processes(
        WORKER,
        address=_number(settings.host),
        port=settings.port,
        interface=Interfaces.ASGI,
        http=HTTPModes.http1,
        factory=True,
        log_enabled=False,
        websockets=False,
        workers=settings.processes,
        respawn_failed_workers=True,
        workers_kill_timeout=worker.PATIENCE,
        backpressure=max(settings.connections // settings.processes, 1),
        backlog=settings.connections,
        http1_settings=HTTP1Settings(header_read_timeout=int(settings.header_seconds * 1000), max_buffer_size=_BUFFER),
        begun=threading.Thread(target=_announce, args=(settings, story), daemon=True).start,
        unfit=_unfit,
        hang_seconds=settings.hang_seconds,
        **secured,
    )
    try:
        shares.ready(settings)
        server.serve()
    except ConfigurationError as fault:
        _stop(str(fault).lower())
    except OSError as fault:
        _stop(os_fault.sentence(fault))


def _announce(settings: Settings, story: Callable[[], None]) -> None:
    """Say where the server is as soon as it answers, and then tell its story."""
    if _answers(settings):
        print(f"listening on {settings.address}", flush=True)
        story()


def _answers(settings: Settings) -> bool:
    waiting = threading.Event()
    for _ in range(int(_PATIENCE / 0.05)):
        try:
            socket.create_connection((settings.host, settings.port), timeout=1).close()
        except OSError:
            waiting.wait(0.05)
        else:
            return True
    return False


def _play(settings: Settings, sign_ins: Credentials) -> None:
    # It brings a client of its own, which a server that tells no story does not wait for.
    from demo import narration

    narration.tell(settings.address, sign_ins, settings.data, Console())


def _stop(sentence: str) -> None:
    Console(stderr=True, soft_wrap=True).print(f"tsunagu: {sentence}", markup=False, highlight=False)
    sys.exit(2)
