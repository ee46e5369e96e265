"""Token introspection: whether a token is alive, told to its client or to one registered to ask.

https://www.rfc-editor.org/rfc/rfc7662
"""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidClientError, InvalidRequestError
from starlette.requests import Request as HttpRequest

from api.oauth import access_token, assertion, clients
from api.oauth.issuer import Issuer

_SAID = ("iss", "aud", "sub", "client_id", "scope", "iat", "exp", "jti", "organization", "fhirUser", "extensions")


class Introspect:
    def __init__(self, issuer: Issuer) -> None:
        self.issuer = issuer

    async def answer(self, http: HttpRequest) -> dict[str, Any]:
        """Raises OAuth2Error."""
        request = await assertion.proven(self.issuer, self.issuer.introspection_endpoint, http)
        if request.auth_method != assertion.METHOD:
            raise InvalidClientError("introspection is for clients that prove themselves")
        if "token" not in request.form:
            raise InvalidRequestError("token is missing")
        return await self._told(request.form["token"], request.client)

    async def _told(self, token: str, client: clients.Client) -> dict[str, Any]:
        claims = access_token.verified(self.issuer, token, self.issuer.clock().timestamp())
        if claims is None or not (client.introspects or claims["client_id"] == client.client_id):
            return {"active": False}
        if await self.issuer.revoked(claims["grant_id"]):
            return {"active": False}
        return {"active": True, "token_type": "Bearer"} | {name: claims[name] for name in _SAID if name in claims}
