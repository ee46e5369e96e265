"""Signing in and out with a password.

https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html
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
from api.oauth.second_factor import SecondFactor
from api.oauth.session import Session
from api.oauth.throttle import Throttle
from api.pages import sign_in as pages


class SignIn:
    def __init__(self, issuer: Issuer, throttle: Throttle) -> None:
        self.issuer, self.throttle = issuer, throttle
        self.attempts = Attempts(issuer.vault, issuer.clock)
        self.second = SecondFactor(issuer)

    async def show(self, http: HttpRequest) -> Response:
        """The sign-in page, or who is signed in."""
        current = await session.of(self.issuer, http)
        name = current.account.name if current.account else ""
        page = pages.signed_in(current.csrf, name) if name else pages.sign_in(current.entry)
        return session.remember(self.issuer, http, page, current)

    async def enter(self, http: HttpRequest) -> Response:
        """Verify the password; then on to what was asked for before, which is always a page of ours."""
        form = await self._form(http)
        if isinstance(form, Response):
            return form
        current = await session.of(self.issuer, http)
        name, query = accounts.folded(form.get("name", "")), form.get("query", "")
        if not session.at_home(self.issuer, http) or not current.entered(form):
            return pages.refused(403, "this form was not sent by the page that asked")
        device = await session.device(self.issuer, current, name)
        who = attempts.who(name, self.issuer.sources.of(http), device)
        if seconds := await self.attempts.wait(who):
            return pages.sign_in(current.entry, query, name=name, wrong="wait", seconds=seconds)
        account = await accounts.verified(self.issuer.vault, name, form.get("password", ""))
        if account is None:
            await self._failed(http, name, who)
            return pages.sign_in(current.entry, query, name=name, wrong="password")
        if account.secret:
            return session.remember(self.issuer, http, await self.second.asked(current, account, query), current)
        await self.attempts.forgive(who)
        return await self._entered(http, current, account, query)

    async def prove(self, http: HttpRequest) -> Response:
        """Verify the digits of an authenticator app, of somebody whose password was right; a failure counts alike."""
        form = await self._form(http)
        if isinstance(form, Response):
            return form
        current = await session.of(self.issuer, http)
        if not session.at_home(self.issuer, http) or not current.entered(form):
            return pages.refused(403, "this form was not sent by the page that asked")
        awaited = await self.second.pending(current, form)
        if awaited is None:
            return pages.sign_in(current.entry)
        account, query = awaited
        device = await session.device(self.issuer, current, account.name)
        who = attempts.who(account.name, self.issuer.sources.of(http), device)
        if seconds := await self.attempts.wait(who):
            return pages.sign_in(current.entry, query, name=account.name, wrong="wait", seconds=seconds)
        if not await self.second.proves(account, form.get("code", "")):
            await self._failed(http, account.name, who)
            return pages.second(current.entry, form["pending"], wrong=True)
        if not await self.second.over(form):
            return pages.sign_in(current.entry)
        await self.attempts.forgive(who)
        return await self._entered(http, current, account, query)

    async def set_up(self, http: HttpRequest) -> Response:
        """Set up one-time passwords, by the form that only the signed-in person has; wrong passwords count alike."""
        form = await self._form(http)
        if isinstance(form, Response):
            return form
        current = await session.of(self.issuer, http)
        if current.account is None or not session.at_home(self.issuer, http) or not current.sent(form):
            return pages.refused(403, "this form was not sent by the page that asked")
        device = await session.device(self.issuer, current, current.account.name)
        who = attempts.who(current.account.name, self.issuer.sources.of(http), device)
        if seconds := await self.attempts.wait(who):
            return pages.too_often(seconds)
        page = await self.second.set_up(current, form)
        if page.status_code != 200:
            await self._failed(http, current.account.name, who)
            return page
        await self.attempts.forgive(who)
        person = current.account.person
        await self.issuer.events.note(http, "administration", "one-time passwords set up", person=person)
        return page

    async def ask_to_leave(self, http: HttpRequest) -> Response:
        current = await session.of(self.issuer, http)
        name = current.account.name if current.account else ""
        return session.remember(self.issuer, http, pages.sign_out(current.csrf, name), current)

    async def leave(self, http: HttpRequest) -> Response:
        """End this session and what was granted in it; where the form says so, everything of the account."""
        form = await self._form(http)
        if isinstance(form, Response):
            return form
        current = await session.of(self.issuer, http)
        if not session.at_home(self.issuer, http) or not current.sent(form):
            return pages.refused(403, "this form was not sent by the page that asked")
        everywhere = form.get("everywhere") == "yes"
        await session.end(self.issuer, current)
        if current.account:
            if everywhere:
                await accounts.end_everything(self.issuer.vault, current.account.name)
            asked = "sign-out everywhere" if everywhere else "sign-out"
            await self.issuer.events.note(http, "sign-out", asked, person=current.account.person)
        return session.remember(self.issuer, http, pages.signed_out(everywhere), Session(current.browser))

    async def _form(self, http: HttpRequest) -> dict[str, str] | Response:
        if wait := await self.throttle.wait(http):
            return pages.too_often(wait)
        try:
            return await oauth.form(http)
        except OAuth2Error as error:
            return pages.refused(error.status_code, error.get_error_description())

    async def _entered(self, http: HttpRequest, current: Session, account: Account, query: str) -> Response:
        await session.leave(self.issuer, current)
        begun = await session.begin(self.issuer, current.browser, account)
        await self.issuer.events.note(http, "sign-in", "sign-in", person=account.person)
        address = f"/oauth/authorize?{query}" if query else "/sign-in"
        return session.remember(self.issuer, http, RedirectResponse(address, 303, pages.HEADERS), begun)

    async def _failed(self, http: HttpRequest, name: str, who: Who) -> None:
        """A name that is no account's is not put on the trail, since it may be a password; that it failed is."""
        begun = [line.name.partition(" ")[0] for line in await self.attempts.failed(who)]
        account = await accounts.find(self.issuer.vault, name)
        person = account.person if account else ""
        await self.issuer.events.note(http, "sign-in", "sign-in", about=person, allowed=False)
        if await self.attempts.begun(who):
            begun.append("device" if not who.shared else "address and account")
        for what in begun:
            asked = f"failed sign-ins: this {what} has to wait"
            await self.issuer.events.note(http, "security-alert", asked, about=person, allowed=False)
