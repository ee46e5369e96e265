"""Signing in and out with a password, and with digits or a passkey after it where the account wants more.

https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html
"""

from __future__ import annotations

from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from api.oauth import accounts, second_factor, session
from api.oauth.entrance import Entrance
from api.oauth.issuer import Issuer
from api.oauth.second_factor import SecondFactor
from api.oauth.session import Session
from api.pages import sign_in as pages

BY_DIGITS = ("otp", "mfa")
"""What digits add. https://www.rfc-editor.org/rfc/rfc8176#section-2"""


class SignIn:
    def __init__(self, issuer: Issuer, entrance: Entrance, second: SecondFactor) -> None:
        self.issuer, self.entrance, self.second = issuer, entrance, second

    async def show(self, http: HttpRequest) -> Response:
        """The sign-in page, or who is signed in."""
        current = await session.of(self.issuer, http)
        name = current.account.name if current.account else ""
        page = (
            pages.signed_in(current.csrf, name, current.came.via)
            if name
            else pages.sign_in(current.entry, ways=self.issuer.ways)
        )
        return session.remember(self.issuer, http, page, current)

    async def enter(self, http: HttpRequest) -> Response:
        """Verify the password; then on to what was asked for before, which is always a page of ours."""
        sent = await self.entrance.before(http)
        if isinstance(sent, Response):
            return sent
        form, current = sent
        name, query, ways = accounts.folded(form.get("name", "")), form.get("query", ""), self.issuer.ways
        who = await self.entrance.who(http, current, name)
        if seconds := await self.entrance.attempts.wait(who):
            return pages.sign_in(current.entry, query, ways=ways, name=name, wrong="wait", seconds=seconds)
        account = await accounts.verified(self.issuer.vault, name, form.get("password", ""))
        if account is None:
            await self.entrance.failed(http, name, who)
            return pages.sign_in(current.entry, query, ways=ways, name=name, wrong="password")
        if account.wants_more:
            return session.remember(self.issuer, http, await self.second.asked(current, account, query), current)
        await self.entrance.attempts.forgive(who)
        return await self.entrance.entered(http, current, account, query, second_factor.WITH_PASSWORD)

    async def prove(self, http: HttpRequest) -> Response:
        """Verify the digits of an authenticator app, of somebody whose password was right; a failure counts alike."""
        sent = await self.entrance.before(http)
        if isinstance(sent, Response):
            return sent
        form, current = sent
        awaited = await self.second.pending(current, form)
        if awaited is None:
            return pages.sign_in(current.entry, ways=self.issuer.ways)
        account, before = awaited
        query = before.query
        who = await self.entrance.who(http, current, account.name)
        if seconds := await self.entrance.attempts.wait(who):
            return pages.sign_in(
                current.entry, query, ways=self.issuer.ways, name=account.name, wrong="wait", seconds=seconds
            )
        if not await self.second.proves(account, form.get("code", "")):
            await self.entrance.failed(http, account.name, who)
            return pages.second(
                current.entry,
                form["pending"],
                query,
                digits=bool(account.secret),
                passkey=bool(account.passkeys),
                wrong=True,
            )
        if not await self.second.over(form):
            return pages.sign_in(current.entry, ways=self.issuer.ways)
        await self.entrance.attempts.forgive(who)
        means = tuple(dict.fromkeys((*before.means, *BY_DIGITS)))
        return await self.entrance.entered(http, current, account, query, means, before.came)

    async def ask_to_leave(self, http: HttpRequest) -> Response:
        current = await session.of(self.issuer, http)
        name = current.account.name if current.account else ""
        return session.remember(self.issuer, http, pages.sign_out(current.csrf, name, current.came.via), current)

    async def leave(self, http: HttpRequest) -> Response:
        """End this session and what was granted in it; where the form says so, everything of the account."""
        form = await self.entrance.form(http)
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
        return session.remember(
            self.issuer, http, pages.signed_out(everywhere, current.came.via), Session(current.browser)
        )
