"""What a client may leave or say of itself before anybody is asked: a pushed request, and a registration.

https://www.rfc-editor.org/rfc/rfc9126 and https://www.rfc-editor.org/rfc/rfc7591
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx2
import pytest
from joserfc import jwk, jwt

from api.oauth import clients, registration
from api.oauth.options import Options
from api.oauth.purpose import CARE_MANAGEMENT
from api.oauth.pushed import Pushed
from api.oauth.server import AuthorizationServer
from tests import trusting
from tests.unit.api.oauth.browser import CALLBACK
from tests.unit.api.oauth.conftest import SOFTWARE


def pushed(desk: Any, **other: str | None) -> httpx2.Response:
    answer: httpx2.Response = desk.http.post("/oauth/par", data=desk.request(**other))
    return answer


def test_a_request_that_was_pushed_is_the_one_that_counts(at: Any, desk: Any) -> None:
    left = pushed(desk, scope="openid user/Task.rs")
    assert left.status_code == 201
    assert left.json()["expires_in"] == 600
    reference = {"client_id": "tsunagu-desk", "request_uri": left.json()["request_uri"]}
    page = desk.http.get("/oauth/authorize", params=reference | {"scope": "user/*.cruds", "state": "forged"})
    if "password" in page.text:
        page = desk.http.get(desk.sign_in(page).headers["location"])
    heard = desk.answer(page)
    assert heard["state"] == desk.request()["state"]
    body = desk.exchange(heard["code"]).json()
    assert "user/Task.rs" in body["scope"].split()
    assert "user/*.cruds" not in body["scope"]
    again = desk.http.get("/oauth/authorize", params=reference)
    assert again.status_code == 400, "it is used up"


def test_a_pushed_request_is_of_its_client_and_of_its_time(at: Any, desk: Any) -> None:
    name = pushed(desk).json()["request_uri"]
    for params in (
        {"client_id": "reader", "request_uri": name},
        {"client_id": "tsunagu-desk", "request_uri": f"{name}x"},
        {"client_id": "tsunagu-desk", "request_uri": "https://elsewhere.example/request"},
    ):
        refused = desk.http.get("/oauth/authorize", params=params)
        assert refused.status_code == 400
        assert "location" not in refused.headers
    at.clock.pass_by(seconds=601)
    gone = desk.http.get("/oauth/authorize", params={"client_id": "tsunagu-desk", "request_uri": name})
    assert gone.status_code == 400


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"redirect_uri": "https://elsewhere.example/"}, "invalid_request"),
        ({"request_uri": "urn:ietf:params:oauth:request_uri:x"}, "invalid_request"),
        ({"response_type": "token"}, "unauthorized_client"),
        ({"client_id": "nobody"}, "invalid_client"),
        ({"client_id": "health-center-system"}, "invalid_client"),
    ],
)
def test_what_cannot_be_asked_for_cannot_be_pushed(desk: Any, other: dict[str, str], error: str) -> None:
    assert pushed(desk, **other).json()["error"] == error


def test_a_person_asked_to_sign_in_anew_is_asked_once(at: Any, desk: Any) -> None:
    name = pushed(desk, prompt="login").json()["request_uri"]
    at.clock.pass_by(seconds=2)
    reference = {"client_id": "tsunagu-desk", "request_uri": name}
    page = desk.http.get("/oauth/authorize", params=reference)
    assert 'name="password"' in page.text
    assert "許可する" in desk.http.get(desk.sign_in(page).headers["location"]).text


def test_what_is_not_turned_on_is_not_there_and_not_listed(at: Any, tmp_path: Any) -> None:
    plain = AuthorizationServer(at.vault, at.url, at.fhir, tmp_path, at.clock, gate=at.gate)
    paths = {route.path for route in plain.routes()}
    assert not {"/oauth/par", "/oauth/register"} & paths
    listed = trusting.get(f"{at.url}/.well-known/oauth-authorization-server").json()
    assert listed["dpop_signing_alg_values_supported"] == ["ES256", "ES384"]
    assert listed["pushed_authorization_request_endpoint"] == f"{at.url}/oauth/par"
    assert listed["registration_endpoint"] == f"{at.url}/oauth/register"
    assert plain.issuer.options == Options()


APP: dict[str, Any] = {
    "client_name": "見守りアプリ",
    "redirect_uris": [CALLBACK],
    "grant_types": ["authorization_code", "refresh_token"],
    "token_endpoint_auth_method": "none",
    "scope": "openid user/Patient.cruds user/Task.rs system/*.cruds",
}


def invited(at: Any) -> dict[str, str]:
    most = "openid offline_access user/Patient.rs user/Task.rs"
    token = at.do(
        registration.invite(
            at.vault, "Organization/agency", most, (CARE_MANAGEMENT,), until=at.clock().timestamp() + 3600
        )
    )
    return {"authorization": f"Bearer {token}"}


def registered(at: Any, headers: dict[str, str], **other: Any) -> httpx2.Response:
    return trusting.post(f"{at.url}/oauth/register", json=APP | other, headers=headers)


def test_software_that_was_invited_registers_itself_once_and_as_far_as_it_was_invited(at: Any, desk: Any) -> None:
    headers = invited(at)
    assert registered(at, headers, redirect_uris=["http://city.example/"]).json()["error"] == "invalid_redirect_uri"
    answer = registered(at, headers)
    assert answer.status_code == 201, answer.text
    said = answer.json()
    assert said["scope"] == "openid user/Patient.rs user/Task.rs"
    client = at.do(clients.find(at.vault, said["client_id"]))
    assert (client.organization, client.introspects, client.purposes) == (
        "Organization/agency",
        False,
        (CARE_MANAGEMENT,),
    )
    assert registered(at, headers).json()["error"] == "invalid_token", "an invitation is good once"
    assert registered(at, {}).status_code == 401
    body = desk.exchange(desk.code(client_id=said["client_id"]), client_id=said["client_id"]).json()
    assert "user/Patient.rs" in body["scope"]
    kinds = [event.kind for event in at.said() if event.client == said["client_id"]]
    assert kinds[0] == "administration"


def test_an_invitation_is_over_in_time(at: Any) -> None:
    headers = invited(at)
    at.clock.pass_by(hours=2)
    assert registered(at, headers).status_code == 401


@pytest.mark.parametrize(
    "other",
    [
        {"grant_types": ["password"]},
        {"grant_types": ["client_credentials"]},
        {"token_endpoint_auth_method": "client_secret_basic"},
        {"jwks": {"keys": [{"kty": "oct", "k": "AAAA", "kid": "x"}]}, "token_endpoint_auth_method": "private_key_jwt"},
        {"jwks_uri": "http://169.254.169.254/keys", "token_endpoint_auth_method": "private_key_jwt"},
        {"redirect_uris": [7]},
        {"redirect_uris": "x"},
        {"redirect_uris": ["javascript:alert(1)"]},
        {"redirect_uris": ["https://city.example@evil.example/"]},
        {"redirect_uris": ["https://[::1"]},
        {"jwks_uri": "https://[::1", "token_endpoint_auth_method": "private_key_jwt"},
        {"client_name": {"a": 1}, "redirect_uris": []},
    ],
)
def test_what_no_client_may_be_is_refused(at: Any, other: dict[str, Any]) -> None:
    refused = registered(at, invited(at), **other)
    assert refused.status_code == 400, refused.text
    assert refused.json()["error"] in ("invalid_client_metadata", "invalid_redirect_uri")


def stated(at: Any, key: jwk.ECKey = SOFTWARE, **other: Any) -> str:
    claims = {
        "iss": "city",
        "exp": int(at.clock().timestamp()) + 300,
        "organization": "Organization/agency",
        "scope": "openid user/Task.rs",
        "purposes": [CARE_MANAGEMENT],
        "client_name": "市のアプリ",
        "redirect_uris": APP["redirect_uris"],
    }
    claims = {name: value for name, value in (claims | other).items() if value is not None}
    return jwt.encode({"alg": "ES384", "kid": "software"}, claims, key, algorithms=["ES384"])


def test_a_statement_of_who_is_believed_invites_and_what_it_says_counts(at: Any) -> None:
    said = registered(at, {}, software_statement=stated(at)).json()
    assert (said["client_name"], said["scope"]) == ("市のアプリ", "openid user/Task.rs")


def test_no_other_statement_invites(at: Any) -> None:
    stranger = jwk.ECKey.generate_key("P-384", {"kid": "software"})
    for statement in (
        stated(at, stranger),
        stated(at, aud="https://other.example"),
        stated(at, exp=1),
        stated(at, exp=None),
        "x",
        7,
        {"a": 1},
    ):
        refused = registered(at, {}, software_statement=statement)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_software_statement")
    assert registered(at, {}, software_statement=stated(at, organization=None)).status_code == 400


@pytest.mark.parametrize("own", ["redirect_uris", "jwks", "jwks_uri"])
def test_who_has_a_copy_of_a_statement_is_not_taken_for_its_software(at: Any, own: str) -> None:
    theirs = {
        "redirect_uris": ["https://evil.example/"],
        "jwks": {"keys": [at.keys["ec"].as_dict(private=False)]},
        "jwks_uri": "https://evil.example/keys",
    }
    statement = stated(at, redirect_uris=None, scope="system/*.cruds")
    asked = {"client_name": "app", "software_statement": statement, own: theirs[own]}
    if own != "redirect_uris":
        asked |= {"grant_types": ["client_credentials"], "token_endpoint_auth_method": "private_key_jwt"}
    refused = trusting.post(f"{at.url}/oauth/register", json=asked)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_client_metadata")
    assert own in refused.json()["error_description"]


def test_required_means_required(at: Any, tmp_path: Any) -> None:
    strict = Pushed(at.server.issuer, "required", ())
    with pytest.raises(Exception, match="pushed first"):
        at.do(strict.of({"client_id": "tsunagu-desk"}))
    assert replace(Options(), pushed="required").pushed == "required"
