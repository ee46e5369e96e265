"""A client proves itself by a signed assertion, used once.

https://hl7.org/fhir/smart-app-launch/STU2.2/client-confidential-asymmetric.html
"""

from __future__ import annotations

from typing import Any

import orjson
from authlib.oauth2.rfc6749.errors import InvalidClientError
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from joserfc import jwk, jws, jwt
from joserfc.errors import JoseError
from starlette.requests import Request as HttpRequest

from api.oauth import clients
from api.oauth import request as oauth
from api.oauth.clients import Client
from api.oauth.issuer import Issuer
from api.oauth.request import Request

ALGORITHMS = ("RS384", "ES384")
METHOD = "private_key_jwt"

_LONGEST_LIFE = 300
_LEEWAY = 10
_LONGEST_JTI = 255


class Assertion(JWTBearerClientAssertion):  # type: ignore[misc]  # authlib is untyped
    """authlib's order of checks, with our own for the signature and the claims: its own leave `exp` unbounded."""

    CLIENT_AUTH_METHOD = METHOD

    def __init__(self, issuer: Issuer) -> None:
        super().__init__()
        self.issuer = issuer
        self.used: tuple[str, float] | None = None

    def resolve_client_public_key(self, client: Client) -> jwk.KeySet:
        if not client.jwks:
            raise InvalidClientError("the client has no keys")
        return jwk.KeySet.import_key_set({"keys": list(client.jwks["keys"])})

    def process_assertion_claims(self, assertion: str, resolve_key: jwk.KeySet) -> dict[str, Any]:
        try:
            header = jws.extract_compact(assertion.encode()).headers()
            if "jku" in header:
                raise InvalidClientError("no jku is registered for the client")
            if not header.get("kid"):
                raise InvalidClientError("the assertion names no kid")
            claims = jwt.decode(assertion, resolve_key, algorithms=ALGORITHMS).claims
        except (JoseError, ValueError, TypeError):
            raise InvalidClientError("the signature cannot be verified with a key of the client") from None
        self.verify_claims(claims)
        return claims

    def verify_claims(self, claims: dict[str, Any]) -> None:
        now = self.issuer.clock().timestamp()
        audience = claims.get("aud")
        expires, jti = _seconds(claims.get("exp", 0)), claims.get("jti")
        if claims.get("iss") != claims["sub"]:
            raise InvalidClientError("iss is not sub")
        if audience not in (self.issuer.token_endpoint, [self.issuer.token_endpoint]):
            raise InvalidClientError("aud is not the token endpoint")
        if expires <= now - _LEEWAY:
            raise InvalidClientError("the assertion has expired, or does not say when")
        if expires > now + _LONGEST_LIFE + _LEEWAY:
            raise InvalidClientError("exp is more than five minutes ahead")
        for name in ("nbf", "iat"):
            if _seconds(claims.get(name, now)) > now + _LEEWAY:
                raise InvalidClientError(f"{name} lies ahead")
        if not isinstance(jti, str) or not 0 < len(jti) <= _LONGEST_JTI:
            raise InvalidClientError("the assertion has no jti")
        self.used = (orjson.dumps([claims["sub"], jti]).decode(), expires + _LEEWAY)


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidClientError("a time of the assertion is no number")
    return value


def claimed(form: dict[str, str]) -> str:
    """The client a request says it comes from, not yet believed: to know whose keys to load."""
    if "client_assertion" not in form:
        return form.get("client_id", "")
    try:
        payload = orjson.loads(jws.extract_compact(form["client_assertion"].encode()).payload or b"")
    except (JoseError, ValueError, TypeError):
        return ""
    subject = payload.get("sub") if isinstance(payload, dict) else None
    return subject if isinstance(subject, str) else ""


async def authenticate(issuer: Issuer, request: Request, client: Client | None) -> None:
    """Set `request.client` to this client where the request proves to be its; raises InvalidClientError otherwise.

    A public client proves nothing: it is who it says, and can do only what a public client can.
    """
    form = request.form
    if "client_assertion" in form or "client_assertion_type" in form:
        assertion = Assertion(issuer)
        proven = assertion(lambda client_id: client, request)
        if proven is None or assertion.used is None:
            raise InvalidClientError("the client assertion or its type is missing")
        if form.get("client_id", proven.client_id) != proven.client_id:
            raise InvalidClientError("client_id is not the client of the assertion")
        if not await issuer.spend("jti", *assertion.used):
            raise InvalidClientError("the jti was used before")
        request.client, request.auth_method = proven, METHOD
    elif client and client.check_endpoint_auth_method("none", "token") and form.get("client_id") == client.client_id:
        request.client, request.auth_method = client, "none"
    else:
        raise InvalidClientError("the client is not known, or did not prove itself")


async def proven(issuer: Issuer, endpoint: str, http: HttpRequest) -> Request:
    """The form sent to an endpoint, by a client that proved to be itself. Raises OAuth2Error."""
    request = Request("POST", endpoint, oauth.checked(await oauth.form(http)))
    await authenticate(issuer, request, await clients.find(issuer.vault, claimed(request.form)))
    return request
