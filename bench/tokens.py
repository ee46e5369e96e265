"""What tokens cost: one that is known at each request, and a new one for a system that proves itself (RS384).

docs/figures.md
"""

from __future__ import annotations

import asyncio
import secrets
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from statistics import median
from urllib.parse import urlencode, urlsplit

from joserfc import jwk, jwt

from api import clock, installation
from api.oauth import access_token, clients, granted
from api.oauth.server import AuthorizationServer
from api.oauth.standing import Standing
from bench import figure, folders, processes, served, timed
from bench.city import City
from bench.figure import Figure
from bench.inside import Inside
from bench.served import Served
from demo.credentials import Credentials

SMALL = City(3_500, agencies=2)
ROUNDS, SECONDS, BATCHES, TIMES = 5, 2, 60, 100
_FORM = "application/x-www-form-urlencoded"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def measured(full: bool = False) -> Iterator[Figure]:
    with folders.of(SMALL) as folder:
        with served.serving(SMALL, folder) as found:
            rate = median([_issued(found, folder) for _ in range(ROUNDS)])
        beyond = asyncio.run(_verified(folder))
    yield figure.at_most("a known token, beyond asking whether token, account and client stand", beyond, 20.0, "µs CPU")
    yield figure.at_least("tokens for an assertion by RS384 over HTTP, on one core", rate, 150, "/s")


def _issued(found: Served, folder: Path) -> float:
    """Tokens in a second of the server's CPU."""
    key = jwk.RSAKey.import_key(dict(Credentials.read(folder / installation.CREDENTIALS).keys["agency-0"]))
    url = f"{found.address}/oauth/token"
    asked = [_request(url, key) for _ in range(600 * SECONDS)]
    before = processes.cpu(found.pid)
    taken = asyncio.run(timed.asked(asked, url, seconds=SECONDS, connections=4))
    return len(taken) / (processes.cpu(found.pid) - before)


def _request(url: str, key: jwk.RSAKey) -> bytes:
    claims = {"iss": "agency-0", "sub": "agency-0", "aud": url, "exp": int(time.time()) + 240}
    claims["jti"] = secrets.token_hex(16)
    proof = jwt.encode({"alg": "RS384", "kid": key.kid}, claims, key, algorithms=["RS384"])
    form = {"grant_type": "client_credentials", "scope": "system/*.rs", "client_assertion_type": _ASSERTION}
    body = urlencode(form | {"client_assertion": proof}).encode()
    parts = urlsplit(url)
    head = f"POST {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nContent-Type: {_FORM}\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def _verified(folder: Path) -> float:
    """Microseconds, of batches in turn the fastest each: what else a machine does never makes one faster."""
    inside = await Inside.open(SMALL, folder)
    try:
        with tempfile.TemporaryDirectory() as keys:
            vault = inside.gate.engine.store.vault
            url = "http://127.0.0.1:8000"
            server = AuthorizationServer(vault, url, f"{url}/fhir", Path(keys), clock.system, gate=inside.gate)
        client = await clients.find(vault, "agency-0")
        assert client
        scope, purpose = granted.narrow(server.issuer.granular, client, "system/*.rs", person=False)
        grant = granted.Granted(
            granted.identifier(), client.client_id, client.client_id, "", scope, purpose, client_mark=client.mark
        )
        header = f"Bearer {access_token.sign(server.issuer, client, grant, scope)}"
        standing = Standing(server.issuer, grant.given)
        known, asked = [], []
        for _ in range(BATCHES):
            known.append(await _taken(lambda: server.bearer.actor(header, "request", clock.system())))
            asked.append(await _taken(standing.holds))
    finally:
        await inside.close()
    return min(known) - min(asked)


async def _taken(work: Callable[[], Awaitable[object]]) -> float:
    """Microseconds of CPU."""
    begun = time.process_time()
    for _ in range(TIMES):
        await work()
    return 1e6 * (time.process_time() - begun) / TIMES
