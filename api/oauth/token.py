"""The token endpoint: load, let the grant decide, spend what may be used once, then sign.

https://www.rfc-editor.org/rfc/rfc6749#section-3.2
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.rfc6749.errors import InvalidGrantError, InvalidRequestError, UnauthorizedClientError
from starlette.requests import Request as HttpRequest

from api.oauth import access_token, assertion, clients, dpop, granted, grants, id_token
from api.oauth import request as oauth
from api.oauth.granted import Granted
from api.oauth.issuer import Issuer, digest
from api.oauth.request import Code, Refresh, Request
from api.oauth.standing import Standing
from api.oauth.still_there import StillThere


class Token:
    """`still_there` asks the provider of others at which people may sign in, where there is one."""

    def __init__(self, issuer: Issuer, still_there: StillThere | None = None) -> None:
        self.issuer, self._still_there = issuer, still_there

    async def answer(self, http: HttpRequest) -> dict[str, Any]:
        """Raises OAuth2Error."""
        form = oauth.checked(await oauth.form(http))
        if "grant_type" not in form:
            raise InvalidRequestError("grant_type is missing")
        return await self._token(http, Request("POST", self.issuer.token_endpoint, form))

    async def _token(self, http: HttpRequest, request: Request) -> dict[str, Any]:
        jkt = await self._proven_key(http)
        secret = await self._load(request)
        client = await clients.find(self.issuer.vault, assertion.claimed(request.form))
        await assertion.authenticate(self.issuer, request, client)
        if request.client is None:
            raise UnauthorizedClientError("the client is not known")
        http.scope["client_id"] = request.client.client_id
        await self._stands(http, request)
        if request.loaded and request.loaded.jkt not in ("", jkt):
            raise OAuth2Error("it is bound to another key", error="invalid_dpop_proof")
        grant, scope, refresh = grants.run(grants.Core(self.issuer, request.client), request)
        await self._spend(http, request, secret)
        await self._note(http, request, grant)
        answer: dict[str, Any] = {
            "access_token": access_token.sign(self.issuer, request.client, grant, scope, jkt),
            "token_type": "DPoP" if jkt else "Bearer",
            "expires_in": self.issuer.access_lifetime,
            "scope": scope,
        } | grant.launched
        if refresh and {granted.OFFLINE, granted.ONLINE} & grant.words:
            answer["refresh_token"] = await self._refresh_token(
                grant, request.loaded, jkt if request.client.public else ""
            )
        if "openid" in scope.split():
            answer["id_token"] = id_token.sign(self.issuer, grant)
        return answer

    async def _proven_key(self, http: HttpRequest) -> str:
        """The key that the client shows for its tokens to be bound to; empty where it shows none, or none is asked."""
        proofs = tuple(http.headers.getlist("dpop"))
        if not proofs or not self.issuer.options.dpop:
            return ""
        try:
            return await dpop.thumbprint(self.issuer, dpop.Shown(proofs, "POST", self.issuer.token_endpoint))
        except dpop.Unproven as fault:
            raise OAuth2Error(str(fault), error="invalid_dpop_proof") from None

    async def _load(self, request: Request) -> str:
        """Put what the request rests on into `request.loaded`; the secret it came with, or nothing.

        A refresh token is bound to its client, so a public one need not name itself (RFC 6749 section 6).
        """
        form = request.form
        kind = {"authorization_code": "code", "refresh_token": "refresh_token"}.get(form["grant_type"], "")
        secret = form.get(kind, "")
        kept = await self.issuer.vault.look(f"oauth-{kind}", digest(secret)) if secret else None
        if kept is None:
            return secret
        fields = orjson.loads(kept)
        fields["granted"] = Granted(**fields["granted"])
        request.loaded = Code(**fields) if kind == "code" else Refresh(**fields)
        if kind == "refresh_token" and not {"client_id", "client_assertion", "client_assertion_type"} & form.keys():
            form["client_id"] = request.loaded.granted.client
        return secret

    async def _stands(self, http: HttpRequest, request: Request) -> None:
        if request.loaded is None:
            return
        grant = request.loaded.granted
        if not await Standing(self.issuer, grant.given).holds():
            raise InvalidGrantError("the grant was revoked, or the account, the client or the sign-in has ended")
        if grant.rests and self._still_there and not await self._still_there.holds(grant.rests):
            asked = "the provider does not know the person any more: what rests on the sign-in there has ended"
            await self.issuer.events.note(http, "sign-out", asked, client=grant.client, person=grant.person)
            raise InvalidGrantError("the provider at which the person signed in does not know them any more")

    async def _spend(self, http: HttpRequest, request: Request, secret: str) -> None:
        """Whoever comes second with a code or a refresh token revokes all that was issued under it (RFC 9700)."""
        if request.loaded is None:
            return
        until = self.issuer.now() + self.issuer.refresh_lifetime + self.issuer.access_lifetime
        if not await self.issuer.spend("grant", secret, until):
            grant = request.loaded.granted
            await self.issuer.revoke(grant.id)
            asked = (
                f"a second use of a {request.form['grant_type'].removeprefix('authorization_')}: the grant is revoked"
            )
            await self.issuer.events.note(
                http, "security-alert", asked, client=grant.client, about=grant.person, allowed=False
            )
            raise InvalidGrantError("it was used before: all tokens of this grant are revoked")

    async def _note(self, http: HttpRequest, request: Request, grant: Granted) -> None:
        """A token is on the trail before it leaves."""
        client: clients.Client = request.client
        await self.issuer.events.note(
            http,
            "token",
            f"token by {request.form['grant_type']}",
            client=client.client_id,
            person=grant.person,
            organization="" if grant.person else client.organization,
            purpose=grant.purpose,
        )

    async def _refresh_token(self, grant: Granted, before: Code | Refresh | None, jkt: str) -> str:
        """A new refresh token, living no longer than the first of its grant; with `online_access`, than the session."""
        longest = self.issuer.now() + self.issuer.refresh_lifetime
        if granted.OFFLINE not in grant.words:
            longest = min(longest, grant.session_ends)
        until = before.until if isinstance(before, Refresh) else longest
        token = granted.identifier()
        kept = orjson.dumps(Refresh(replace(grant, nonce=""), until, jkt))
        await self.issuer.vault.keep("oauth-refresh_token", digest(token), kept, until=until)
        return token
