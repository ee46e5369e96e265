"""Worlds of the laws served over HTTP: the product's own application on a socket, at the time of the world.

docs/testing.md
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from granian.constants import Interfaces
from granian.server.embed import Server

from api.app import create_app
from api.oauth import access_token, clients
from api.oauth.clients import Client
from api.oauth.granted import Granted
from api.oauth.server import AuthorizationServer
from api.settings import Settings
from consent import derivation
from consent.actor import Actor
from consent.engine import PolicyEngine
from consent.gate import Gate
from consent.scope import written
from profiles import load
from resources.store.open import opened
from resources.store.port import Store
from tests import ports
from tests.http.asking import Asking
from tests.laws.worlds import World, index, stand, versions

PATIENCE = 30


@dataclass(frozen=True, slots=True)
class Laid:
    """A store that holds a world, the token of who asks in it, and the port that is held for its server."""

    settings: Settings
    token: str
    place: socket.socket


async def laid(world: World, actor: Actor, folder: Path, keys: Path) -> Laid:
    """The world in a store whose time may be driven, and the actor as its client. `keys` are those of all servers."""
    shutil.copytree(keys, folder / "keys")
    place = ports.held()
    settings = Settings(
        data=folder, port=ports.number(place), simulated=True, log=str(folder / "log"), second_opinion=0
    )
    store = opened(str(folder), generation=derivation.generation(load.load()))
    await store.open()
    try:
        await store.vault.keep("installation", "time", b"simulated")
        await store.transact(lambda transaction: stand(transaction, versions(world.records, world.gone)))
        return Laid(settings, await _token(store, settings, actor), place)
    finally:
        await store.close()


@contextmanager
def serving(cities: Sequence[Laid], now: datetime) -> Iterator[list[Asking]]:
    """A server for each, where it is always this time; who asks them."""
    stop, standing = threading.Event(), threading.Barrier(len(cities) + 1)
    served = threading.Thread(target=lambda: asyncio.run(_serve(cities, now, standing, stop)), daemon=True)
    served.start()
    standing.wait(PATIENCE)
    for city in cities:
        ports.listening(city.settings.port)
    asking = [Asking(each.settings.fhir, each.token) for each in cities]
    try:
        yield asking
    finally:
        for each in asking:
            each.close()
        stop.set()
        served.join(PATIENCE)
        for city in cities:
            city.place.close()
        assert not served.is_alive()


async def _serve(cities: Sequence[Laid], now: datetime, standing: threading.Barrier, stop: threading.Event) -> None:
    def stands() -> None:
        threading.Thread(target=standing.wait, args=(PATIENCE,), daemon=True).start()

    servers = []
    for each in cities:
        app = create_app(each.settings, clock=lambda: now, stands=stands)
        servers.append(Server(app, port=each.settings.port, interface=Interfaces.ASGI, log_enabled=False))
    tasks = [asyncio.create_task(each.serve()) for each in servers]
    await asyncio.to_thread(stop.wait)
    for server in servers:
        server.stop()
    await asyncio.gather(*tasks)


async def _token(store: Store, settings: Settings, actor: Actor) -> str:
    client = Client(
        client_id=actor.client,
        name=actor.client,
        organization=actor.organization or "Organization/lead",
        scope=written(actor.scopes),
        purposes=(actor.purpose,),
        grant_types=("authorization_code",),
        token_endpoint_auth_method="none",  # the name of a method, no password
        redirect_uris=("http://127.0.0.1/",),
    )
    await clients.register(store.vault, client)
    registered = await clients.find(store.vault, client.client_id)
    assert registered is not None
    gate = Gate(PolicyEngine.of(store, load.load(), index()))
    folder = settings.data / "keys"
    server = AuthorizationServer(
        store.vault, settings.address, settings.fhir, folder, lambda: actor.now, gate=gate, access_lifetime=3600
    )
    grant = Granted(
        id="grant",
        client=client.client_id,
        subject=client.client_id,
        person=actor.person,
        scope=client.scope,
        purpose=actor.purpose,
        client_mark=registered.mark,
    )
    return access_token.sign(server.issuer, registered, grant, client.scope)
