"""Who acts in a simulated city: each post of its staff, by a token of the server's own that is given without a sign-in.

https://www.rfc-editor.org/rfc/rfc9068; docs/simulate.md
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from typing import Any

import httpx2

from api.oauth import access_token, clients, purpose
from api.oauth.clients import Client
from api.oauth.granted import Granted
from api.oauth.issuer import Issuer
from consent import vocabulary
from demo import rest

NAME = "simulation"
_SCOPE = "user/*.cruds"
_PURPOSES = (
    *(purpose.CARE_MANAGEMENT, purpose.COORDINATION_OF_CARE, purpose.SUPPORT_CONFERENCE, purpose.AUDIT_REVIEW),
    *(purpose.BREAK_THE_GLASS, vocabulary.STATISTICS),
)
_SPARE = 30


class Acting(rest.Client):
    """Somebody of the staff; a token lives by the clock of the city."""

    def __init__(self, base: str, transport: httpx2.BaseTransport | None, badge: Callable[[], Mapping[str, Any]]):
        super().__init__(base, transport=transport)
        self._badge, self._ends = badge, 0.0

    def renewed(self, now: float) -> Acting:
        """The same, with a token that lives on for a while."""
        if now >= self._ends:
            badge = self._badge()
            self._token, self._until, self._ends = badge["token"], float("inf"), now + badge["lives"] - _SPARE
        return self


class Badges:
    """Clients by post and purpose, as a town asks for them; the empty post is anybody."""

    def __init__(self, base: str, issuer: Issuer, registered: Client, transport: httpx2.BaseTransport | None = None):
        self._base, self._issuer, self._client, self._transport = base, issuer, registered, transport
        self._anyone = rest.Client(base, transport=transport)
        self._acting: dict[tuple[str, str], Acting] = {}

    def __call__(self, post: str, code: str) -> rest.Client:
        if not post:
            return self._anyone
        if (post, code) not in self._acting:
            self._acting[post, code] = Acting(self._base, self._transport, lambda: self._badge(post, code))
        return self._acting[post, code].renewed(self._issuer.clock().timestamp())

    def close(self) -> None:
        for client in (self._anyone, *self._acting.values()):
            client.close()

    def _badge(self, post: str, code: str) -> Mapping[str, Any]:
        grant = Granted(
            id=f"simulation-{secrets.token_hex(8)}",
            client=NAME,
            subject=NAME,
            person=f"Practitioner/practitioner-{post}",
            scope=_SCOPE,
            purpose=vocabulary.purpose(code),
            client_mark=self._client.mark,
        )
        token = access_token.sign(self._issuer, self._client, grant, _SCOPE)
        return {"token": token, "lives": self._issuer.access_lifetime}


async def registered(issuer: Issuer) -> Client:
    """The client of the simulation, in the vault for as long as it plays; by itself it can ask for no token."""
    client = Client(
        client_id=NAME,
        name="シミュレーション",
        organization="Organization/okayama-city",
        scope=_SCOPE,
        purposes=_PURPOSES,
        grant_types=(),
        token_endpoint_auth_method="none",  # noqa: S106  # the name of a method, no password
    )
    await clients.register(issuer.vault, client)
    found = await clients.find(issuer.vault, NAME)
    return found or client


async def forgotten(issuer: Issuer) -> None:
    """No token of the simulation is worth anything any more."""
    await clients.remove(issuer.vault, NAME)
