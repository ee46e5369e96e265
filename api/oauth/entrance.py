"""What every way of signing in shares: forms of our own pages only, waits after failures, a new session, the trail.

https://pages.nist.gov/800-63-4/sp800-63b.html#sec4
"""

from __future__ import annotations

from authlib.oauth2.base import OAuth2Error
from starlette.requests import Request as HttpRequest
from starlette.responses import RedirectResponse, Response

from api.oauth import accounts, attempts, session
from api.oauth import request as oauth
from api.oauth.accounts import Account
from api.oauth.attempts import Attempts, Who
from api.oauth.issuer import Issuer
from api.oauth.resting import Came
from api.oauth.session import Session
from api.oauth.throttle import Throttle
from api.pages import sign_in as pages

_HERE = Came()


class Entrance:
    def __init__(self, issuer: Issuer, throttle: Throttle) -> None:
        self.issuer, self.throttle = issuer, throttle
        self.attempts = Attempts(issuer.vault, issuer.clock)

    async def form(self, http: HttpRequest) -> dict[str, str] | Response:
        """The fields of a form, or the page that refuses them: too many from there, or no form."""
        if wait := await self.throttle.wait(http):
            return pages.too_often(wait)
        try:
            return await oauth.form(http)
        except OAuth2Error as error:
            return pages.refused(error.status_code, error.get_error_description())

    async def before(self, http: HttpRequest) -> tuple[dict[str, str], Session] | Response:
        """The fields and the session of a form by which somebody signs in."""
        form = await self.form(http)
        if isinstance(form, Response):
            return form
        current = await session.of(self.issuer, http)
        if not session.at_home(self.issuer, http) or not current.entered(form):
            return pages.refused(403, "this form was not sent by the page that asked")
        return form, current

    async def inside(self, http: HttpRequest) -> tuple[dict[str, str], Session, Account] | Response:
        """The fields, the session and the account of a form that only the person who is signed in can send."""
        form = await self.form(http)
        if isinstance(form, Response):
            return form
        current = await session.of(self.issuer, http)
        if current.account is None or not session.at_home(self.issuer, http) or not current.sent(form):
            return pages.refused(403, "this form was not sent by the page that asked")
        return form, current, current.account

    async def who(self, http: HttpRequest, current: Session, name: str) -> Who:
        """Whom failures with this name count for, from here."""
        device = await session.device(self.issuer, current, name)
        return attempts.who(name, self.issuer.sources.of(http), device)

    async def entered(
        self,
        http: HttpRequest,
        current: Session,
        account: Account,
        query: str,
        means: tuple[str, ...],
        came: Came = _HERE,
    ) -> Response:
        """A new session; then on to what was asked for before, which is always a page of ours.

        `means` are what was shown, as RFC 8176 names them.
        """
        await session.leave(self.issuer, current)
        begun = await session.begin(self.issuer, current.browser, account, means, came)
        asked = f"sign-in ({', '.join((*filter(None, [came.via]), *means))})"
        await self.issuer.events.note(http, "sign-in", asked, person=account.person)
        address = f"/oauth/authorize?{query}" if query else "/sign-in"
        return session.remember(self.issuer, http, RedirectResponse(address, 303, pages.HEADERS), begun)

    async def failed(self, http: HttpRequest, name: str, who: Who, asked: str = "sign-in") -> None:
        """A name that is no account's is not put on the trail, since it may be a password; that it failed is."""
        begun = [line.name.partition(" ")[0] for line in await self.attempts.failed(who)]
        account = await accounts.find(self.issuer.vault, name)
        person = account.person if account else ""
        await self.issuer.events.note(http, "sign-in", asked, about=person, allowed=False)
        if await self.attempts.begun(who):
            begun.append("device" if not who.shared else "address and account")
        for what in begun:
            asked = f"failed sign-ins: this {what} has to wait"
            await self.issuer.events.note(http, "security-alert", asked, about=person, allowed=False)
