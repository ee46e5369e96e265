"""A running authorization server, reached over HTTP, and the clients that talk to it."""

from __future__ import annotations

import asyncio
import secrets
import threading
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from granian.constants import Interfaces
from granian.server.embed import Server
from joserfc import jwk, jws, jwt
from starlette.applications import Starlette

from api.oauth import accounts, clients, source
from api.oauth.clients import Client
from api.oauth.options import Options, Outside
from api.oauth.purpose import CARE_MANAGEMENT, SUPPORT_CONFERENCE
from api.oauth.server import AuthorizationServer
from consent.engine import PolicyEngine
from consent.gate import Gate
from demo.rest import trusted
from profiles import load
from resources.search.index import Index
from resources.store.open import opened
from resources.store.trail import Event
from tests import ports, trusting
from tests.unit.api.oauth.browser import CALLBACK, PASSWORD, Browser

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
SOFTWARE = jwk.ECKey.generate_key("P-384", {"kid": "software"})
SOFTWARE_KEYS = {"keys": [SOFTWARE.as_dict(private=False)]}
BOTH = (CARE_MANAGEMENT, SUPPORT_CONFERENCE)


class Clock:
    """The time of day, which a test can let pass."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def pass_by(self, **time_span: float) -> None:
        self.ahead += timedelta(**time_span)


@dataclass
class Installation:
    """One server on a port of this machine, its vault, and the loop it runs in."""

    folder: Path
    host: str = "127.0.0.1"
    outside: Outside | None = None
    clock: Clock = field(default_factory=Clock)
    keys: dict[str, jwk.Key] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.place = ports.held()
        self.port = ports.number(self.place)
        self.url = f"http://{self.host}:{self.port}"
        self.fhir = f"{self.url}/fhir"
        self.loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: self.loop.run_until_complete(self._serve()))

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(20)

    def stop(self) -> None:
        self.loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(20)
        self.loop.close()
        self.place.close()

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run in the server's loop, as the application would."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(20)

    async def _serve(self) -> None:
        self._stop = asyncio.Event()
        store = opened(str(self.folder / "store"), self.clock)
        await store.open()
        self.vault = store.vault
        spec = load.load()
        self.gate = Gate(PolicyEngine.of(store, spec, Index(spec, self.fhir)))
        self.server = AuthorizationServer(
            self.vault,
            self.url,
            self.fhir,
            self.folder / "keys",
            self.clock,
            gate=self.gate,
            append=store.trail.append,
            token_rate=100_000,
            sign_in_rate=100_000,
            proxies=source.networks("127.0.0.1"),
            key_networks=source.networks("127.0.0.1"),
            options=Options(
                dpop=True, pushed="on", registration=True, software_keys=SOFTWARE_KEYS, outside=self.outside
            ),
        )
        self.trail = store.trail
        await self._enrol()
        app = Starlette(routes=self.server.routes())
        granian = Server(app, port=self.port, interface=Interfaces.ASGI, log_enabled=False)
        serving = asyncio.create_task(granian.serve())
        await asyncio.to_thread(ports.listening, self.port)
        self._ready.set()
        await self._stop.wait()
        granian.stop()
        await serving
        await store.close()

    async def _enrol(self) -> None:
        self.keys["rsa"] = jwk.RSAKey.generate_key(2048, {"kid": "rsa"})
        self.keys["ec"] = jwk.ECKey.generate_key("P-384", {"kid": "ec"})
        jwks = {"keys": [key.as_dict(private=False) for key in self.keys.values()]}
        system = Client(
            client_id="health-center-system",
            name="保健センターシステム",
            organization="Organization/health-center-kita-chuo",
            scope="system/*.rs system/Task.cruds",
            purposes=BOTH,
            grant_types=("client_credentials",),
            token_endpoint_auth_method="private_key_jwt",
            jwks=jwks,
        )
        other = Client(**{**_fields(system), "client_id": "other-system", "introspects": True})
        desk = Client(
            client_id="tsunagu-desk",
            name="つなぐ窓口",
            organization="Organization/okayama-city",
            scope="openid fhirUser offline_access online_access launch launch/patient user/*.cruds patient/*.cruds",
            purposes=BOTH,
            grant_types=("authorization_code", "refresh_token"),
            token_endpoint_auth_method="none",
            redirect_uris=(CALLBACK, f"{CALLBACK}?of=desk"),
        )
        narrow = Client(**{**_fields(desk), "client_id": "reader", "scope": "user/Patient.rs", "purposes": BOTH[:1]})
        for client in (system, other, desk, narrow):
            await clients.register(self.vault, client)
        await accounts.enrol(self.vault, "yorisoi", PASSWORD, "Practitioner/practitioner-yorisoi")

    # What clients do.

    def claims(self, **other: Any) -> dict[str, Any]:
        """The claims of a good assertion, some of them replaced; with None, left out."""
        now = int(self.clock().timestamp())
        claims = {
            "iss": "health-center-system",
            "sub": "health-center-system",
            "aud": f"{self.url}/oauth/token",
            "exp": now + 240,
            "jti": secrets.token_hex(8),
        }
        return {name: value for name, value in (claims | other).items() if value is not None}

    def assertion(self, *, key: str = "rsa", header: dict[str, Any] | None = None, **claims: Any) -> str:
        algorithm = {"rsa": "RS384", "ec": "ES384"}[key]
        head = {"alg": algorithm, "kid": key} | (header or {})
        head = {name: value for name, value in head.items() if value is not None}
        return jwt.encode(head, self.claims(**claims), self.keys[key], algorithms=[head["alg"]])

    def assertion_as_sent(self, header: dict[str, Any]) -> str:
        """A good assertion with members in its header that our own library would not write."""
        registry = jws.JWSRegistry(algorithms=["RS384"], strict_check_header=False)
        registry.check_header = lambda header: None  # type: ignore[method-assign]  # it would refuse what is sent here
        head = {"alg": "RS384", "kid": "rsa"} | header
        return jwt.encode(head, self.claims(), self.keys["rsa"], algorithms=["RS384"], registry=registry)

    def system_token(self, *, scope: str = "system/*.rs", assertion: str | None = None) -> httpx2.Response:
        return trusting.post(
            f"{self.url}/oauth/token",
            data={
                "grant_type": "client_credentials",
                "scope": scope,
                "client_assertion_type": ASSERTION_TYPE,
                "client_assertion": assertion or self.assertion(),
            },
        )

    def as_client(self, path: str, **form: str) -> httpx2.Response:
        """A request that the health center's system proves to be its own, unless the form says otherwise."""
        proof = {"client_assertion_type": ASSERTION_TYPE, "client_assertion": self.assertion()}
        return trusting.post(f"{self.url}{path}", data=proof | form)

    def said(self) -> list[Event]:
        """What is on the trail, in its order."""

        async def walked() -> list[Event]:
            return [entry.event for head in await self.trail.heads() async for entry in self.trail.walk(head.chain)]

        found: list[Event] = self.do(walked())
        return found

    def actor(self, token: str | None) -> Any:
        header = None if token is None else f"Bearer {token}"
        return self.do(self.server.bearer.actor(header, "request-1", self.clock()))


def _fields(client: Client) -> dict[str, Any]:
    return {name: getattr(client, name) for name in Client.__dataclass_fields__}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    installation = Installation(tmp_path_factory.mktemp("installation"))
    installation.start()
    yield installation
    installation.stop()


@pytest.fixture
def at(running: Installation) -> Iterator[Installation]:
    yield running
    running.clock.ahead = timedelta()


@pytest.fixture
def browser(at: Installation) -> Iterator[Browser]:
    with httpx2.Client(base_url=at.url, verify=trusted()) as http:
        yield Browser(at, http)


@pytest.fixture(scope="module")
def desk(running: Installation) -> Iterator[Browser]:
    """A browser in which a person signs in once, for tests of what comes after."""
    with httpx2.Client(base_url=running.url, verify=trusted()) as http:
        yield Browser(running, http)
