"""Where the server itself may go: an address that was looked up once, judged, and is then connected to.

https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
"""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from functools import cache
from urllib.parse import urlsplit

import anyio
import httpx2

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


_LEADS_ELSEWHERE = tuple(
    ipaddress.IPv6Network(network)
    for network in (
        *("::/96", "::ffff:0:0/96", "::ffff:0:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "fec0::/10"),
        *("3fff::/20", "5f00::/16"),
    )
)
"""What Python calls global and is not: site-local, with an IPv4 one inside, where a translator or a tunnel leads, or of
documentation and segment routing.

RFC 3056, RFC 3879, RFC 4291, RFC 6052, RFC 8215, RFC 9602, RFC 9637.
"""


@dataclass(frozen=True, slots=True)
class Pinned:
    """An address to connect to, the host to name there, and the name to ask its certificate for."""

    url: str
    host: str
    name: str


@cache
def trusted() -> ssl.SSLContext:
    """Whose certificates are believed there: read once a process, since that takes longer than a request."""
    return httpx2.create_ssl_context(trust_env=False)


async def pinned(url: str, networks: tuple[Network, ...]) -> Pinned:
    """The address looked up and judged: no second look-up can give another. Raises OSError, ValueError."""
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    address = await judged(host, port, networks)
    shown = f"[{address}]" if ":" in address else address
    return Pinned(parts._replace(netloc=f"{shown}:{port}").geturl(), parts.netloc, host)


async def judged(host: str, port: int, networks: tuple[Network, ...]) -> str:
    """The address of a host. Raises ValueError where one of them is of the local network, but for these networks."""
    found = await anyio.getaddrinfo(host, port)
    for *_, place in found:
        address = ipaddress.ip_address(str(place[0]).partition("%")[0])
        if any(address in network for network in networks if network.version == address.version):
            return str(address)
        if not address.is_global or address.is_multicast or any(address in network for network in _LEADS_ELSEWHERE):
            raise ValueError("an address of the local network")
    return str(found[0][4][0])
