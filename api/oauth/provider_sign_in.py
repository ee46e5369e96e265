"""Signing in at a provider of others: the browser goes there and comes back with a code, and we ask who it was.

The tokens for FHIR stay ours: who somebody is comes from there, what they may see is decided here at each request.
https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth and https://www.rfc-editor.org/rfc/rfc9207
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import asdict, dataclass
from typing import Any, Literal
from urllib.parse import parse_qsl

import orjson
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.base import OAuth2Error
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from api.oauth import granted, linked, resting, said_outside, session
from api.oauth import request as oauth
from api.oauth.accounts import Account
from api.oauth.entrance import Entrance
from api.oauth.issuer import Issuer, digest
from api.oauth.options import Outside
from api.oauth.provider import Provider, Unreachable
from api.oauth.pushed import Pushed
from api.oauth.resting import Came
from api.oauth.said_outside import SaidOutside
from api.oauth.second_factor import SecondFactor
from api.oauth.session import Session
from api.oauth.still_there import StillThere
from api.pages import sign_in as pages

_KIND = "oauth-outside"
_LIVES = 600
_ASKED = "sign-in at the provider"


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody who has left for the provider from one browser; `query` is the authorization request to go on with.

    `age` is how many seconds ago, at most, its client wants them to have signed in; empty where it says nothing.
    """

    browser: str
    nonce: str
    verifier: str
    query: str
    at: float
    anew: bool
    age: str


class ProviderSignIn:
    def __init__(
        self,
        issuer: Issuer,
        entrance: Entrance,
        second: SecondFactor,
        pushed: Pushed,
        provider: Provider,
        outside: Outside,
    ) -> None:
        self.issuer, self.entrance, self.second, self._pushed, self._outside = issuer, entrance, second, pushed, outside
        self._provider, self._still_there = provider, StillThere(issuer, provider, outside.seconds)

    async def ask(self, http: HttpRequest) -> Response:
        """The page that leads to the provider, which the browser opens by itself."""
        sent = await self.entrance.before(http)
        if isinstance(sent, Response):
            return sent
        form, current = sent
        try:
            described = await self._provider.described()
        except Unreachable:
            return await self._down(http, current, form.get("query", ""))
        age, prompted = await self._fresh(form.get("query", ""))
        away = Away(
            digest(current.browser),
            granted.identifier(),
            granted.identifier(),
            form.get("query", ""),
            self.issuer.clock().timestamp(),
            prompted or form.get("anew") == "yes",
            age,
        )
        state = granted.identifier()
        kept = orjson.dumps(asdict(away))
        await self.issuer.vault.keep(_KIND, digest(state), kept, until=self.issuer.now() + _LIVES)
        address = add_params_to_uri(described.authorization, self._request(away, state))
        return session.remember(self.issuer, http, pages.go_on(address, self._outside.name), current)

    async def enter(self, http: HttpRequest) -> Response:
        """Who comes back: the state is this browser's and counts once, the issuer is the one that was asked."""
        if wait := await self.entrance.throttle.wait(http):
            return pages.too_often(wait)
        try:
            said = oauth.fields(http.url.query)
        except OAuth2Error as error:
            return pages.refused(error.status_code, error.get_error_description())
        current = await session.of(self.issuer, http)
        content = await self.issuer.vault.take(_KIND, digest(said.get("state", "")))
        away = Away(**orjson.loads(content)) if content else None
        if away is None or away.browser != digest(current.browser):
            return self._page(current, "", "over")
        try:
            answered = await self._said(said, away)
        except Unreachable:
            return await self._down(http, current, away.query)
        if answered is None:
            await self.issuer.events.note(http, "sign-in", _ASKED, allowed=False)
            return self._page(current, away.query, "outside")
        found, refresh = answered
        account = await linked.account(self.issuer.vault, self._outside.issuer, found.subject)
        if account is None:
            await self.issuer.events.note(http, "sign-in", f"{_ASKED}: no account", allowed=False)
            return self._page(current, away.query, "unknown")
        rests = resting.name(self._outside.issuer, found.sid, found.subject, away.at)
        await self._still_there.began(rests, refresh)
        return await self._known(http, current, account, away, found, rests)

    async def _known(
        self, http: HttpRequest, current: Session, account: Account, away: Away, found: SaidOutside, rests: str
    ) -> Response:
        came = Came(self._outside.name, found.at, rests)
        if self._outside.factors and not found.enough:
            asked = f"{_ASKED}: not the factors asked for"
            await self.issuer.events.note(http, "sign-in", asked, about=account.person, allowed=False)
            return self._page(current, away.query, "factors")
        if account.wants_more and not found.enough:
            page = await self.second.asked(current, account, away.query, found.means, came)
            return session.remember(self.issuer, http, page, current)
        return await self.entrance.entered(http, current, account, away.query, found.means, came)

    async def _said(self, said: dict[str, str], away: Away) -> tuple[SaidOutside, str] | None:
        """What the id token says, and the refresh token that came with it, or nothing."""
        described = await self._provider.described()
        named = said.get("iss", "" if described.names_itself else self._outside.issuer)
        if named != self._outside.issuer or "error" in said or not said.get("code"):
            return None
        tokens = await self._provider.exchanged(said["code"], away.verifier)
        claims = await self._provider.claims(tokens[0]) if tokens else None
        if tokens is None or claims is None:
            return None
        found = said_outside.judged(
            claims,
            self._outside,
            nonce=away.nonce,
            now=self.issuer.now(),
            asked=away.at,
            anew=away.anew,
            dated=away.anew or bool(away.age),
        )
        return (found, tokens[1]) if found else None

    async def _fresh(self, query: str) -> tuple[str, bool]:
        """The `max_age` of the request, and whether it prompts for a sign-in; of one that was pushed, what it says."""
        try:
            fields = await self._pushed.of(dict(parse_qsl(query)))
        except OAuth2Error:
            return "", False
        age, prompts = fields.get("max_age", ""), set(fields.get("prompt", "").split())
        said = age if age.isascii() and age.isdecimal() and len(age) < 10 else ""
        return said, bool({"login", "select_account"} & prompts)

    def _request(self, away: Away, state: str) -> list[tuple[str, str]]:
        challenge = base64.urlsafe_b64encode(hashlib.sha256(away.verifier.encode()).digest()).decode().rstrip("=")
        asked: dict[str, Any] = {
            "response_type": "code",
            "client_id": self._outside.client,
            "redirect_uri": self._provider.back,
            "scope": self._outside.scope,
            "state": state,
            "nonce": away.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        if away.age:
            asked["max_age"] = away.age
        if away.anew:
            asked["prompt"] = "login"
        if self._outside.factors:
            asked["acr_values"] = " ".join(self._outside.factors)
        return list(asked.items())

    async def _down(self, http: HttpRequest, current: Session, query: str) -> Response:
        await self.issuer.events.note(http, "sign-in", f"{_ASKED}: it does not answer", allowed=False)
        return self._page(current, query, "down")

    def _page(
        self, current: Session, query: str, wrong: Literal["over", "outside", "unknown", "factors", "down"]
    ) -> Response:
        return pages.sign_in(current.entry, query, ways=self.issuer.ways, wrong=wrong)
