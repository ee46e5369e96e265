"""Token revocation: with one token, everything of its grant ends on the next request.

https://www.rfc-editor.org/rfc/rfc7009
"""

from __future__ import annotations

from typing import Any

import orjson
from authlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidRequestError
from starlette.requests import Request as HttpRequest

from api.oauth import access_token, assertion
from api.oauth.issuer import Issuer, digest


class Revoke:
    def __init__(self, issuer: Issuer) -> None:
        self.issuer = issuer

    async def answer(self, http: HttpRequest) -> dict[str, Any]:
        """Nothing, whether or not there was anything to revoke. Raises OAuth2Error."""
        request = await assertion.proven(self.issuer, self.issuer.revocation_endpoint, http)
        if "token" not in request.form:
            raise InvalidRequestError("token is missing")
        owner, grant = await self._grant(request.form["token"])
        if grant and owner != request.client.client_id:
            raise InvalidGrantError("the token is not of this client")
        if grant:
            await self.issuer.revoke(grant)
            await self.issuer.events.note(http, "revocation", "revocation of a grant", client=owner)
        return {}

    async def _grant(self, token: str) -> tuple[str, str]:
        """The client and the grant of an access or refresh token; empty where it is not alive, or no token at all."""
        if claims := access_token.verified(self.issuer, token, self.issuer.clock().timestamp()):
            return claims["client_id"], claims["grant_id"]
        if kept := await self.issuer.vault.look("oauth-refresh_token", digest(token)):
            fields = orjson.loads(kept)["granted"]
            return fields["client"], fields["id"]
        return "", ""
