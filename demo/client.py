"""The two kinds of OAuth clients of the demo: an agency's system and an officer at a desk.

https://hl7.org/fhir/smart-app-launch/STU2.2/
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Mapping
from typing import Any

from joserfc import jwk, jwt
from joserfc.jws import JWSRegistry

from demo import rest
from demo.answer import Answer
from demo.browser import Browser

HL7_PURPOSES = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
OWN_PURPOSES = "https://tsunagu.example/fhir/CodeSystem/purpose-of-use"
_OWN = frozenset({"support-conference", "statistics", "audit-review", "installation"})
_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


class SystemClient(rest.Client):
    """An agency's own system: client credentials, signed with its own key (RS384 or ES384)."""

    def __init__(self, base: str, client: str, key: Mapping[str, Any], *, purpose: str, scope: str) -> None:
        """`key` is the private RSA or P-384 key as a JWK with its `kid`."""
        super().__init__(base)
        self.client = client
        self._key: jwk.Key = (jwk.ECKey if key["kty"] == "EC" else jwk.RSAKey).import_key(dict(key))
        self._scope = f"{scope} {purpose_scope(purpose)}"

    def _grant(self) -> Mapping[str, Any]:
        endpoint = self._discover()["token_endpoint"]
        claims = {
            "iss": self.client,
            "sub": self.client,
            "aud": endpoint,
            "exp": int(time.time()) + 240,
            "jti": secrets.token_urlsafe(24),
        }
        algorithm = "ES384" if isinstance(self._key, jwk.ECKey) else "RS384"
        header = {"alg": algorithm, "typ": "JWT", "kid": self._key.kid}
        assertion = jwt.encode(header, claims, self._key, registry=JWSRegistry(algorithms=[algorithm]))
        asked = {
            "grant_type": "client_credentials",
            "scope": self._scope,
            "client_assertion_type": _ASSERTION,
            "client_assertion": assertion,
        }
        return _granted(rest.read(self._web.post(endpoint, data=asked)))


class Officer(rest.Client):
    """A person at a desk: authorization code with PKCE, through the sign-in page itself."""

    def __init__(self, base: str, browser: Browser, *, client: str, redirect: str, purpose: str, scope: str) -> None:
        super().__init__(base)
        self._browser = browser
        self._client = client
        self._redirect = redirect
        self._scope = f"openid fhirUser {scope} {purpose_scope(purpose)}"

    def _grant(self) -> Mapping[str, Any]:
        found = self._discover()
        verifier = secrets.token_urlsafe(48)
        digest = hashlib.sha256(verifier.encode()).digest()
        state = secrets.token_urlsafe(16)
        asked = {
            "response_type": "code",
            "client_id": self._client,
            "redirect_uri": self._redirect,
            "scope": self._scope,
            "state": state,
            "aud": self.base,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        returned = self._browser.authorize(found["authorization_endpoint"], asked)
        if returned.get("state") != state or "code" not in returned:
            raise rest.Refused(f"`{self._browser.name}` came back without a code: {returned}")
        exchanged = {
            "grant_type": "authorization_code",
            "code": returned["code"],
            "redirect_uri": self._redirect,
            "client_id": self._client,
            "code_verifier": verifier,
        }
        return _granted(rest.read(self._web.post(found["token_endpoint"], data=exchanged)))


def purpose_scope(code: str) -> str:
    """The scope word that asks for a purpose of use."""
    return f"purpose_of_use={OWN_PURPOSES if code in _OWN else HL7_PURPOSES}|{code}"


def _granted(answer: Answer) -> Mapping[str, Any]:
    if not answer.done or not isinstance(answer.json, dict):
        raise rest.Refused(f"the token endpoint answered {answer.status}: {answer.text[:200]}")
    return answer.json
