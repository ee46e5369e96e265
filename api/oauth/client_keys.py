"""The keys of a client that says where they are: fetched with limits, and never from inside the local network.

https://www.rfc-editor.org/rfc/rfc7591#section-2 (`jwks_uri`) and
https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

import anyio
import orjson
from authlib.oauth2.rfc6749.errors import InvalidClientError

from api.clock import Clock
from api.oauth import clients, fetched
from api.oauth.clients import Client
from api.outward import Network

KEPT, ANEW, LONGEST_KEPT = 300, 30, 3600
"""Seconds: keys are kept so long where nothing is said of it, asked for anew no sooner by who signs with none of them,
and kept no longer."""

_MOST_KEPT = 1000
Jwks = Mapping[str, Any]

_NONE: Jwks = {"keys": []}


class ClientKeys:
    """`networks` are those of the local network that a client's keys may be in: none, where nothing is said."""

    def __init__(self, clock: Clock, networks: tuple[Network, ...] = ()) -> None:
        self._clock, self._networks = clock, networks
        self._kept: OrderedDict[tuple[str, str], tuple[float, float, Jwks]] = OrderedDict()
        self._asked: dict[tuple[str, str], anyio.Event] = {}

    async def of(self, client: Client, signed: Callable[[Jwks], bool]) -> Jwks:
        """The client's JWK Set. Raises InvalidClientError where there is none, or it cannot be fetched.

        `signed` is whether one of these has signed what the client has sent. Who has such a key is answered by keys no
        older than their Cache-Control allows; a stranger makes this server ask no oftener than each ANEW. What was
        kept for a registration before this one counts no more.
        """
        if not client.jwks_uri:
            return client.jwks
        place = (client.jwks_uri, client.mark)
        if place in self._asked and not signed(self._kept[place][2]):
            await self._asked[place].wait()
        now = self._clock().timestamp()
        at, seconds, kept = self._kept.get(place, (0.0, 0.0, _NONE))
        if not 0 <= now - at < (seconds if signed(kept) else ANEW):
            kept = await self._anew(place, now, kept)
        return kept

    async def _anew(self, place: tuple[str, str], now: float, kept: Jwks) -> Jwks:
        """Noted before it is asked for, so that strangers at once make it ask once; no key lives on by a failure."""
        self._keep(place, now, 0, kept)
        self._asked[place] = answered = anyio.Event()
        try:
            found, seconds = await self._fetched(place[0])
            self._keep(place, now, seconds, found)
            return found
        finally:
            answered.set()
            if self._asked.get(place) is answered:
                del self._asked[place]

    def _keep(self, place: tuple[str, str], now: float, seconds: float, keys: Jwks) -> None:
        self._kept[place] = (now, seconds, keys)
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
        try:
            return clients.fitting(found), kept_for(said.get("cache-control", ""))
        except ValueError:
            text = "the jwks_uri of the client holds no public keys that can be used"
            raise InvalidClientError(text) from None


def kept_for(said: str) -> float:
    """Seconds to keep an answer with this Cache-Control: what it says, within our limits (RFC 9111 section 5.2)."""
    words = [word.strip().lower() for word in said.split(",")]
    if {"no-store", "no-cache"} & set(words):
        return 0
    ages = [age for word in words if word.startswith("max-age=") and (age := word[8:].strip('"')).isdecimal()]
    return min(int(ages[0][:9]), LONGEST_KEPT) if ages else KEPT
