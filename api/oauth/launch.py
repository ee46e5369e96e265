"""The context of a launch: which person and household an app is opened for, chosen here or by who opens the app.

https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#launch-app-ehr-launch
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import orjson
from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.rfc6749.errors import InvalidRequestError
from starlette.requests import Request as HttpRequest
from starlette.responses import RedirectResponse, Response

from api.oauth import granted, session
from api.oauth import request as oauth
from api.oauth.accounts import Account
from api.oauth.bearer import Bearer
from api.oauth.clients import Client
from api.oauth.households import Households
from api.oauth.issuer import Issuer, digest
from api.oauth.pushed import Pushed
from api.oauth.session import Session
from api.pages import sign_in as pages
from consent.actor import Actor
from resources.record.problem import Problem

HERE, BY_OPENER = "launch/patient", "launch"
"""The words of a scope that ask for a context: chosen on our page, or by the application that opens this one."""

CHOSEN = "tsunagu_context"
"""The field of an authorization request in which our own page says what was chosen."""

_KIND = "oauth-launch"
_LIVES = 600


@dataclass(frozen=True, slots=True)
class Context:
    """`patient` is `Patient/id`, `households` are `Group/id`; `holder` is the session or the person that it is for."""

    patient: str
    households: tuple[str, ...]
    holder: str
    name: str = ""


class Launch:
    def __init__(self, issuer: Issuer, households: Households, bearer: Bearer, pushed: Pushed) -> None:
        self.issuer, self.households, self.bearer, self.pushed = issuer, households, bearer, pushed

    async def of(self, fields: dict[str, str], scope: str, current: Session) -> Context | None:
        """The context that is there for what was granted; None where none is yet. Raises InvalidRequestError.

        What was chosen in one session counts in no other, and what one person opened for none but that person.
        """
        words = scope.split()
        if BY_OPENER in words and "launch" in fields:
            return await self._kept(fields["launch"], current.account.person if current.account else "")
        if HERE in words and CHOSEN in fields:
            return await self._kept(fields[CHOSEN], digest(current.cookie))
        if BY_OPENER in words and HERE not in words:
            raise InvalidRequestError("the scope says launch, and there is no launch")
        return None

    async def opened(self, http: HttpRequest) -> dict[str, Any]:
        """POST by an application that opens another for one of its persons: the `launch` to open it with."""
        actor = await self._opener(http)
        form = await oauth.form(http)
        if (context := await self._context(actor, form.get("patient", ""), actor.person)) is None:
            raise InvalidRequestError("patient is none that the person may see")
        return {"launch": await self._keep(context), "expires_in": _LIVES}

    async def choose(self, http: HttpRequest) -> Response:
        """POST by our own page: look for a person by name, or take one."""
        try:
            form = await oauth.form(http)
            current = await session.of(self.issuer, http)
            fields = await self.pushed.of(oauth.fields(form.get("query", "")))
            if current.account is None or not session.at_home(self.issuer, http) or not current.sent(form):
                return pages.refused(403, "this form was not sent by the page that asked")
            client, actor = await self._actor(http, fields, current.account)
        except OAuth2Error as error:
            return pages.refused(error.status_code, error.get_error_description())
        query = form["query"]
        if "patient" in form:
            context = await self._context(actor, form["patient"], digest(current.cookie))
            if context is not None:
                address = f"/oauth/authorize?{query}&{CHOSEN}={await self._keep(context)}"
                return RedirectResponse(address, 303, pages.HEADERS)
        name = form.get("name", "")
        found = await self.households.named(actor, name) if name else ()
        shown = [(one.reference, one.name, one.born) for one in found]
        return pages.choose(current.csrf, query, name, shown, client=client.name)

    async def _actor(self, http: HttpRequest, fields: dict[str, str], account: Account) -> tuple[Client, Actor]:
        client = await self.issuer.client(fields.get("client_id", ""))
        if client is None:
            raise InvalidRequestError("the client is not registered")
        _, asked = granted.narrow(self.issuer.granular, client, fields.get("scope"), person=True)
        http.scope["client_id"] = client.client_id
        return client, self.households.asking(account, client, asked, http.scope.get("request_id", ""))

    async def _opener(self, http: HttpRequest) -> Actor:
        """The person for whom the application that opens acts: with a token of theirs that reads patients."""
        try:
            actor = await self.bearer.actor(
                http.headers.get("authorization"), http.scope.get("request_id", ""), self.issuer.clock()
            )
        except Problem:
            raise OAuth2Error("the access token is not valid here", status_code=401, error="invalid_token") from None
        if not actor.person:
            raise OAuth2Error("a launch is opened by a person", status_code=403, error="insufficient_scope")
        http.scope["client_id"] = actor.client
        return actor

    async def _context(self, actor: Actor, patient: str, holder: str) -> Context | None:
        found = await self.households.one(actor, patient)
        if found is None:
            return None
        try:
            households = await self.households.of(actor, found.reference)
        except Problem:  # a scope that does not reach households opens a launch without one
            households = ()
        return Context(found.reference, households, holder, found.name)

    async def _keep(self, context: Context) -> str:
        name = granted.identifier()
        until = self.issuer.now() + _LIVES
        await self.issuer.vault.keep(_KIND, digest(name), orjson.dumps(asdict(context)), until=until)
        return name

    async def _kept(self, name: str, holder: str) -> Context:
        content = await self.issuer.vault.look(_KIND, digest(name))
        fields = orjson.loads(content) if content else {"holder": ""}
        if not holder or fields["holder"] != holder:
            raise InvalidRequestError("the launch is not known, is over, or is for somebody else")
        return Context(**fields | {"households": tuple(fields["households"])})
