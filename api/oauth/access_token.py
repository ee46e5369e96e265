"""The access token: a signed `at+jwt` that carries identity, scope and purpose, and never a decision.

https://www.rfc-editor.org/rfc/rfc9068 and https://profiles.ihe.net/ITI/IUA/index.html#3714221-json-web-token-option
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.oauth import granted, keys, purpose
from api.oauth.clients import Client
from api.oauth.granted import Granted
from api.oauth.issuer import AHEAD, Issuer
from api.oauth.standing import Given

TYPE = "at+jwt"


def sign(issuer: Issuer, client: Client, grant: Granted, scope: str, jkt: str = "") -> str:
    """A token for `issuer.access_lifetime` seconds; `scope` is the grant's own or a part of it.

    With `jkt`, the thumbprint of a key, it is worth something together with a proof by that key alone.
    """
    now = issuer.now()
    claims: dict[str, Any] = {
        "iss": issuer.url,
        "aud": issuer.fhir,
        "sub": grant.subject,
        "client_id": client.client_id,
        "scope": scope,
        "iat": now,
        "exp": now + issuer.access_lifetime,
        "jti": granted.identifier(),
        "grant_id": grant.id,
        "stood": [grant.client_mark, grant.account_mark],
        "organization": client.organization,
        "extensions": {"ihe_iua": {"purpose_of_use": [purpose.claim(grant.purpose)]}},
    }
    if grant.person:
        claims["fhirUser"] = f"{issuer.fhir}/{grant.person}"
    if grant.rests:
        claims["rests"] = grant.rests
    if jkt:
        claims["cnf"] = {"jkt": jkt}
    if grant.patient:
        claims |= {"patient": grant.patient, "launched": grant.launched}
    return issuer.keys.sign(claims, type=TYPE, algorithm=issuer.keys.for_access)


def verified(issuer: Issuer, token: str, now: float) -> dict[str, Any] | None:
    """The claims of a token of ours that is for us and has not expired; whether it was revoked is not looked at."""
    claims = issuer.keys.verified(token, type=TYPE, algorithms=keys.FOR_ACCESS)
    if claims is None or claims.get("iss") != issuer.url or claims.get("aud") != issuer.fhir:
        return None
    return claims if claims["exp"] > now else None


def has_begun(claims: Mapping[str, Any], now: float) -> bool:
    """Whether it is no token that a clock made which ran ahead, and was set right since: it would live too long."""
    return bool(claims["iat"] <= now + AHEAD)


def given(claims: Mapping[str, Any]) -> Given:
    """What must stand for the token of these claims to be used."""
    client_mark, account_mark = claims.get("stood", ("", ""))
    return Given(
        claims["grant_id"], claims["client_id"], claims["sub"], client_mark, account_mark, claims.get("rests", "")
    )


def person(issuer: Issuer, claims: Mapping[str, Any]) -> str:
    """`Practitioner/id`, empty for a system."""
    return str(claims.get("fhirUser", "")).removeprefix(f"{issuer.fhir}/")
