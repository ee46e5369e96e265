"""Where a request comes from: the peer, or, behind proxies that are trusted by name, whom they say they speak for.

https://www.rfc-editor.org/rfc/rfc7239#section-8.1
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.requests import HTTPConnection

from api.outward import Network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_HEADER = "x-forwarded-for"
_MOST_HOPS = 20
_ONE_SITE = 64
"""Bits of an IPv6 address that are one household's or one agency's: the rest its holder chooses at will."""


@dataclass(frozen=True, slots=True)
class Sources:
    """`trusted` are the networks of proxies: only their word about addresses counts, and nobody's about the host."""

    trusted: tuple[Network, ...] = ()

    def of(self, http: HTTPConnection) -> str:
        """The address that a request came from, an IPv6 one by its network; empty where it is not known."""
        peer = http.client.host if http.client else ""
        hops = [hop for value in http.headers.getlist(_HEADER) for hop in value.split(",")][-_MOST_HOPS:]
        address = _address(peer)
        # From the last proxy backwards, for as long as who speaks is trusted: what stands before is anybody's word.
        while address is not None and self._trusts(address) and hops:
            said = _address(hops.pop().strip())
            if said is None:
                break
            address = said
        if isinstance(address, ipaddress.IPv6Address):
            return str(ipaddress.ip_network((address, _ONE_SITE), strict=False))
        return str(address) if address else peer

    def trusts(self, peer: str) -> bool:
        """Whether a peer is a proxy whose word counts."""
        address = _address(peer)
        return address is not None and self._trusts(address)

    def _trusts(self, address: Address) -> bool:
        return any(address in network for network in self.trusted if network.version == address.version)


def networks(text: str) -> tuple[Network, ...]:
    """The networks of `10.0.0.0/8, 192.0.2.1`. Raises ValueError naming what is none."""
    return tuple(ipaddress.ip_network(part.strip()) for part in text.split(",") if part.strip())


def _address(text: str) -> Address | None:
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped: Sequence[Address | None] = [getattr(found, "ipv4_mapped", None)]
    return mapped[0] or found
