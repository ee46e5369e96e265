"""Signing in and out with a password.

https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html
"""

from __future__ import annotations

from authlib.oauth2.base import OAuth2Error
from starlette.requests import Request as HttpRequest
from starlette.responses import RedirectResponse, Response

from api.oauth import accounts, session
from api.oauth import request as oauth
from api.oauth.issuer import Issuer
from api.oauth.throttle import Throttle
from api.pages import sign_in as pages


class SignIn:
    def __init__(self, issuer: Issuer, throttle: Throttle) -> None:
        self.issuer, self.throttle = issuer, throttle

    async def show(self, http: HttpRequest) -> Response:
        """The sign-in page, or who is signed in."""
        current = await session.of(self.issuer, http)
        name = current.account.name if current.account else ""
        page = pages.signed_in(current.csrf, name) if name else pages.sign_in(current.csrf)
        return session.remember(self.issuer, page, current)

    async def enter(self, http: HttpRequest) -> Response:
        """Verify the password; then on to what was asked for before, which is always a page of ours."""
        if wait := await self.throttle.wait(http):
            return pages.too_often(wait)
        try:
            form = await oauth.form(http)
        except OAuth2Error as error:
            return pages.refused(error.status_code, error.get_error_description())
        current = await session.of(self.issuer, http)
        name, query = form.get("name", ""), form.get("query", "")
        if not current.sent(form):
            return pages.refused(403, "this form was not sent by the page that asked")
        try:
            password = form.get("password", "")
            account = await accounts.verified(self.issuer.vault, name, password, self.issuer.clock().timestamp())
        except accounts.Locked:
            return pages.sign_in(current.csrf, query, name=name, wrong="locked", minutes=accounts.LOCKED_FOR // 60)
        if account is None:
            return pages.sign_in(current.csrf, query, name=name, wrong="password")
        await session.end(self.issuer, current)
        address = f"/oauth/authorize?{query}" if query else "/sign-in"
        begun = await session.begin(self.issuer, account)
        return session.remember(self.issuer, RedirectResponse(address, 303, pages.HEADERS), begun)

    async def ask_to_leave(self, http: HttpRequest) -> Response:
        current = await session.of(self.issuer, http)
        name = current.account.name if current.account else ""
        return session.remember(self.issuer, pages.sign_out(current.csrf, name), current)

    async def leave(self, http: HttpRequest) -> Response:
        try:
            form = await oauth.form(http)
        except OAuth2Error as error:
            return pages.refused(error.status_code, error.get_error_description())
        current = await session.of(self.issuer, http)
        if not current.sent(form):
            return pages.refused(403, "this form was not sent by the page that asked")
        await session.end(self.issuer, current)
        return session.remember(self.issuer, pages.signed_out(), session.fresh())
