"""What a client finds out before it asks: only what works is listed.

https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html, https://www.rfc-editor.org/rfc/rfc8414 and
https://openid.net/specs/openid-connect-discovery-1_0.html
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response

from api.oauth import assertion, dpop, granted, keys
from api.oauth.issuer import Issuer

CAPABILITIES = (
    "launch-ehr",
    "launch-standalone",
    "context-banner",
    "context-ehr-patient",
    "context-standalone-patient",
    "authorize-post",
    "client-public",
    "client-confidential-asymmetric",
    "sso-openid-connect",
    "permission-offline",
    "permission-online",
    "permission-patient",
    "permission-user",
    "permission-v1",
    "permission-v2",
)


class Metadata:
    def __init__(self, issuer: Issuer) -> None:
        self.issuer = issuer

    def described(self) -> dict[str, Any]:
        """RFC 8414 metadata, which the two others extend: what works, and what was turned on."""
        issuer = self.issuer
        algorithms = list(assertion.ALGORITHMS)
        return self._turned_on() | {
            "issuer": issuer.url,
            "authorization_endpoint": issuer.authorization_endpoint,
            "token_endpoint": issuer.token_endpoint,
            "jwks_uri": issuer.jwks_uri,
            "introspection_endpoint": issuer.introspection_endpoint,
            "revocation_endpoint": issuer.revocation_endpoint,
            "scopes_supported": [
                *granted.IDENTITY,
                granted.OFFLINE,
                granted.ONLINE,
                *granted.LAUNCH,
                "patient/*.cruds",
                "user/*.cruds",
                "system/*.cruds",
            ],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": ["authorization_code", "refresh_token", "client_credentials"],
            "token_endpoint_auth_methods_supported": [assertion.METHOD, "none"],
            "token_endpoint_auth_signing_alg_values_supported": algorithms,
            "introspection_endpoint_auth_methods_supported": [assertion.METHOD, "bearer"],
            "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
            "revocation_endpoint_auth_methods_supported": [assertion.METHOD, "none"],
            "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": True,
        }

    def _turned_on(self) -> dict[str, Any]:
        on, found = self.issuer.options, dict[str, Any]()
        if on.dpop:
            found["dpop_signing_alg_values_supported"] = list(dpop.ALGORITHMS)
        if on.pushed != "off":
            found["pushed_authorization_request_endpoint"] = self.issuer.pushed_endpoint
            found["require_pushed_authorization_requests"] = on.pushed == "required"
        if on.registration:
            found["registration_endpoint"] = self.issuer.registration_endpoint
        return found

    async def oauth(self, http: HttpRequest) -> Response:
        return _public(self.described())

    async def smart(self, http: HttpRequest) -> Response:
        return _public(self.described() | {"capabilities": list(CAPABILITIES)})

    async def openid(self, http: HttpRequest) -> Response:
        claims = ["iss", "sub", "aud", "exp", "iat", "auth_time", "amr", "nonce", "fhirUser"]
        return _public(
            self.described()
            | {
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": [keys.FOR_IDENTITY],
                "claims_supported": claims,
                "request_uri_parameter_supported": False,
            }
        )

    async def jwks(self, http: HttpRequest) -> Response:
        return _public(self.issuer.keys.published())


def _public(body: dict[str, Any]) -> Response:
    return JSONResponse(body, headers={"access-control-allow-origin": "*", "cache-control": "max-age=300"})
