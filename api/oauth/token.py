"""The token endpoint: load, let the grant decide, spend what may be used once, then sign.

https://www.rfc-editor.org/rfc/rfc6749#section-3.2
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
from authlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidRequestError, UnauthorizedClientError
from starlette.requests import Request as HttpRequest

from api.oauth import access_token, accounts, assertion, clients, granted, grants, id_token
from api.oauth import request as oauth
from api.oauth.granted import Granted
from api.oauth.issuer import Issuer, digest
from api.oauth.request import Code, Refresh, Request


class Token:
    def __init__(self, issuer: Issuer) -> None:
        self.issuer = issuer

    async def answer(self, http: HttpRequest) -> dict[str, Any]:
        """Raises OAuth2Error."""
        form = oauth.checked(await oauth.form(http))
        if "grant_type" not in form:
            raise InvalidRequestError("grant_type is missing")
        return await self._token(Request("POST", self.issuer.token_endpoint, form))

    async def _token(self, request: Request) -> dict[str, Any]:
        client = await clients.find(self.issuer.vault, assertion.claimed(request.form))
        await assertion.authenticate(self.issuer, request, client)
        if request.client is None:
            raise UnauthorizedClientError("the client is not known")
        secret = await self._load(request)
        grant, scope, refresh = grants.run(grants.Core(self.issuer, request.client), request)
        await self._spend(request, secret)
        answer: dict[str, Any] = {
            "access_token": access_token.sign(self.issuer, request.client, grant, scope),
            "token_type": "Bearer",
            "expires_in": self.issuer.access_lifetime,
            "scope": scope,
        }
        if refresh and granted.OFFLINE in grant.words:
            answer["refresh_token"] = await self._refresh_token(grant, request.loaded)
        if "openid" in scope.split():
            answer["id_token"] = id_token.sign(self.issuer, grant)
        return answer

    async def _load(self, request: Request) -> str:
        """Put what the request rests on into `request.loaded`; the secret it came with, or nothing."""
        kind = {"authorization_code": "code", "refresh_token": "refresh_token"}.get(request.form["grant_type"], "")
        secret = request.form.get(kind, "")
        kept = await self.issuer.vault.look(f"oauth-{kind}", digest(secret)) if secret else None
        if kept is None:
            return secret
        fields = orjson.loads(kept)
        fields["granted"] = Granted(**fields["granted"])
        request.loaded = Code(**fields) if kind == "code" else Refresh(**fields)
        grant = request.loaded.granted
        account = await accounts.find(self.issuer.vault, grant.subject)
        if account is None or account.person != grant.person or await self.issuer.revoked(grant.id):
            raise InvalidGrantError("the grant was revoked, or the account is gone")
        return secret

    async def _spend(self, request: Request, secret: str) -> None:
        """Whoever comes second with a code or a refresh token revokes all that was issued under it (RFC 9700)."""
        if request.loaded is None:
            return
        until = self.issuer.now() + self.issuer.refresh_lifetime + self.issuer.access_lifetime
        if not await self.issuer.spend("grant", secret, until):
            await self.issuer.revoke(request.loaded.granted.id)
            raise InvalidGrantError("it was used before: all tokens of this grant are revoked")

    async def _refresh_token(self, grant: Granted, before: Code | Refresh | None) -> str:
        """A new refresh token, living no longer than the first of its grant."""
        until = before.until if isinstance(before, Refresh) else self.issuer.now() + self.issuer.refresh_lifetime
        token = granted.identifier()
        kept = orjson.dumps(Refresh(replace(grant, nonce=""), until))
        await self.issuer.vault.keep("oauth-refresh_token", digest(token), kept, until=until)
        return token
