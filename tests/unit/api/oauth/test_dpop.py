"""A token that is bound to a key is worth nothing without a proof by that key, for this request and used once.

https://www.rfc-editor.org/rfc/rfc9449
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest
from joserfc import jwk, jws, jwt

from api.oauth.dpop import Shown
from resources.record.problem import Problem
from tests import trusting

HERE = "/fhir/Patient/1"


class Key:
    """A client's key, and the proofs that it signs."""

    def __init__(self, at: Any) -> None:
        self.at, self.key = at, jwk.ECKey.generate_key("P-256")

    def proof(self, path: str = "/oauth/token", method: str = "POST", token: str = "", **other: Any) -> str:
        head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.key.as_dict(private=False)} | other.pop("header", {})
        claims: dict[str, Any] = {
            "jti": secrets.token_hex(8),
            "htm": method,
            "htu": f"{self.at.url}{path}",
            "iat": int(self.at.clock().timestamp()),
        }
        if token:
            claims["ath"] = base64.urlsafe_b64encode(hashlib.sha256(token.encode()).digest()).decode().rstrip("=")
        claims = {name: value for name, value in (claims | other).items() if value is not None}
        registry = jws.JWSRegistry(algorithms=["ES256"], strict_check_header=False)
        return jwt.encode(head, claims, self.key, algorithms=["ES256"], registry=registry, default_type=None)

    def actor(self, token: str, *proofs: str, scheme: str = "DPoP", method: str = "GET") -> Any:
        shown = Shown(proofs, method, f"{self.at.url}{HERE}")
        return self.at.do(self.at.server.bearer.actor(f"{scheme} {token}", "request", self.at.clock(), shown))


@pytest.fixture
def key(at: Any) -> Key:
    return Key(at)


@pytest.fixture
def bound(desk: Any, key: Key) -> dict[str, Any]:
    body: dict[str, Any] = exchanged(desk, key).json()
    return body


def exchanged(desk: Any, key: Key, **proof: Any) -> httpx2.Response:
    desk.http.headers["dpop"] = key.proof(**proof)
    try:
        answer: httpx2.Response = desk.exchange(desk.code())
        return answer
    finally:
        del desk.http.headers["dpop"]


def test_a_token_is_bound_to_the_key_of_its_client(at: Any, key: Key, bound: dict[str, Any]) -> None:
    token = bound["access_token"]
    assert bound["token_type"] == "DPoP"
    assert key.actor(token, key.proof(HERE, "GET", token)).person == "Practitioner/practitioner-yorisoi"
    said = at.as_client(
        "/oauth/introspect", token=token, client_assertion=at.assertion(iss="other-system", sub="other-system")
    )
    assert said.json()["cnf"] == {"jkt": key.key.thumbprint()}
    assert said.json()["token_type"] == "DPoP"


BAD: dict[str, dict[str, Any]] = {
    "another method": {"method": "POST"},
    "another address": {"path": "/fhir/Patient/2"},
    "another server": {"htu": "https://elsewhere.example/fhir/Patient/1"},
    "no ath": {"ath": None},
    "the ath of another token": {"ath": "x"},
    "old": {"iat": 1_700_000_000},
    "of the future": {"iat": 4_000_000_000},
    "iat is text": {"iat": "now"},
    "no jti": {"jti": None},
    "another type": {"header": {"typ": "JWT"}},
    "alg none": {"header": {"alg": "none"}},
}


@pytest.mark.parametrize("changed", BAD.values(), ids=BAD.keys())
def test_a_proof_of_something_else_opens_nothing(key: Key, bound: dict[str, Any], changed: dict[str, Any]) -> None:
    token = bound["access_token"]
    given = {"path": HERE, "method": "GET", "token": token} | changed
    try:
        proof = key.proof(**given)
    except Exception:  # what our own library does not sign is put together by hand
        proof = key.proof(HERE, "GET", token).rpartition(".")[0] + "."
    with pytest.raises(Problem):
        key.actor(token, proof)


def test_without_the_key_it_is_worth_nothing(at: Any, key: Key, bound: dict[str, Any]) -> None:
    token, stranger = bound["access_token"], Key(at)
    with pytest.raises(Problem):
        at.actor(token)
    for proofs in ((), (stranger.proof(HERE, "GET", token),), (key.proof(HERE, "GET", token),) * 2, ("x",)):
        with pytest.raises(Problem):
            key.actor(token, *proofs)
    with pytest.raises(Problem):
        key.actor(token, key.proof(HERE, "GET", token), scheme="Bearer")
    with pytest.raises(Problem):
        key.actor(token, key.proof(HERE, "GET", token, header={"jwk": stranger.key.as_dict(private=False)}))
    plain = at.system_token().json()["access_token"]
    with pytest.raises(Problem):
        key.actor(plain, key.proof(HERE, "GET", plain))


def test_a_proof_is_good_once_however_many_send_it_at_once(key: Key, bound: dict[str, Any]) -> None:
    token = bound["access_token"]
    proof = key.proof(HERE, "GET", token)

    def tried(_: int) -> bool:
        try:
            key.actor(token, proof)
        except Problem:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(tried, range(8))) == 1


def test_a_public_clients_refresh_token_is_bound_too(at: Any, desk: Any, key: Key, bound: dict[str, Any]) -> None:
    form = {"grant_type": "refresh_token", "refresh_token": bound["refresh_token"], "client_id": "tsunagu-desk"}
    for headers in ({}, {"dpop": Key(at).proof()}):
        refused = trusting.post(f"{at.url}/oauth/token", data=form, headers=headers)
        assert refused.json()["error"] == "invalid_dpop_proof"
    again = trusting.post(f"{at.url}/oauth/token", data=form, headers={"dpop": key.proof()})
    assert again.json()["token_type"] == "DPoP"


@pytest.mark.parametrize("changed", [{"method": "GET"}, {"path": "/oauth/revoke"}, {"iat": 1}, {"jti": None}])
def test_a_bad_proof_at_the_token_endpoint_is_said_and_spends_nothing(
    desk: Any, key: Key, changed: dict[str, Any]
) -> None:
    said = exchanged(desk, key, **changed).json()
    assert said["error"] == "invalid_dpop_proof"


def test_a_code_may_be_bound_to_a_key_from_the_start(desk: Any, key: Key) -> None:
    code = desk.code(dpop_jkt=key.key.thumbprint())
    assert desk.exchange(code).json()["error"] == "invalid_dpop_proof"
    desk.http.headers["dpop"] = key.proof()
    assert desk.exchange(code).json()["token_type"] == "DPoP"
    del desk.http.headers["dpop"]
