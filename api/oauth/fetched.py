"""What is fetched from another server: over TLS, from where it may be, within seconds, so long and no longer.

https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

import anyio
import httpx2

from api import outward
from api.outward import Network

PATIENCE, LONGEST = 5, 64 * 1024

FAULTS = (OSError, TimeoutError, ValueError, httpx2.HTTPError, ssl.SSLError)
"""What is raised where nothing came within the limits."""


@dataclass(frozen=True, slots=True)
class Fetched:
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


async def get(url: str, networks: tuple[Network, ...], accept: str) -> Fetched:
    """Raises one of FAULTS. No redirection is followed, which could lead inside, and nothing unpacked."""
    return await _sent("GET", url, networks, {"accept": accept}, None)


async def post(url: str, networks: tuple[Network, ...], form: Mapping[str, str], authorization: str) -> Fetched:
    """Raises one of FAULTS. `authorization` may be empty."""
    head = {"accept": "application/json"} | ({"authorization": authorization} if authorization else {})
    return await _sent("POST", url, networks, head, form)


async def _sent(
    method: str, url: str, networks: tuple[Network, ...], head: Mapping[str, str], form: Mapping[str, str] | None
) -> Fetched:
    with anyio.fail_after(PATIENCE):
        place = await outward.pinned(url, networks)
        async with (
            httpx2.AsyncClient(verify=outward.trusted(), trust_env=False, follow_redirects=False) as web,
            web.stream(
                method,
                place.url,
                headers={"host": place.host, "accept-encoding": "identity", **head},
                data=dict(form) if form else None,
                extensions={"sni_hostname": place.name},
            ) as answer,
        ):
            if answer.headers.get("content-encoding", "identity").strip().lower() != "identity":
                raise ValueError("packed")
            body = b""
            async for chunk in answer.aiter_raw():
                body += chunk
                if len(body) > LONGEST:
                    raise ValueError("too long")
            return Fetched(answer.status_code, body, answer.headers)
