"""What a client finds out before it asks."""

from __future__ import annotations

from typing import Any

import pytest

from api.oauth import metadata
from tests import trusting

PATHS = (
    "/fhir/.well-known/smart-configuration",
    "/.well-known/smart-configuration",
    "/.well-known/oauth-authorization-server",
    "/.well-known/openid-configuration",
    "/oauth/jwks",
)


@pytest.mark.parametrize("path", PATHS)
def test_it_is_json_for_every_origin_whatever_is_accepted(at: Any, path: str) -> None:
    response = trusting.get(
        f"{at.url}{path}", headers={"accept": "application/fhir+xml", "origin": "https://app.example"}
    )
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    assert response.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", PATHS[:4])
def test_every_endpoint_named_answers(at: Any, path: str) -> None:
    said = trusting.get(f"{at.url}{path}").json()
    assert said["issuer"] == at.url
    for name in ("token_endpoint", "introspection_endpoint", "revocation_endpoint"):
        assert trusting.post(said[name]).status_code == 400
    assert trusting.get(said["authorization_endpoint"]).status_code == 400
    assert trusting.get(said["jwks_uri"]).json()["keys"]


def test_only_what_works_is_listed(at: Any) -> None:
    said = trusting.get(f"{at.fhir}/.well-known/smart-configuration").json()
    assert said["code_challenge_methods_supported"] == ["S256"]
    assert said["grant_types_supported"] == ["authorization_code", "refresh_token", "client_credentials"]
    assert said["token_endpoint_auth_signing_alg_values_supported"] == ["RS384", "ES384"]
    assert "permission-v2" in said["capabilities"]
    assert "client-confidential-symmetric" not in said["capabilities"]


def test_every_scope_listed_is_granted_to_who_is_registered_for_it(at: Any, desk: Any) -> None:
    listed = trusting.get(f"{at.fhir}/.well-known/smart-configuration").json()["scopes_supported"]
    persons = [word for word in listed if not word.startswith(("system/", "patient/", "launch"))]
    body = desk.exchange(desk.code(scope=" ".join(persons))).json()
    assert set(persons) <= set(body["scope"].split())
    systems = [word for word in listed if word.startswith("system/")]
    assert at.system_token(scope=" ".join(systems)).status_code == 200
    assert {word for word in listed if word.startswith(("patient/", "launch"))} == {
        "launch", "launch/patient", "patient/*.cruds",
    }, "granted with a launch: tests/http/test_launch.py"  # fmt: skip


def test_every_grant_and_way_to_authenticate_listed_is_known(at: Any) -> None:
    said = trusting.get(f"{at.fhir}/.well-known/smart-configuration").json()
    for grant in (
        *said["grant_types_supported"],
        "password",
        "implicit",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
    ):
        form = {"grant_type": grant, "client_id": "tsunagu-desk"}
        error = trusting.post(said["token_endpoint"], data=form).json()["error"]
        assert (error == "unsupported_grant_type") is (grant not in said["grant_types_supported"]), grant
    for algorithm in said["token_endpoint_auth_signing_alg_values_supported"]:
        key = {"RS384": "rsa", "ES384": "ec"}[algorithm]
        assert at.system_token(assertion=at.assertion(key=key)).status_code == 200


def test_every_capability_listed_is_held_by_a_test(at: Any) -> None:
    listed = trusting.get(f"{at.fhir}/.well-known/smart-configuration").json()["capabilities"]
    assert listed == list(metadata.CAPABILITIES), "of which tests/house/test_lines.py finds the tests"


def test_no_private_part_of_a_key_is_published(at: Any) -> None:
    public = {"RSA": {"n", "e"}, "EC": {"crv", "x", "y"}}
    published = trusting.get(f"{at.url}/oauth/jwks").json()["keys"]
    assert {key["kty"] for key in published} == set(public)
    for key in published:
        assert set(key) == {"kty", "alg", "use", "kid"} | public[key["kty"]]


def test_the_token_endpoint_can_only_be_posted_to(at: Any) -> None:
    assert trusting.get(f"{at.url}/oauth/token").status_code == 405
