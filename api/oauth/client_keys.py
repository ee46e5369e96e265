"""The keys of a client that says where they are: fetched with limits, and never from inside the local network.

https://www.rfc-editor.org/rfc/rfc7591#section-2 (`jwks_uri`) and
https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import orjson
from authlib.oauth2.rfc6749.errors import InvalidClientError

from api.clock import Clock
from api.oauth import clients, fetched
from api.oauth.clients import Client
from api.outward import Network

KEPT, ANEW, LONGEST_KEPT = 300, 30, 3600
"""Seconds: keys are kept so long where nothing is said of it, asked for anew no sooner, and kept no longer."""

_MOST_KEPT = 1000
Jwks = Mapping[str, Any]


class ClientKeys:
    """`networks` are those of the local network that a client's keys may be in: none, where nothing is said."""

    def __init__(self, clock: Clock, networks: tuple[Network, ...] = ()) -> None:
        self._clock, self._networks = clock, networks
        self._kept: OrderedDict[str, tuple[float, float, Jwks]] = OrderedDict()

    async def of(self, client: Client, kid: object) -> Jwks:
        """The client's JWK Set. Raises InvalidClientError where there is none, or it cannot be fetched."""
        if not client.jwks_uri:
            return client.jwks
        now = self._clock().timestamp()
        at, seconds, kept = self._kept.get(client.jwks_uri, (0.0, ANEW, {"keys": []}))
        known = any(key.get("kid") == kid for key in kept["keys"])
        if not 0 <= now - at < (seconds if known else ANEW):
            # Noted before it is asked for, so that a hundred requests at once ask once.
            self._keep(client.jwks_uri, now, seconds, kept)
            kept, seconds = await self._fetched(client.jwks_uri)
            self._keep(client.jwks_uri, now, seconds, kept)
        return kept

    def _keep(self, uri: str, now: float, seconds: float, keys: Jwks) -> None:
        self._kept[uri] = (now, seconds, keys)
        if len(self._kept) > _MOST_KEPT:
            self._kept.popitem(last=False)

    async def _fetched(self, uri: str) -> tuple[Jwks, float]:
        """The keys, and for how many seconds they may be kept."""
        try:
            answer = await fetched.get(uri, self._networks, "application/jwk-set+json, application/json")
            found, said = orjson.loads(answer.body) if answer.status == 200 else None, answer.headers
        except fetched.FAULTS:
            found = None
        if found is None:
            raise InvalidClientError("the jwks_uri of the client cannot be fetched within the limits") from None
        if not isinstance(found, dict) or not clients.usable(found):
            raise InvalidClientError("the jwks_uri of the client holds no public keys that can be used")
        return found, kept_for(said.get("cache-control", ""))


def kept_for(said: str) -> float:
    """Seconds to keep an answer with this Cache-Control: what it says, within our limits (RFC 9111 section 5.2)."""
    words = [word.strip().lower() for word in said.split(",")]
    if {"no-store", "no-cache"} & set(words):
        return ANEW
    ages = [age for word in words if word.startswith("max-age=") and (age := word[8:].strip('"')).isdecimal()]
    return min(max(int(ages[0][:9]), ANEW), LONGEST_KEPT) if ages else KEPT
