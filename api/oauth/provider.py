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

from api.oauth import compact, fetched, granted, keys
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

    async def exchanged(self, code: str, verifier: str) -> tuple[str, str] | None:
        """Id token and refresh token (or nothing) for a code, None where it is refused. Raises Unreachable."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.back, "code_verifier": verifier}
        _, said = await self._asked(form)
        token = said.get("id_token")
        return (token, _text(said.get("refresh_token"))) if isinstance(token, str) else None

    async def refreshed(self, token: str) -> str | None:
        """The refresh token from now on, None where the person is not known there any more. Raises Unreachable.

        No more than that is read: who it is was said at the sign-in.
        """
        status, said = await self._asked({"grant_type": "refresh_token", "refresh_token": token})
        if said.get("error") == "invalid_grant":
            return None
        if status != 200:
            raise Unreachable
        return _text(said.get("refresh_token")) or token

    async def _asked(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """What the token endpoint says, by status; nothing where it is not JSON."""
        described = await self.described()
        form = form | {"client_id": self._outside.client}
        authorization = ""
        if self._outside.secret:
            pair = f"{quote_plus(self._outside.client)}:{quote_plus(self._outside.secret)}"
            authorization = f"Basic {base64.b64encode(pair.encode()).decode()}"
        else:
            form |= {"client_assertion_type": _ASSERTION, "client_assertion": self._assertion()}
        try:
            found = await fetched.post(described.token, self._outside.networks, form, authorization)
            said = orjson.loads(found.body) if found.status < 500 else None
        except fetched.FAULTS:
            raise Unreachable from None
        if found.status >= 500:
            raise Unreachable
        return found.status, said if isinstance(said, dict) else {}

    async def claims(self, token: str, type: str = "") -> Mapping[str, Any] | None:
        """What a token of this type, or of none, says, signed by a key of the provider; no claim is judged.

        Raises Unreachable.
        """
        said = (compact.header(token) or {}).get("typ", "jwt")
        if not isinstance(said, str) or said.lower().removeprefix("application/") not in ("jwt", type):
            return None
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
        return self._issuer.keys.sign(claims, type="JWT", algorithm=keys.FOR_PROOF)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
