"""A person's session on the sign-in pages: two cookies that no other site can use, and forms that only they can send.

`browser` stays and says nothing of a person: a form of the sign-in belongs to it, and an account is known from it.
`session` is new at each sign-in. https://www.rfc-editor.org/rfc/rfc6265#section-5 and
https://www.rfc-editor.org/rfc/rfc9700#section-4.7
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass

import orjson
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from api.oauth import accounts, resting
from api.oauth.accounts import Account
from api.oauth.issuer import Issuer, digest
from api.oauth.resting import Came

LIFETIME = 3600
KNOWN_FOR = 90 * 86_400
"""How long an account is known from a browser that it was used from."""

_KIND, _DEVICE, _GRANTS, _GRANT = "oauth-session", "oauth-device", "oauth-session-grants", "oauth-session-grant"
_MOST_GRANTS = 1000
_HERE = Came()


@dataclass(frozen=True, slots=True)
class Session:
    """`cookie` is empty, and `account` None, until somebody signed in, at `signed_in` (Unix time), by these `means`.

    `came` says of the provider of others at which that was.
    """

    browser: str
    cookie: str = ""
    account: Account | None = None
    signed_in: int = 0
    means: tuple[str, ...] = ()
    came: Came = _HERE
    until: int = 0

    @property
    def csrf(self) -> str:
        """What a form carries that the person who is signed in sends, and no other site can know."""
        return _sealed(self.cookie or self.browser)

    @property
    def entry(self) -> str:
        """What a form of the sign-in carries: it stays good when somebody signs in in another tab."""
        return _sealed(self.browser)

    def sent(self, form: dict[str, str]) -> bool:
        return hmac.compare_digest(form.get("csrf", "").encode(), self.csrf.encode())

    def entered(self, form: dict[str, str]) -> bool:
        return self.sent(form) or hmac.compare_digest(form.get("csrf", "").encode(), self.entry.encode())


async def of(issuer: Issuer, http: HttpRequest) -> Session:
    """The session of this browser, of nobody where there is none, it is over, or its account was reset or locked."""
    browser = http.cookies.get(_name(issuer, "-browser"), "") or secrets.token_urlsafe(32)
    cookie = http.cookies.get(_name(issuer), "")
    content = await issuer.vault.look(_KIND, digest(cookie)) if cookie else None
    if content is None:
        return Session(browser)
    fields = orjson.loads(content)
    account = await accounts.find(issuer.vault, fields["name"])
    if not issuer.lives(fields["until"], LIFETIME) or account is None or account.mark != fields["mark"]:
        return Session(browser)
    came = Came(fields.get("via", ""), fields["signed_in"], fields.get("rests", ""))
    if came.rests and not resting.stands(came.rests, await issuer.vault.look_at(*resting.places(came.rests))):
        return Session(browser)
    return Session(
        browser,
        cookie,
        account,
        fields["signed_in"],
        tuple(fields.get("means", ())),
        came,
        fields["until"],
    )


def at_home(issuer: Issuer, http: HttpRequest) -> bool:
    """Whether a form came from a page of ours, as far as the browser says: old ones say nothing."""
    elsewhere = http.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
    return not elsewhere and http.headers.get("origin", issuer.url) == issuer.url


async def begin(issuer: Issuer, browser: str, account: Account, means: tuple[str, ...], came: Came = _HERE) -> Session:
    """A session under a new cookie, so that one planted before the sign-in is worth nothing."""
    session = Session(browser, secrets.token_urlsafe(32), account, came.since or issuer.now(), means, came)
    until = issuer.now() + LIFETIME
    fields = {
        "name": account.name,
        "mark": account.mark,
        "signed_in": session.signed_in,
        "until": until,
        "means": means,
        "via": came.via,
        "rests": came.rests,
    }
    await issuer.vault.keep(_KIND, digest(session.cookie), orjson.dumps(fields), until=until)
    await issuer.vault.replace(_DEVICE, _device(browser, account.name), b"", until=issuer.now() + KNOWN_FOR)
    return session


async def device(issuer: Issuer, session: Session, name: str) -> str:
    """What this browser is called among those that the account was used from; empty where it was not."""
    known = await issuer.vault.look(_DEVICE, _device(session.browser, name))
    return "" if known is None else digest(session.browser)


async def granted(issuer: Issuer, session: Session, grant: str) -> bool:
    """Note what was granted in this session, so that it ends with it; False where it has ended meanwhile."""
    until = issuer.now() + LIFETIME + issuer.longest
    count = await issuer.vault.tally(_GRANTS, digest(session.cookie), until=until)
    await issuer.vault.keep(_GRANT, f"{digest(session.cookie)} {count}", grant.encode(), until=until)
    return count <= _MOST_GRANTS and await issuer.vault.look(_KIND, digest(session.cookie)) is not None


async def leave(issuer: Issuer, session: Session) -> None:
    """The session alone is over, as when somebody signs in anew: what was granted in it goes on."""
    if session.cookie:
        await issuer.vault.take(_KIND, digest(session.cookie))


async def end(issuer: Issuer, session: Session) -> None:
    """End the session, and every code and token that was granted in it."""
    if not session.cookie:
        return
    name = digest(session.cookie)
    await issuer.vault.take(_KIND, name)
    for count in range(1, await issuer.vault.tally(_GRANTS, name, until=issuer.now() + 1)):
        if grant := await issuer.vault.take(_GRANT, f"{name} {count}"):
            await issuer.revoke(grant.decode())


def remember(issuer: Issuer, http: HttpRequest, response: Response, session: Session) -> Response:
    """Set the cookies that are new, and none into a page that another site embeds.

    HttpOnly, SameSite=Lax (an application on another site leads here, and the person is still signed in), Secure and
    bound to the host where we are reached by https.
    """
    if http.headers.get("sec-fetch-mode", "navigate") != "navigate":
        return response
    for suffix, value, age in (("-browser", session.browser, KNOWN_FOR), ("", session.cookie, None)):
        name = _name(issuer, suffix)
        if value and http.cookies.get(name) != value:
            response.set_cookie(
                name, value, max_age=age, path="/", secure=_secure(issuer), httponly=True, samesite="lax"
            )
        elif not value and name in http.cookies:
            response.delete_cookie(name, path="/", secure=_secure(issuer), httponly=True, samesite="lax")
    return response


def _sealed(cookie: str) -> str:
    return hashlib.sha256(b"csrf " + cookie.encode()).hexdigest()


def _device(browser: str, account: str) -> str:
    return f"{digest(browser)} {account}"


def _secure(issuer: Issuer) -> bool:
    return issuer.url.startswith("https:")


def _name(issuer: Issuer, suffix: str = "") -> str:
    return f"{'__Host-' if _secure(issuer) else ''}tsunagu{suffix}"
