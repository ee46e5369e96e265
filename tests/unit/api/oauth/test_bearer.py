"""Who a token speaks for, and which tokens speak for nobody."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from joserfc import jwk, jwt

from resources.record.problem import Problem
from tests import trusting

Forge = Callable[[Any], str]


def claims_of(at: Any, token: str) -> dict[str, Any]:
    keys = jwk.KeySet.import_key_set(trusting.get(f"{at.url}/oauth/jwks").json())
    return jwt.decode(token, keys, algorithms=["ES256"]).claims


def test_without_a_header_the_caller_is_anonymous(at: Any) -> None:
    actor = at.actor(None)
    assert actor.anonymous
    assert actor.scopes == ()


def test_an_access_token_is_an_at_jwt_that_anyone_can_verify(at: Any) -> None:
    token = at.system_token().json()["access_token"]
    keys = jwk.KeySet.import_key_set(trusting.get(f"{at.url}/oauth/jwks").json())
    decoded = jwt.decode(token, keys, algorithms=["ES256"])
    assert decoded.header["typ"] == "at+jwt"
    claims = decoded.claims
    assert claims["iss"] == at.url
    assert claims["aud"] == at.fhir
    assert claims["sub"] == claims["client_id"] == "health-center-system"
    assert claims["exp"] - claims["iat"] == 900
    assert claims["extensions"]["ihe_iua"]["purpose_of_use"] == [
        {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "CAREMGT"}
    ]
    assert "fhirUser" not in claims


def ours(at: Any, *, type: str = "at+jwt", **other: Any) -> str:
    """Signed with this server's own key, with claims it would not have made."""
    claims = claims_of(at, at.system_token().json()["access_token"]) | other
    return str(at.server.issuer.keys.sign(claims, type=type, algorithm="ES256"))


def by_a_stranger(at: Any) -> str:
    kid = at.server.issuer.keys.signing["ES256"].kid
    stranger = jwk.ECKey.generate_key("P-256")
    return jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": kid}, {"sub": "x"}, stranger, algorithms=["ES256"])


def by_published_key(at: Any) -> str:
    key = at.server.issuer.keys.signing["ES256"]
    secret = jwk.OctKey.import_key(key.as_pem(private=False).replace(b"-----", b""))
    return jwt.encode({"alg": "HS256", "typ": "at+jwt", "kid": key.kid}, {"sub": "x"}, secret, algorithms=["HS256"])


def resigned(algorithm: str, kid: str, signature: bytes) -> Forge:
    """Good claims under another algorithm, key or signature; `kid` is the algorithm of the key that it names."""

    def made(at: Any) -> str:
        head = {"alg": algorithm, "typ": "at+jwt", "kid": at.server.issuer.keys.signing[kid].kid}
        claims = at.system_token().json()["access_token"].split(".")[1]
        return f"{_encoded(orjson.dumps(head))}.{claims}.{_encoded(signature)}"

    return made


def _encoded(said: bytes) -> str:
    return base64.urlsafe_b64encode(said).decode().rstrip("=")


def tampered(at: Any) -> str:
    token: str = at.system_token().json()["access_token"]
    middle = len(token) // 2
    return token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1 :]


def purposed(*purposes: tuple[str, str]) -> Forge:
    said = [{"system": system, "code": code} for system, code in purposes]
    return lambda at: ours(at, extensions={"ihe_iua": {"purpose_of_use": said}})


HL7 = "http://terminology.hl7.org/CodeSystem/v3-ActReason"
OWN = "https://tsunagu.example/fhir/CodeSystem/purpose-of-use"

REFUSED: dict[str, Forge] = {
    "for the installer's purpose": purposed((OWN, "installation")),
    "for a purpose of ours under another system": purposed((HL7, "audit-review")),
    "for a purpose of HL7's under our system": purposed((OWN, "CAREMGT")),
    "for a purpose without a system": purposed(("", "CAREMGT")),
    "for two purposes": purposed((HL7, "CAREMGT"), (HL7, "COC")),
    "for no purpose": purposed(),
    "expired": lambda at: ours(at, exp=int(at.clock().timestamp()) - 1),
    "for another server": lambda at: ours(at, aud="https://elsewhere.example/fhir"),
    "of another issuer": lambda at: ours(at, iss="https://elsewhere.example"),
    "an id token": lambda at: ours(at, type="JWT"),
    "of a stranger": by_a_stranger,
    "HS256 by the published key": by_published_key,
    "signed by nothing": resigned("ES256", "ES256", b""),
    "signed by zeros": resigned("ES256", "ES256", bytes(64)),
    "signed by the order of the curve and beyond": resigned("ES256", "ES256", b"\xff" * 64),
    "signed by too little": resigned("ES256", "ES256", bytes(63)),
    "of an algorithm that is not its key's": resigned("RS384", "ES256", bytes(384)),
    "of a key that is not its algorithm's": resigned("ES256", "RS384", bytes(64)),
    "of another curve": resigned("ES384", "ES256", bytes(96)),
    "by the key of identity": lambda at: at.server.issuer.keys.sign(
        claims_of(at, at.system_token().json()["access_token"]), type="at+jwt", algorithm="RS256"
    ),
    "alg none": lambda at: "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.eyJzdWIiOiJ4In0.",
    "tampered": tampered,
    "nonsense": lambda at: "nonsense",
    "empty": lambda at: "",
    "not ASCII": lambda at: "鍵.鍵.鍵",
}


@pytest.mark.parametrize("forge", REFUSED.values(), ids=REFUSED.keys())
def test_a_token_that_is_not_good_is_refused(at: Any, forge: Forge) -> None:
    token = forge(at)
    for _ in range(2):
        with pytest.raises(Problem) as refused:
            at.actor(token)
        assert refused.value.kind == "login"
    assert at.server.bearer.challenge(f"Bearer {token}").endswith('error="invalid_token"')
    assert "error" not in at.server.bearer.challenge(None)


def test_another_scheme_is_refused(at: Any) -> None:
    for header in ("Basic YTpi", "Bearer", "", at.system_token().json()["access_token"]):
        with pytest.raises(Problem):
            at.do(at.server.bearer.actor(header, "request-1", at.clock()))


def test_a_token_known_already_expires_all_the_same(at: Any) -> None:
    token = at.system_token().json()["access_token"]
    assert at.actor(token).client
    at.clock.pass_by(seconds=901)
    with pytest.raises(Problem):
        at.actor(token)


def test_each_request_has_its_own_time_and_name(at: Any) -> None:
    token = f"Bearer {at.system_token().json()['access_token']}"
    first = at.do(at.server.bearer.actor(token, "one", at.clock()))
    second = at.do(at.server.bearer.actor(token, "two", at.clock()))
    assert (first.request, second.request) == ("one", "two")
    assert first.now < second.now


def test_introspection_tells_a_client_about_its_own_tokens_only(at: Any, desk: Any) -> None:
    mine = at.system_token().json()["access_token"]
    said = at.as_client("/oauth/introspect", token=mine).json()
    assert said["active"] is True
    assert said["client_id"] == "health-center-system"
    assert said["exp"] > said["iat"]
    theirs = desk.exchange(desk.code()).json()["access_token"]
    assert at.as_client("/oauth/introspect", token=theirs).content == b'{"active":false}'
    assert at.as_client("/oauth/introspect", token="made-up").content == b'{"active":false}'
    assertion = at.assertion(iss="other-system", sub="other-system")
    said = at.as_client("/oauth/introspect", token=theirs, client_assertion=assertion).json()
    assert said["fhirUser"] == f"{at.fhir}/Practitioner/practitioner-yorisoi"
    assert said["sub"] == "account:yorisoi", "no client can have this name"


def test_introspection_is_not_for_public_clients(at: Any) -> None:
    form = {"token": "x", "client_id": "tsunagu-desk"}
    assert trusting.post(f"{at.url}/oauth/introspect", data=form).json()["error"] == "invalid_client"
    assert at.as_client("/oauth/introspect").json()["error"] == "invalid_request"


def test_a_token_of_a_person_that_rests_on_no_account_is_refused(at: Any, desk: Any) -> None:
    """As an earlier release gave them, whose subject was the bare name."""
    claims = claims_of(at, desk.exchange(desk.code()).json()["access_token"]) | {"sub": "yorisoi"}
    token = str(at.server.issuer.keys.sign(claims, type="at+jwt", algorithm="ES256"))
    with pytest.raises(Problem):
        at.actor(token)
