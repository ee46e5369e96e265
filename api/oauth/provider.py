"""An OpenID provider of others, such as a city's Keycloak: what it says of itself, and a code exchanged there.

https://openid.net/specs/openid-connect-discovery-1_0.html and https://openid.net/specs/openid-connect-core-1_0.html
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote_plus

import orjson
from authlib.common.security import is_secure_transport

from api.oauth import fetched, granted, keys
from api.oauth.issuer import Issuer
from api.oauth.options import Outside
from api.oauth.provider_keys import ProviderKeys

KEPT = 300
"""Seconds."""

_BACK = "/sign-in/provider/back"
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LIVES = 60


class Unreachable(Exception):
    """The provider does not answer, or not as the specification asks."""


@dataclass(frozen=True, slots=True)
class Described:
    """`names_itself` is whether it says who it is when it sends somebody back (RFC 9207)."""

    authorization: str
    token: str
    jwks: str
    names_itself: bool


class Provider:
    """`outside` is what the installation says of it. What it says of itself is kept for minutes, in each process."""

    def __init__(self, issuer: Issuer, outside: Outside) -> None:
        self._issuer, self._outside = issuer, outside
        self._described: tuple[float, Described] | None = None
        self._keys = ProviderKeys(issuer.clock, outside.networks)

    @property
    def back(self) -> str:
        """Where people come back to; it is registered at the provider."""
        return f"{self._issuer.url}{_BACK}"

    async def described(self) -> Described:
        """Raises Unreachable."""
        now = self._issuer.clock().timestamp()
        if self._described is None or not 0 <= now - self._described[0] < KEPT:
            self._described = (now, await self._discovered())
        return self._described[1]

    async def exchanged(self, code: str, verifier: str) -> str | None:
        """The id token for a code, None where the provider refuses it. Raises Unreachable."""
        described = await self.described()
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.back,
            "code_verifier": verifier,
            "client_id": self._outside.client,
        }
        authorization = ""
        if self._outside.secret:
            pair = f"{quote_plus(self._outside.client)}:{quote_plus(self._outside.secret)}"
            authorization = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_assertion_type": _ASSERTION, "client_assertion": self._assertion()}
        try:
            found = await fetched.post(described.token, self._outside.networks, form, authorization)
            said = orjson.loads(found.body) if found.status == 200 else None
        except fetched.FAULTS:
            raise Unreachable from None
        if found.status >= 500:
            raise Unreachable
        token = said.get("id_token") if isinstance(said, dict) else None
        return token if isinstance(token, str) else None

    async def claims(self, token: str) -> Mapping[str, Any] | None:
        """What a token says, signed by a key of the provider; nothing of it is judged. Raises Unreachable."""
        described = await self.described()
        try:
            return await self._keys.claims(described.jwks, token)
        except fetched.FAULTS:
            raise Unreachable from None

    async def _discovered(self) -> Described:
        issuer = self._outside.issuer
        url = f"{issuer.removesuffix('/')}/.well-known/openid-configuration"
        try:
            found = await fetched.get(url, self._outside.networks, "application/json")
            said = orjson.loads(found.body) if found.status == 200 else None
        except fetched.FAULTS:
            raise Unreachable from None
        if not isinstance(said, dict) or said.get("issuer") != issuer:
            raise Unreachable
        places = [said.get(f"{name}") for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        authorization, token, jwks = (each if isinstance(each, str) else "" for each in places)
        if not all(map(is_secure_transport, (authorization, token, jwks))):
            raise Unreachable
        return Described(authorization, token, jwks, said.get("authorization_response_iss_parameter_supported") is True)

    def _assertion(self) -> str:
        """A proof by our own key, which the provider finds at our `/oauth/jwks`: no secret is shared."""
        now, client = self._issuer.now(), self._outside.client
        claims = {"iss": client, "sub": client, "aud": self._outside.issuer, "iat": now, "exp": now + _LIVES}
        claims["jti"] = granted.identifier()
        return self._issuer.keys.sign(claims, type="JWT", algorithm=keys.FOR_ACCESS)
