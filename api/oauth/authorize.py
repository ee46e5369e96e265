"""The authorization endpoint: a person signs in, sees what is asked, and says yes or no.

https://www.rfc-editor.org/rfc/rfc6749#section-3.1 and
https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#obtain-authorization-code
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlencode, urlsplit

import orjson
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.rfc6749.errors import AccessDeniedError, InvalidRequestError, UnsupportedResponseTypeError
from starlette.requests import Request as HttpRequest
from starlette.responses import RedirectResponse, Response

from api.oauth import clients, granted, grants, launch, purpose, pushed, session
from api.oauth import request as oauth
from api.oauth.clients import Client
from api.oauth.granted import Granted
from api.oauth.issuer import CODE_LIFETIME, Issuer, digest
from api.oauth.launch import Context, Launch
from api.oauth.pushed import Pushed
from api.oauth.request import Code, Request
from api.oauth.session import Session
from api.pages import sign_in


class Authorize:
    def __init__(self, issuer: Issuer, launch: Launch, pushed: Pushed) -> None:
        self.issuer, self.launch, self.pushed = issuer, launch, pushed

    async def ask(self, http: HttpRequest) -> Response:
        """GET or POST by the client: the sign-in page, or the page to confirm where somebody is signed in.

        A form posted from another site brings no cookie of ours: it is asked again by GET, which does.
        """
        try:
            fields = await oauth.form(http) if http.method == "POST" else oauth.fields(http.url.query)
            if http.method == "POST" and http.headers.get("sec-fetch-site") == "cross-site":
                return self._again(fields)
            sent, fields = fields, await self.pushed.of(fields)
            client = await self._client(http, fields)
        except OAuth2Error as error:
            return sign_in.refused(error.status_code, error.get_error_description())
        current = await session.of(self.issuer, http)
        try:
            _, scope, purpose_of_use = self._valid(fields, client)
            anew = self._must_sign_in(fields, current)
            context = None if anew or current.account is None else await self.launch.of(fields, scope, current)
        except OAuth2Error as error:
            return await self._refused(http, sent, fields, client, current, error)
        query = urlencode({name: value for name, value in sent.items() if name != "prompt"})
        prompted = bool({"login", "select_account"} & set(fields.get("prompt", "").split()))
        if anew or current.account is None:
            page = sign_in.sign_in(
                current.entry, query, ways=replace(self.issuer.ways, anew=prompted), client=client.name
            )
        elif launch.HERE in scope.split() and context is None:
            page = sign_in.choose(current.csrf, query, client=client.name)
        else:
            page = sign_in.confirm(
                current.csrf,
                query,
                _origin(fields["redirect_uri"]),
                client=client.name,
                account=current.account.name,
                purpose=purpose.display(purpose_of_use),
                words=scope,
                about=context.name if context else "",
            )
        return session.remember(self.issuer, http, page, current)

    async def decide(self, http: HttpRequest) -> Response:
        """POST by our own page: yes or no, from the browser that was asked."""
        try:
            form = await oauth.form(http)
            current = await session.of(self.issuer, http)
            if not session.at_home(self.issuer, http):
                return sign_in.refused(403, "this form was not sent by the page that asked")
            sent = oauth.fields(form.get("query", ""))
            if current.account is None or not current.sent(form):
                return self._again(sent)
            fields = await self.pushed.of(sent)
            client = await self._client(http, fields)
        except OAuth2Error as error:
            return sign_in.refused(error.status_code, error.get_error_description())
        try:
            request, scope, purpose_of_use = self._valid(fields, client)
            if form.get("answer") != "allow":
                raise AccessDeniedError("the person said no")
            context = await self.launch.of(fields, scope, current)
            if launch.HERE in scope.split() and context is None:
                return self._again(sent)
            if not await self.pushed.spend(sent):
                raise InvalidRequestError("the pushed request was used before")
        except OAuth2Error as error:
            return self._back(fields, error.get_body())
        code = await self._code(request, client, current, scope, purpose_of_use, context)
        return self._back(fields, [("code", code)]) if code else self._again(sent)

    async def _refused(
        self,
        http: HttpRequest,
        sent: dict[str, str],
        fields: dict[str, str],
        client: Client,
        current: Session,
        error: OAuth2Error,
    ) -> Response:
        """Back with the error, once it is known who is there: no link sends a stranger to a client (RFC 9700 4.11.2).

        A request that forbids pages is answered at once.
        """
        if current.account is not None or "none" in fields.get("prompt", "").split():
            return self._back(fields, error.get_body())
        page = sign_in.sign_in(current.entry, urlencode(sent), ways=self.issuer.ways, client=client.name)
        return session.remember(self.issuer, http, page, current)

    def _again(self, fields: dict[str, str]) -> Response:
        """The person has changed or gone since the page was shown, in another tab perhaps: it is asked anew."""
        return RedirectResponse(f"/oauth/authorize?{urlencode(fields)}", 303, sign_in.HEADERS)

    async def _client(self, http: HttpRequest, fields: dict[str, str]) -> Client:
        """The client, once it and the redirect_uri are sure: before that, nobody is sent anywhere."""
        client = await clients.find(self.issuer.vault, fields.get("client_id", ""))
        if client is None:
            raise InvalidRequestError("the client is not registered")
        http.scope["client_id"] = client.client_id  # for the log
        if not client.check_redirect_uri(fields.get("redirect_uri", "")):
            raise InvalidRequestError("the redirect_uri is not one of the client")
        return client

    def _valid(self, fields: dict[str, str], client: Client) -> tuple[Request, str, str]:
        request = Request("POST", self.issuer.authorization_endpoint, oauth.checked(fields))
        if fields.get("response_type") != "code":
            raise UnsupportedResponseTypeError("code")
        about_records = set(fields.get("scope", "").split()) != {"openid"}
        if (about_records or "aud" in fields) and fields.get("aud", "").removesuffix("/") != self.issuer.fhir:
            raise InvalidRequestError("aud is not the FHIR base of this server")
        if fields.get("response_mode", "query") != "query":
            raise InvalidRequestError("response_mode must be query")
        for name in ("request", "request_uri"):
            if name in fields:
                raise OAuth2Error(f"{name} is not supported", error=f"{name}_not_supported")
        core = grants.Core(self.issuer, client)
        core.get_authorization_grant(request).validate_authorization_request()
        return request, *granted.narrow(self.issuer.granular, client, fields.get("scope"), person=True)

    def _must_sign_in(self, fields: dict[str, str], current: Session) -> bool:
        """Whether a sign-in is asked for anew. Raises where pages are forbidden: a person confirms every time.

        https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest
        """
        prompts = fields.get("prompt", "").split()
        if set(prompts) - {"none", "login", "consent", "select_account"} or ("none" in prompts and len(prompts) > 1):
            raise InvalidRequestError("prompt is none, or some of login, consent, select_account")
        if "none" in prompts:
            raise OAuth2Error(error="interaction_required" if current.account else "login_required")
        age = fields.get("max_age", "")
        if age and not (age.isdecimal() and len(age) < 10):
            raise InvalidRequestError("max_age is no number of seconds")
        since = int(fields.get(pushed.AT, "0"))
        if since and current.signed_in > since:
            return False
        return bool({"login", "select_account"} & set(prompts)) or bool(
            age and self.issuer.now() - current.signed_in > int(age)
        )

    async def _code(
        self,
        request: Request,
        client: Client,
        current: Session,
        scope: str,
        purpose_of_use: str,
        context: Context | None,
    ) -> str:
        account = current.account
        assert account is not None
        grant = Granted(
            id=granted.identifier(),
            client=client.client_id,
            subject=account.subject,
            person=account.person,
            scope=scope,
            purpose=purpose_of_use,
            signed_in=current.signed_in,
            nonce=request.form.get("nonce", ""),
            client_mark=client.mark,
            account_mark=account.mark,
            patient=context.patient if context else "",
            households=context.households if context else (),
            means=current.means,
            session_ends=current.until,
            rests=current.came.rests,
        )
        code = granted.identifier()
        until = self.issuer.clock().timestamp() + CODE_LIFETIME
        form = request.form
        kept = orjson.dumps(
            Code(grant, form["redirect_uri"], form["code_challenge"], until, jkt=form.get("dpop_jkt", ""))
        )
        await self.issuer.vault.keep("oauth-code", digest(code), kept, until=until)
        if await session.granted(self.issuer, current, grant.id):
            return code
        await self.issuer.revoke(grant.id)
        return ""

    def _back(self, fields: dict[str, str], said: list[tuple[str, str]]) -> Response:
        """Back to the client, with its state as it came and our name (RFC 9207)."""
        said = [(name, value) for name, value in said if name != "state"]
        if "state" in fields:
            said.append(("state", fields["state"]))
        uri = add_params_to_uri(fields["redirect_uri"], [*said, ("iss", self.issuer.url)])
        return RedirectResponse(uri, 303, headers={"cache-control": "no-store", "referrer-policy": "no-referrer"})


def _origin(redirect_uri: str) -> str:
    """Where the confirming form may lead to, as a Content-Security-Policy source."""
    parts = urlsplit(redirect_uri)
    return f"{parts.scheme}://{parts.netloc}" if parts.scheme in ("http", "https") else f"{parts.scheme}:"
