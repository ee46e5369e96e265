"""The provider says that somebody has signed out there, or was: what rests on it ends here at once.

https://openid.net/specs/openid-connect-backchannel-1_0.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.rfc6749.errors import InvalidRequestError
from starlette.requests import Request as HttpRequest

from api.oauth import accounts, linked, resting, said_outside
from api.oauth import request as oauth
from api.oauth.issuer import Issuer
from api.oauth.options import Outside
from api.oauth.provider import Provider, Unreachable

EVENT = "http://schemas.openid.net/event/backchannel-logout"

_LONGEST_JTI = 255


class ProviderSignOut:
    def __init__(self, issuer: Issuer, provider: Provider, outside: Outside) -> None:
        self.issuer, self._provider, self._outside = issuer, provider, outside

    async def answer(self, http: HttpRequest) -> dict[str, Any]:
        """Nothing, whether or not there was anything to end. Raises OAuth2Error."""
        token = (await oauth.form(http)).get("logout_token", "")
        claims = await self._claims(token)
        if claims is None or not self._right(claims):
            raise InvalidRequestError("the logout_token is not one of the provider, for this server, and of now")
        until = self.issuer.now() + 2 * said_outside.OLDEST
        if not await self.issuer.spend("logout", claims["jti"], until):
            raise InvalidRequestError("the logout_token was used before")
        await self._end(http, claims.get("sid", ""), claims.get("sub", ""))
        return {}

    async def _claims(self, token: str) -> Mapping[str, Any] | None:
        """What it says, where a key of the provider has signed it."""
        try:
            return await self._provider.claims(token, "logout+jwt")
        except Unreachable:
            raise OAuth2Error(
                "the provider does not answer", status_code=503, error="temporarily_unavailable"
            ) from None

    def _right(self, claims: Mapping[str, Any]) -> bool:
        """https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation; no id token passes for one."""
        events, jti = claims.get("events"), claims.get("jti")
        named = [claims[name] for name in ("sid", "sub") if name in claims]
        return (
            said_outside.for_us(claims, self._outside)
            and said_outside.of_now(claims, self.issuer.now())
            and "nonce" not in claims
            and isinstance(events, dict)
            and isinstance(events.get(EVENT), dict)
            and isinstance(jti, str)
            and 0 < len(jti) <= _LONGEST_JTI
            and bool(named)
            and all(map(said_outside.is_name, named))
        )

    async def _end(self, http: HttpRequest, sid: str, subject: str) -> None:
        """With a session, what rests on it, or on a sign-in of this person that named none; without, all of theirs."""
        issuer, there = self.issuer, self._outside.issuer
        account = await linked.account(issuer.vault, there, subject) if subject else None
        if sid:
            await resting.end_all(issuer, resting.of_session(there, sid))
        if subject:
            await resting.end_all(issuer, resting.of_person(there, subject))
        if account and not sid:
            await accounts.end_everything(issuer.vault, account.name)
        asked = "sign-out at the provider" if sid else "sign-out at the provider everywhere"
        await issuer.events.note(http, "sign-out", asked, person=account.person if account else "")
