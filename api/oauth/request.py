"""An OAuth request as authlib reads it: bounded, and without anything twice.

https://www.rfc-editor.org/rfc/rfc6749#section-3.2
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson
from authlib.oauth2.base import OAuth2Error
from authlib.oauth2.rfc6749 import OAuth2Request
from authlib.oauth2.rfc6749.errors import InvalidRequestError
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response

from api.oauth.clients import Client
from api.oauth.granted import Granted

_LONGEST = 64 * 1024
_MOST_FIELDS = 40
_MOST_OPENED = 256
_FORM = "application/x-www-form-urlencoded"
_TEXT = re.compile(r"[\x20-\x7e]*")
_QUOTABLE = re.compile(r'[^"\\]*')
_QUOTED = ("client_id", "redirect_uri", "response_type", "grant_type", "scope")


@dataclass(frozen=True, slots=True)
class Code:
    """An authorization code as the vault keeps it, under the digest of the code."""

    granted: Granted
    redirect_uri: str
    code_challenge: str
    until: float
    code_challenge_method: str = "S256"
    jkt: str = ""

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.granted.scope


@dataclass(frozen=True, slots=True)
class Refresh:
    """A refresh token as the vault keeps it, under the digest of the token; `jkt` is the key that it is bound to."""

    granted: Granted
    until: float
    jkt: str = ""

    def check_client(self, client: Client) -> bool:
        return client.client_id == self.granted.client

    def get_scope(self) -> str:
        return self.granted.scope


class Request(OAuth2Request):  # type: ignore[misc]  # authlib is untyped
    """The fields of a form or a query, and what was loaded from the vault for them before the grant runs."""

    def __init__(self, method: str, uri: str, fields: dict[str, str]) -> None:
        super().__init__(method, uri)
        self.payload = BasicOAuth2Payload(fields)
        self.loaded: Code | Refresh | None = None
        self.granted: Granted | None = None

    @property
    def form(self) -> dict[str, str]:
        fields: dict[str, str] = self.payload.data
        return fields

    @property
    def args(self) -> dict[str, str]:
        return self.form


async def form(request: HttpRequest) -> dict[str, str]:
    """The fields of the body. Raises InvalidRequestError where it is no form, too long, or says something twice."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _FORM:
        raise InvalidRequestError(f"the body is not {_FORM}")
    return fields((await _body(request)).decode("latin-1"))


async def document(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of the body. Raises InvalidRequestError where it is none, too long or too deep."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise InvalidRequestError("the body is not application/json")
    body = await _body(request)
    try:
        found = orjson.loads(body) if body.count(b"[") + body.count(b"{") <= _MOST_OPENED else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise InvalidRequestError("the body is no JSON object that can be read")
    return found


async def _body(request: HttpRequest) -> bytes:
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LONGEST:
                raise InvalidRequestError("the body is too long", status_code=413)
    except ClientDisconnect:
        raise InvalidRequestError("the body did not come to its end", status_code=408) from None
    return body


def fields(text: str) -> dict[str, str]:
    """The fields of a form's text; a field without a value is as if it were absent (RFC 6749 section 3.1)."""
    try:
        pairs = parse_qsl(text, max_num_fields=_MOST_FIELDS, encoding="utf-8", errors="strict")
    except ValueError:
        raise InvalidRequestError("the fields cannot be read") from None
    found = dict(pairs)
    if len(found) != len(pairs):
        raise InvalidRequestError("a parameter is there more than once")
    return found


def checked(found: dict[str, str]) -> dict[str, str]:
    """Refuse signs that RFC 6749 Appendix A does not allow, and that could not be said back in an error."""
    plain = all(map(_TEXT.fullmatch, found.values()))
    if not plain or not all(_QUOTABLE.fullmatch(found.get(name, "")) for name in _QUOTED):
        raise InvalidRequestError("a parameter holds a sign that is not allowed")
    return found


def answer(status: int, body: Any, headers: list[tuple[str, str]] | None = None) -> Response:
    """A JSON answer that nobody keeps."""
    said = {"cache-control": "no-store", "pragma": "no-cache"}
    said |= {name.lower(): value for name, value in headers or []}
    said.pop("content-type", None)
    return JSONResponse(body, status, headers=said)


def refusal(error: OAuth2Error, authorization: str | None) -> Response:
    """The error as RFC 6749 section 5.2 writes it: 401, and a challenge, only where a header was to authenticate."""
    if error.error == "invalid_client" and authorization is not None:
        scheme = "Basic" if authorization[:6].lower() == "basic " else "Bearer"
        return answer(401, dict(error.get_body()), [("www-authenticate", f'{scheme} realm="tsunagu"')])
    headers = [("connection", "close")] if error.status_code in (408, 413) else []
    if error.error in ("invalid_token", "insufficient_scope"):  # of a bearer token: RFC 6750 section 3
        headers.append(("www-authenticate", f'Bearer realm="tsunagu", error="{error.error}"'))
    return answer(error.status_code or 400, dict(error.get_body()), headers)
