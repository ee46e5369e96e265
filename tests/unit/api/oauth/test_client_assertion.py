"""A system proves itself by a signed assertion, or is refused with `invalid_client`."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from authlib.oauth2.rfc7523 import private_key_jwt_sign
from joserfc import jwk, jwt

from consent import vocabulary
from resources.record.problem import Problem
from tests import trusting

Forge = Callable[[Any], str]


@pytest.mark.parametrize("key", ["rsa", "ec"])
def test_a_system_that_proves_itself_gets_a_token_of_its_agency(at: Any, key: str) -> None:
    response = at.system_token(assertion=at.assertion(key=key))
    assert response.status_code == 200, response.text
    body = response.json()
    assert "refresh_token" not in body
    actor = at.actor(body["access_token"])
    assert (actor.client, actor.person) == ("health-center-system", "")
    assert actor.organization == "Organization/health-center-kita-chuo"
    assert actor.purpose == vocabulary.CARE_MANAGEMENT
    assert [(scope.level, scope.type) for scope in actor.scopes] == [("system", "*")]


def test_an_assertion_signed_by_authlib_is_understood(at: Any) -> None:
    signed = private_key_jwt_sign(
        at.keys["ec"], "health-center-system", f"{at.url}/oauth/token", "ES384", header={"kid": "ec"}, expires_in=120
    )
    assert at.system_token(assertion=signed).status_code == 200


def unsigned(claims: dict[str, Any]) -> str:
    parts = ({"alg": "none", "kid": "rsa"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts) + "."


def by_published_key(at: Any) -> str:
    """The public key, used as if it were a shared secret."""
    secret = jwk.OctKey.import_key(at.keys["rsa"].as_pem(private=False).replace(b"-----", b""))
    return jwt.encode({"alg": "HS256", "kid": "rsa"}, at.claims(), secret, algorithms=["HS256"])


def by_another_algorithm(at: Any) -> str:
    return jwt.encode({"alg": "RS256", "kid": "rsa"}, at.claims(), at.keys["rsa"], algorithms=["RS256"])


def by_a_stranger(at: Any) -> str:
    stranger = jwk.RSAKey.generate_key(2048)
    return jwt.encode({"alg": "RS384", "kid": "rsa"}, at.claims(), stranger, algorithms=["RS384"])


def tampered(at: Any) -> str:
    head, _, signature = at.assertion().split(".")
    claims = at.claims(sub="other-system", iss="other-system")
    return f"{head}.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.{signature}"


def ahead(at: Any, seconds: float) -> int:
    return int(at.clock().timestamp() + seconds)


REFUSED: dict[str, Forge] = {
    "aud is another server": lambda at: at.assertion(aud="https://elsewhere.example/token"),
    "aud is our FHIR base": lambda at: at.assertion(aud=at.fhir),
    "aud is one of several": lambda at: at.assertion(aud=[f"{at.url}/oauth/token", "https://elsewhere.example"]),
    "no aud": lambda at: at.assertion(aud=None),
    "iss is not sub": lambda at: at.assertion(iss="other-system"),
    "no iss": lambda at: at.assertion(iss=None),
    "no sub": lambda at: at.assertion(sub=None),
    "sub is a number": lambda at: unsigned(at.claims(sub=5)),
    "unknown client": lambda at: at.assertion(sub="nobody", iss="nobody"),
    "a public client": lambda at: at.assertion(sub="tsunagu-desk", iss="tsunagu-desk"),
    "unknown kid": lambda at: at.assertion(header={"kid": "never-registered"}),
    "no kid": lambda at: at.assertion(header={"kid": None}),
    "kid of another key": lambda at: at.assertion(header={"kid": "ec"}),
    "exp in ten minutes": lambda at: at.assertion(exp=ahead(at, 600)),
    "expired": lambda at: at.assertion(exp=ahead(at, -60)),
    "no exp": lambda at: at.assertion(exp=None),
    "exp is text": lambda at: at.assertion(exp="tomorrow"),
    "exp is true": lambda at: at.assertion(exp=True),
    "not yet valid": lambda at: at.assertion(nbf=ahead(at, 120)),
    "issued in the future": lambda at: at.assertion(iat=ahead(at, 120)),
    "no jti": lambda at: at.assertion(jti=None),
    "empty jti": lambda at: at.assertion(jti=""),
    "jti is a number": lambda at: at.assertion(jti=7),
    "endless jti": lambda at: at.assertion(jti="x" * 5000),
    "a jku nobody registered": lambda at: at.assertion(header={"jku": "https://elsewhere.example/jwks"}),
    "alg none": lambda at: unsigned(at.claims()),
    "alg HS256": by_published_key,
    "alg RS256": by_another_algorithm,
    "key of a stranger": by_a_stranger,
    "tampered": tampered,
    "no token at all": lambda at: "a.b.c",
    "nonsense": lambda at: "!",
    "nonsense that is JSON": lambda at: "bnVsbA.bnVsbA.bnVsbA",
}


@pytest.mark.parametrize("forge", REFUSED.values(), ids=REFUSED.keys())
def test_an_assertion_that_is_not_right_is_an_invalid_client(at: Any, forge: Forge) -> None:
    response = at.system_token(assertion=forge(at))
    assert (response.status_code, response.json()["error"]) == (400, "invalid_client")
    assert response.headers["cache-control"] == "no-store"
    assert "www-authenticate" not in response.headers, "it would hide the JSON from clients"


def test_a_jti_is_good_once(at: Any) -> None:
    assertion = at.assertion()
    assert at.system_token(assertion=assertion).status_code == 200
    assert at.system_token(assertion=assertion).json()["error"] == "invalid_client"
    assert at.system_token(assertion=at.assertion(jti="same", key="ec")).status_code == 200
    assert at.system_token(assertion=at.assertion(jti="same")).json()["error"] == "invalid_client"


def test_of_two_uses_of_a_jti_at_once_one_wins(at: Any) -> None:
    for _ in range(3):
        assertion = at.assertion()
        with ThreadPoolExecutor(4) as pool:
            answers = pool.map(lambda one: at.system_token(assertion=one).status_code, [assertion] * 4)
        assert sorted(answers) == [200, 400, 400, 400]


def test_an_assertion_needs_its_type_and_no_other_client_id(at: Any) -> None:
    form = {"grant_type": "client_credentials", "scope": "system/*.rs"}
    for other in ({"client_assertion_type": "jwt"}, {"client_id": "other-system"}, {"client_assertion": ""}):
        response = at.as_client("/oauth/token", **(form | other))
        assert response.json()["error"] == "invalid_client"
    assert at.as_client("/oauth/token", **form, client_id="health-center-system").status_code == 200


@pytest.mark.parametrize(
    "scope",
    [
        "user/*.rs",
        "patient/*.rs",
        "system/*.sr",
        "openid",
        "nonsense",
        "system/*.rs purpose_of_use=https://tsunagu.example/fhir/CodeSystem/purpose-of-use|support-conference",
        "system/*.rs purpose_of_use=http://terminology.hl7.org/CodeSystem/v3-ActReason|HOPERAT",
        "system/*.rs purpose_of_use=x|y purpose_of_use=http://terminology.hl7.org/CodeSystem/v3-ActReason|CAREMGT",
    ],
)
def test_a_system_gets_no_scope_of_persons_and_no_purpose_that_is_not_its_own(at: Any, scope: str) -> None:
    response = at.system_token(scope=scope)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_scope")


def test_a_system_is_granted_what_its_registration_and_its_request_share(at: Any) -> None:
    body = at.system_token(scope="system/Task.cruds system/Patient.cruds user/*.rs openid offline_access").json()
    assert body["scope"].split()[:2] == ["system/Task.cruds", "system/Patient.rs"]
    assert "openid" not in body["scope"]
    assert "offline_access" not in body["scope"]


def test_a_public_client_gets_no_token_of_its_own(at: Any) -> None:
    form = {"grant_type": "client_credentials", "client_id": "tsunagu-desk", "scope": "system/*.rs"}
    response = trusting.post(f"{at.url}/oauth/token", data=form)
    assert response.json()["error"] == "invalid_client"


def test_a_system_cannot_use_the_grants_of_persons(at: Any) -> None:
    for grant, secret in (("authorization_code", "code"), ("refresh_token", "refresh_token")):
        response = at.as_client("/oauth/token", grant_type=grant, **{secret: "x"})
        assert response.json()["error"] == "unauthorized_client"


def test_a_revoked_token_is_refused_on_the_next_request(at: Any) -> None:
    token = at.system_token().json()["access_token"]
    assert at.actor(token).client == "health-center-system"
    assert at.as_client("/oauth/revoke", token=token).status_code == 200
    with pytest.raises(Problem):
        at.actor(token)
    assert at.as_client("/oauth/introspect", token=token).json() == {"active": False}
