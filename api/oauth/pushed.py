"""Pushed authorization requests: the client leaves its request here first, and the browser carries only a reference.

https://www.rfc-editor.org/rfc/rfc9126
"""

from __future__ import annotations

from typing import Any

import orjson
from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.rfc6749.errors import InvalidRequestError, UnauthorizedClientError
from starlette.requests import Request as HttpRequest

from api.oauth import assertion, granted
from api.oauth.issuer import Issuer, digest
from api.oauth.options import Pushing

AT = "tsunagu_pushed_at"
"""When the request was pushed: whoever signed in after has signed in for it."""

_PREFIX = "urn:ietf:params:oauth:request_uri:"
_KIND = "oauth-pushed"
_LIVES = 600
_PROOF = ("client_assertion", "client_assertion_type")


class Pushed:
    """`kept_by_us` are fields that our own pages add to a request on its way."""

    def __init__(self, issuer: Issuer, pushing: Pushing, kept_by_us: tuple[str, ...]) -> None:
        self.issuer, self._pushing, self._ours = issuer, pushing, kept_by_us

    async def answer(self, http: HttpRequest) -> dict[str, Any]:
        """Raises OAuth2Error."""
        request = await assertion.proven(self.issuer, self.issuer.pushed_endpoint, http)
        client = request.client
        fields = {name: value for name, value in request.form.items() if name not in (*_PROOF, *self._ours, AT)}
        if "request_uri" in fields:
            raise InvalidRequestError("a pushed request names no other request")
        if not client.check_redirect_uri(fields.get("redirect_uri", "")):
            raise InvalidRequestError("the redirect_uri is not one of the client")
        if not client.check_response_type(fields.get("response_type", "")):
            raise UnauthorizedClientError("response_type must be code")
        fields |= {"client_id": client.client_id, AT: str(self.issuer.now())}
        name = granted.identifier()
        await self.issuer.vault.keep(_KIND, digest(name), orjson.dumps(fields), until=self.issuer.now() + _LIVES)
        return {"request_uri": f"{_PREFIX}{name}", "expires_in": _LIVES}

    async def of(self, fields: dict[str, str]) -> dict[str, str]:
        """The request that these fields are, or refer to. Raises OAuth2Error."""
        plain = {name: value for name, value in fields.items() if name != AT}
        name = plain.get("request_uri", "")
        ours = name.startswith(_PREFIX)
        if self._pushing == "off" or (self._pushing == "on" and not ours):
            return plain
        if not name:
            raise InvalidRequestError("requests are pushed first")
        kept = await self.issuer.vault.look(_KIND, digest(name.removeprefix(_PREFIX)))
        found: dict[str, str] = orjson.loads(kept) if kept and ours else {}
        if not found or found["client_id"] != plain.get("client_id"):
            raise OAuth2Error("the request_uri is not known here, or is over", error="invalid_request_uri")
        return found | {name: plain[name] for name in self._ours if name in plain}

    async def spend(self, fields: dict[str, str]) -> bool:
        """Use a pushed request up; False where that was done before. A request that was not pushed is not used up."""
        name = fields.get("request_uri", "").removeprefix(_PREFIX)
        return not name or await self.issuer.vault.take(_KIND, digest(name)) is not None
