"""A person's session on the sign-in pages: one strict cookie, and forms that only its holder can send.

https://www.rfc-editor.org/rfc/rfc6265#section-5 and https://www.rfc-editor.org/rfc/rfc9700#section-4.7
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

import orjson
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from api.oauth.accounts import Account
from api.oauth.issuer import Issuer, digest

LIFETIME = 3600

_KIND = "oauth-session"


@dataclass(frozen=True, slots=True)
class Session:
    """`cookie` is the browser's secret, `account` None until somebody signed in with it, at `signed_in` (Unix time)."""

    cookie: str
    account: Account | None = None
    signed_in: int = 0

    @property
    def csrf(self) -> str:
        """What a form of this browser carries, and no other site can know."""
        return hashlib.sha256(b"csrf " + self.cookie.encode()).hexdigest()

    def sent(self, form: dict[str, str]) -> bool:
        return hmac.compare_digest(form.get("csrf", "").encode(), self.csrf.encode())


async def of(issuer: Issuer, http: HttpRequest) -> Session:
    """The session of this browser; a new one, of nobody, where it has none or its time is over."""
    cookie = http.cookies.get(_name(issuer), "")
    if not cookie:
        return fresh()
    kept = await issuer.vault.look(_KIND, digest(cookie))
    if kept is None:
        return Session(cookie)
    fields = orjson.loads(kept)
    if fields["until"] <= issuer.now():
        return fresh()
    return Session(cookie, Account(fields["name"], fields["person"]), fields["signed_in"])


def fresh() -> Session:
    return Session(secrets.token_urlsafe(32))


async def begin(issuer: Issuer, account: Account) -> Session:
    """A session under a new cookie, so that one planted before the sign-in is worth nothing."""
    session = Session(fresh().cookie, account, issuer.now())
    until = session.signed_in + LIFETIME
    fields = {"name": account.name, "person": account.person, "signed_in": session.signed_in, "until": until}
    await issuer.vault.keep(_KIND, digest(session.cookie), orjson.dumps(fields), until=until)
    return session


async def end(issuer: Issuer, session: Session) -> None:
    await issuer.vault.take(_KIND, digest(session.cookie))


def remember(issuer: Issuer, response: Response, session: Session) -> Response:
    """Set the cookie: HttpOnly, SameSite=Strict, and Secure where we are reached by https; gone with the browser."""
    response.set_cookie(
        _name(issuer), session.cookie, path="/", secure=_secure(issuer), httponly=True, samesite="strict"
    )
    return response


def _secure(issuer: Issuer) -> bool:
    return issuer.url.startswith("https:")


def _name(issuer: Issuer) -> str:
    return "__Host-tsunagu" if _secure(issuer) else "tsunagu"
