"""A client proves itself by a signed assertion, used once.

https://hl7.org/fhir/smart-app-launch/STU2.2/client-confidential-asymmetric.html
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import orjson
from authlib.oauth2.rfc6749.errors import InvalidClientError
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from joserfc import jwk
from starlette.requests import Request as HttpRequest

from api.oauth import clients, compact
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

    def __init__(self, issuer: Issuer, jwks: Mapping[str, Any], registered: str) -> None:
        super().__init__()
        self.issuer, self.jwks, self.registered = issuer, jwks, registered
        self.used: tuple[str, float] | None = None

    def resolve_client_public_key(self, client: Client) -> jwk.KeySet:
        if not self.jwks.get("keys"):
            raise InvalidClientError("the client has no keys")
        return _imported(orjson.dumps(self.jwks["keys"]))

    def process_assertion_claims(self, assertion: str, resolve_key: jwk.KeySet) -> dict[str, Any]:
        header = compact.header(assertion) or {}
        if "jku" in header and not (self.registered and header["jku"] == self.registered):
            raise InvalidClientError("the header names a jku that is not the jwks_uri registered for the client")
        if not header.get("kid"):
            raise InvalidClientError("the header names no kid")
        if header.get("alg") not in ALGORITHMS:
            raise InvalidClientError(f"alg is none of {', '.join(ALGORITHMS)}")
        if not any(key.get("kid") == header["kid"] for key in self.jwks["keys"]):
            raise InvalidClientError("the kid is of no key of the client")
        found = compact.verified(assertion, resolve_key, ALGORITHMS)
        if found is None:
            raise InvalidClientError("the signature cannot be verified with the key of this kid")
        claims = dict(found[1])
        self.verify_claims(claims)
        return claims

    def verify_claims(self, claims: dict[str, Any]) -> None:
        now = self.issuer.clock().timestamp()
        audience = claims.get("aud")
        if "exp" not in claims:
            raise InvalidClientError("exp is missing")
        expires, jti = _seconds("exp", claims["exp"]), claims.get("jti")
        if claims.get("iss") != claims["sub"]:
            raise InvalidClientError("iss is not sub")
        # RFC 7523bis asks for the issuer, SMART for the token endpoint; exactly one of them, and nobody beside it.
        alone = audience[0] if isinstance(audience, list) and len(audience) == 1 else audience
        if alone not in (self.issuer.token_endpoint, self.issuer.url):
            raise InvalidClientError("aud is neither the token endpoint nor the issuer, alone")
        if expires <= now - _LEEWAY:
            raise InvalidClientError("exp is over")
        if expires > now + _LONGEST_LIFE + _LEEWAY:
            raise InvalidClientError("exp is more than five minutes ahead")
        for name in ("nbf", "iat"):
            if _seconds(name, claims.get(name, now)) > now + _LEEWAY:
                raise InvalidClientError(f"{name} lies ahead")
        if not isinstance(jti, str) or not 0 < len(jti) <= _LONGEST_JTI:
            raise InvalidClientError("jti is missing, empty or too long")
        self.used = (orjson.dumps([claims["sub"], jti]).decode(), expires + _LEEWAY)


@functools.lru_cache(maxsize=256)
def _imported(keys: bytes) -> jwk.KeySet:
    """The keys of a client, ready to verify with: as long as it has these, they are read once."""
    return jwk.KeySet.import_key_set({"keys": orjson.loads(keys)})


def _seconds(name: str, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InvalidClientError(f"{name} is no number")
    return value


def claimed(form: dict[str, str]) -> str:
    """The client a request says it comes from, not yet believed: to know whose keys to load."""
    if "client_assertion" not in form:
        return form.get("client_id", "")
    payload = compact.claims(form["client_assertion"]) or {}
    subject = payload.get("sub")
    return subject if isinstance(subject, str) else ""


async def authenticate(issuer: Issuer, request: Request, client: Client | None) -> None:
    """Set `request.client` to this client where the request proves to be its; raises InvalidClientError otherwise.

    A public client proves nothing: it is who it says, and can do only what a public client can.
    """
    form = request.form
    if "client_assertion" in form or "client_assertion_type" in form:
        header = compact.header(form.get("client_assertion", ""))
        if header is None or compact.claims(form["client_assertion"]) is None:
            raise InvalidClientError("the client_assertion is missing, or is no signed JWT that can be read")
        signed = functools.partial(_signed, form["client_assertion"], header.get("kid"))
        jwks = await issuer.client_keys.of(client, signed) if client else {}
        assertion = Assertion(issuer, jwks, client.jwks_uri if client else "")
        proven = assertion(lambda client_id: client, request)
        if proven is None or assertion.used is None:
            raise InvalidClientError("the client_assertion_type is missing or another")
        if form.get("client_id", proven.client_id) != proven.client_id:
            raise InvalidClientError("client_id is not the client of the assertion")
        if not await issuer.spend("jti", *assertion.used):
            raise InvalidClientError("the jti was used before")
        request.client, request.auth_method = proven, METHOD
    elif client and client.check_endpoint_auth_method("none", "token") and form.get("client_id") == client.client_id:
        request.client, request.auth_method = client, "none"
    else:
        raise InvalidClientError("the client is not known, or did not prove itself")


def _signed(assertion: str, kid: object, jwks: Mapping[str, Any]) -> bool:
    """Whether the key of this name among them has signed it."""
    named = [key for key in jwks["keys"] if key.get("kid") == kid]
    return bool(named) and compact.verified(assertion, _imported(orjson.dumps(named)), ALGORITHMS) is not None


async def proven(issuer: Issuer, endpoint: str, http: HttpRequest) -> Request:
    """The form sent to an endpoint, by a client that proved to be itself. Raises OAuth2Error."""
    request = Request("POST", endpoint, oauth.checked(await oauth.form(http)))
    await authenticate(issuer, request, await clients.find(issuer.vault, claimed(request.form)))
    http.scope["client_id"] = request.client.client_id  # for the log
    return request
