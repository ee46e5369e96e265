"""The id token: who signed in, told to the client that asked for `openid`.

https://openid.net/specs/openid-connect-core-1_0.html#IDToken
"""

from __future__ import annotations

from typing import Any

from api.oauth import keys
from api.oauth.granted import Granted
from api.oauth.issuer import Issuer


def sign(issuer: Issuer, grant: Granted) -> str:
    """Signed RS256, as every OpenID Connect client can verify; `fhirUser` is an absolute address."""
    now = issuer.now()
    claims: dict[str, Any] = {
        "iss": issuer.url,
        "aud": grant.client,
        "sub": grant.subject,
        "iat": now,
        "exp": now + issuer.access_lifetime,
        "auth_time": grant.signed_in,
    }
    if grant.means:
        claims["amr"] = list(grant.means)
    if grant.nonce:
        claims["nonce"] = grant.nonce
    if "fhirUser" in grant.words:
        claims["fhirUser"] = f"{issuer.fhir}/{grant.person}"
    return issuer.keys.sign(claims, type="JWT", algorithm=keys.FOR_IDENTITY)
