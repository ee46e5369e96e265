"""A proof that who sends a token holds the key that it is bound to: signed for one request, and used once.

https://www.rfc-editor.org/rfc/rfc9449
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Any

from joserfc import jwk
from joserfc.errors import JoseError

from api.oauth import compact
from api.oauth.issuer import Issuer

ALGORITHMS = ("ES256", "ES384")
_CURVES = {"ES256": "P-256", "ES384": "P-384"}
_OLDEST, _AHEAD = 60, 10
_LONGEST_JTI = 255


class Unproven(Exception):
    """The proof is not good; the text says why, and names the claim."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a request brought as its proof, and what it must be for; `url` is without query."""

    proofs: tuple[str, ...]
    method: str
    url: str


async def thumbprint(issuer: Issuer, shown: Shown, token: str = "") -> str:
    """The thumbprint of the key that signed the proof; with `token`, for this token. Raises Unproven."""
    if len(shown.proofs) != 1:
        raise Unproven("there is not one proof")
    header = compact.header(shown.proofs[0]) or {}
    key = _key(header)
    found = compact.verified(shown.proofs[0], key, (header["alg"],))
    if found is None:
        raise Unproven("the signature is not that of its jwk")
    claims = found[1]
    if claims.get("htm") != shown.method:
        raise Unproven("htm is another method")
    if str(claims.get("htu", "")).partition("?")[0].partition("#")[0] != shown.url:
        raise Unproven("htu is another address")
    issued, now = claims.get("iat"), issuer.clock().timestamp()
    if isinstance(issued, bool) or not isinstance(issued, int | float) or not now - _OLDEST <= issued <= now + _AHEAD:
        raise Unproven("iat is not now")
    if token and claims.get("ath") != _digest(token):
        raise Unproven("ath is of another token")
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 0 < len(jti) <= _LONGEST_JTI:
        raise Unproven("jti is missing or too long")
    print_ = key.thumbprint()
    if not await issuer.spend("dpop", f"{print_} {jti}", now + _OLDEST + _AHEAD + 1):
        raise Unproven("jti was used before")
    return print_


def _key(header: dict[str, Any]) -> jwk.ECKey:
    public = header.get("jwk")
    if header.get("typ") != "dpop+jwt" or header.get("alg") not in ALGORITHMS or not isinstance(public, dict):
        raise Unproven("typ, alg or jwk are not those of a proof")
    try:
        if "d" in public or public.get("crv") != _CURVES[header["alg"]]:
            raise Unproven("jwk is no public key of the curve of alg")
        return jwk.ECKey.import_key(public)
    except (JoseError, ValueError, TypeError):
        raise Unproven("jwk cannot be read") from None


def _digest(token: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).decode().rstrip("=")
