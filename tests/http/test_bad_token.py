"""Without a good token of this server there is nothing but the public directory, and the answer says so.

https://www.rfc-editor.org/rfc/rfc6750#section-3.1
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from typing import Any

import orjson
import pytest
from joserfc import jwk, jwt

from demo.journey.city import City
from demo.rest import read
from tests import trusting
from tests.http.asking import Asking
from tests.http.launch import Running
from tests.http.refused import refused, text
from tests.http.stored import Stored


def claims(token: str) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(_decoded(token.split(".")[1]))
    return found


def signed(server: Running, changed: dict[str, Any], **header: str) -> str:
    """A token signed with the server's own key, which no client has: only its claims can be at fault."""
    keys = orjson.loads((server.folder / "keys" / "signing-keys.json").read_bytes())["keys"]
    key = jwk.ECKey.import_key(next(each for each in keys if each["alg"] == "ES256"))
    head: dict[str, Any] = {"alg": "ES256", "typ": "at+jwt", "kid": key.kid} | header
    return jwt.encode(head, changed, key, algorithms=[head["alg"]], default_type=None)


def _tampered(good: str, server: Running) -> str:
    head, _, seal = good.split(".")
    wider = claims(good) | {"fhirUser": "Practitioner/practitioner-convener"}
    return ".".join((head, _encoded(orjson.dumps(wider)), seal))


def _unsigned(good: str, server: Running) -> str:
    return f"{_encoded(orjson.dumps({'alg': 'none', 'typ': 'at+jwt'}))}.{good.split('.')[1]}."


def _by_the_public_key(good: str, server: Running) -> str:
    """HS256, with what everybody can fetch as its secret."""
    public = trusting.get(f"{server.address}/oauth/jwks")
    secret = public.content if public.status_code == 200 else b"public"
    said = f"{_encoded(orjson.dumps({'alg': 'HS256', 'typ': 'at+jwt'}))}.{good.split('.')[1]}"
    return f"{said}.{_encoded(hmac.digest(secret, said.encode(), hashlib.sha256))}"


def _foreign(good: str, server: Running) -> str:
    key = jwk.ECKey.generate_key("P-256", auto_kid=True)
    return jwt.encode({"alg": "ES256", "typ": "at+jwt"}, claims(good), key, algorithms=["ES256"], default_type=None)


BAD = {
    "nothing after the word": lambda good, server: "",
    "gibberish": lambda good, server: "abc.def.ghi",
    "one letter of the seal changed": lambda good, server: good[:-9] + ("A" if good[-9] != "A" else "B") + good[-8:],
    "somebody else's name in it": _tampered,
    "no signature": _unsigned,
    "the public key as a secret": _by_the_public_key,
    "another server's": _foreign,
    "another audience": lambda good, server: signed(server, claims(good) | {"aud": "https://elsewhere.example/fhir"}),
    "another issuer": lambda good, server: signed(server, claims(good) | {"iss": "https://elsewhere.example"}),
    "expired": lambda good, server: signed(server, claims(good) | {"exp": int(time.time()) - 1}),
    "another kind of token": lambda good, server: signed(server, claims(good), typ="JWT"),
    "two tokens": lambda good, server: f"{good} {good}",
    "with something behind": lambda good, server: f"{good}x",
}


@pytest.mark.parametrize("token", BAD)
def test_a_bad_token_opens_nothing(token: str, asking: Asking, server: Running, standing: City, stored: Stored) -> None:
    before = stored.count()
    bearer = {"Authorization": f"Bearer {BAD[token](asking.token, server)}".strip()}
    for method, path, body in (
        ("GET", standing.known["mother"], None),
        ("GET", "Patient", None),
        ("GET", "HealthcareService", None),
        ("POST", "Condition", text(standing)),
        ("POST", "", b"{"),
    ):
        answer = asking.ask(method, path, body, bearer)
        refused(answer, 401, "login", "", "ja")
        assert answer.headers["www-authenticate"] == 'Bearer realm="tsunagu", error="invalid_token"'
    assert stored.count() == before


def test_the_same_claims_signed_and_living_are_good(asking: Asking, server: Running, standing: City) -> None:
    anew = signed(server, claims(asking.token))
    assert asking.ask("GET", standing.known["mother"], headers={"Authorization": f"bearer {anew}"}).status == 200


@pytest.mark.parametrize("scheme", ["Basic eW9yaXNvaTpwYXNz", "DPoP abc", "Digest a=b", "Bearer"])
def test_another_scheme_is_no_token(scheme: str, asking: Asking, standing: City) -> None:
    answer = asking.ask("GET", standing.known["mother"], headers={"Authorization": scheme})
    refused(answer, 401, "login", "", "ja")


def test_a_token_in_the_address_is_an_unknown_parameter(asking: Asking) -> None:
    answer = asking.ask("GET", f"Organization?access_token={asking.token}", headers={"Authorization": ""})
    refused(answer, 400, "not-supported", "access_token", "ja")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "Patient"),
        ("GET", "Patient/nope"),
        ("GET", "Patient/nope/_history"),
        ("GET", "Practitioner"),
        ("GET", "AuditEvent"),
        ("GET", "Patient/nope/$explain-access"),
        ("POST", "Condition"),
        ("POST", "Condition?_format=json"),
        ("POST", ""),
        ("POST", "QuestionnaireResponse/$extract"),
        ("PUT", "Patient/nope"),
        ("DELETE", "Patient/nope"),
    ],
)
def test_a_stranger_is_asked_to_sign_in_before_anything_is_read(
    method: str, path: str, server: Running, stored: Stored
) -> None:
    before = stored.count()
    with Asking(server.base) as nobody:
        answer = nobody.ask(method, path, b"{" if method in ("POST", "PUT") else None)
    refused(answer, 401, "login", "", "ja")
    assert answer.headers["www-authenticate"] == 'Bearer realm="tsunagu"'
    assert stored.count() == before


def test_a_stranger_reads_the_directory_and_what_the_server_can_do(server: Running) -> None:
    with Asking(server.base) as nobody:
        for path in ("metadata", "HealthcareService?_count=1", "Organization/lead-section", "Location/area-el-03"):
            assert nobody.ask("GET", path).status == 200


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        (
            {"grant_type": "password", "client_id": "tsunagu-desk", "username": "a", "password": "b"},
            "unsupported_grant_type",
        ),
        ({"grant_type": "client_credentials"}, "invalid_client"),
        ({"grant_type": "client_credentials", "client_id": "health-center-system"}, "invalid_client"),
        ({"grant_type": "authorization_code", "client_id": "tsunagu-desk", "code": "guessed"}, "invalid_grant"),
        ({"grant_type": "refresh_token", "client_id": "tsunagu-desk", "refresh_token": "guessed"}, "invalid_grant"),
    ],
)
def test_the_token_endpoint_answers_faults_in_oauths_words(form: dict[str, str], error: str, server: Running) -> None:
    with trusting.client() as web:
        answer = read(web.post(f"{server.address}/oauth/token", data=form))
    assert answer.status in (400, 401)
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json["error"] == error, answer.text


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
