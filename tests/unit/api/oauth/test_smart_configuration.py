"""What a client finds out before it asks."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

PATHS = (
    "/fhir/.well-known/smart-configuration",
    "/.well-known/smart-configuration",
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
    "/oauth/jwks",
)


@pytest.mark.parametrize("path", PATHS)
def test_it_is_json_for_every_origin_whatever_is_accepted(at: Any, path: str) -> None:
    response = httpx2.get(
        f"{at.url}{path}", headers={"accept": "application/fhir+xml", "origin": "https://app.example"}
    )
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", PATHS[:4])
def test_every_endpoint_named_answers(at: Any, path: str) -> None:
    said = httpx2.get(f"{at.url}{path}").json()
    assert said["issuer"] == at.url
    for name in ("token_endpoint", "introspection_endpoint", "revocation_endpoint"):
        assert httpx2.post(said[name]).status_code == 400
    assert httpx2.get(said["authorization_endpoint"]).status_code == 400
    assert httpx2.get(said["jwks_uri"]).json()["keys"]


def test_only_what_works_is_listed(at: Any) -> None:
    said = httpx2.get(f"{at.fhir}/.well-known/smart-configuration").json()
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert said["grant_types_supported"] == ["authorization_code", "refresh_token", "client_credentials"]
    assert said["token_endpoint_auth_signing_alg_values_supported"] == ["RS384", "ES384"]
    assert "permission-v2" in said["capabilities"]
    assert "client-confidential-symmetric" not in said["capabilities"]


def test_no_private_part_of_a_key_is_published(at: Any) -> None:
    for key in httpx2.get(f"{at.url}/oauth/jwks").json()["keys"]:
        assert set(key) == {"kty", "n", "e", "alg", "use", "kid"}


def test_the_token_endpoint_can_only_be_posted_to(at: Any) -> None:
    assert httpx2.get(f"{at.url}/oauth/token").status_code == 405
