"""Token introspection: whether a token is alive, told to its client or to one registered to ask.

https://www.rfc-editor.org/rfc/rfc7662
"""

from __future__ import annotations

from typing import Any

from authlib.oauth2.rfc6749.errors import InvalidClientError, InvalidRequestError
from starlette.requests import Request as HttpRequest

from api.oauth import access_token, assertion, clients
from api.oauth import request as oauth
from api.oauth.issuer import Issuer
from api.oauth.request import Request
from api.oauth.standing import Standing

_SAID = (
    "iss",
    "aud",
    "sub",
    "client_id",
    "scope",
    "iat",
    "exp",
    "jti",
    "organization",
    "fhirUser",
    "cnf",
    "extensions",
)


class Introspect:
    def __init__(self, issuer: Issuer) -> None:
        self.issuer = issuer

    async def answer(self, http: HttpRequest) -> dict[str, Any]:
        """Raises OAuth2Error."""
        form = oauth.checked(await oauth.form(http))
        client = await self._asking(form, http.headers.get("authorization"))
        http.scope["client_id"] = client.client_id
        if "token" not in form:
            raise InvalidRequestError("token is missing")
        return await self._told(form["token"], client)

    async def _asking(self, form: dict[str, str], authorization: str | None) -> clients.Client:
        """Who asks: a client that proves itself, or one that has a token of its own (SMART App Launch 2.2)."""
        if authorization is not None and "client_assertion" not in form:
            client = await self._of_token(authorization)
            if client is None:
                raise InvalidClientError("the access token is not valid here, or of a public client")
            return client
        request = Request("POST", self.issuer.introspection_endpoint, form)
        await assertion.authenticate(
            self.issuer, request, await clients.find(self.issuer.vault, assertion.claimed(form))
        )
        if request.auth_method != assertion.METHOD:
            raise InvalidClientError("introspection is for clients that prove themselves")
        found: clients.Client = request.client
        return found

    async def _of_token(self, authorization: str) -> clients.Client | None:
        kind, _, token = authorization.partition(" ")
        claims = access_token.verified(self.issuer, token.strip(), self.issuer.clock().timestamp())
        if kind.lower() != "bearer" or claims is None or "cnf" in claims:
            return None
        if not access_token.has_begun(claims, self.issuer.clock().timestamp()):
            return None
        if not await Standing(self.issuer, access_token.given(claims)).holds():
            return None
        client = await clients.find(self.issuer.vault, claims["client_id"])
        return client if client and not client.public else None

    async def _told(self, token: str, client: clients.Client) -> dict[str, Any]:
        claims = access_token.verified(self.issuer, token, self.issuer.clock().timestamp())
        if claims is None or not access_token.has_begun(claims, self.issuer.clock().timestamp()):
            return {"active": False}
        if not (client.introspects or claims["client_id"] == client.client_id):
            return {"active": False}
        if not await Standing(self.issuer, access_token.given(claims)).holds():
            return {"active": False}
        said = {name: claims[name] for name in _SAID if name in claims}
        launched: dict[str, Any] = claims.get("launched", {})
        return {"active": True, "token_type": "DPoP" if "cnf" in claims else "Bearer"} | said | launched
