"""Lines of SMART App Launch and of RFC 9700 that are held here alone: docs/smart.md and docs/security.md.

https://hl7.org/fhir/smart-app-launch/STU2.2/ and https://www.rfc-editor.org/rfc/rfc9700
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.oauth import access_token, accounts, clients
from api.oauth.granted import Granted
from api.oauth.purpose import CARE_MANAGEMENT
from tests import trusting
from tests.unit.api.oauth.browser import hidden

SETS = {
    "Patient Access for Standalone Apps": {"launch-standalone", "context-standalone-patient", "permission-patient"},
    "Patient Access for EHR Launch": {"launch-ehr", "context-ehr-patient", "permission-patient"},
    "Clinician Access for Standalone": {"launch-standalone", "permission-user", "permission-patient"},
}


def configuration(at: Any) -> dict[str, Any]:
    found: dict[str, Any] = trusting.get(f"{at.fhir}/.well-known/smart-configuration").json()
    return found


def test_every_endpoint_is_named_by_its_whole_address(at: Any) -> None:
    for name, value in configuration(at).items():
        if name.endswith(("_endpoint", "_uri")) or name == "issuer":
            assert value.startswith(at.url), name


def test_how_a_client_asks_and_proves_itself_is_said(at: Any) -> None:
    said = configuration(at)
    assert said["response_types_supported"] == ["code"]
    assert set(said["token_endpoint_auth_methods_supported"]) == {"private_key_jwt", "none"}


@pytest.mark.parametrize("name", SETS)
def test_a_whole_set_of_capabilities_is_there(at: Any, name: str) -> None:
    assert SETS[name] | {"client-public"} <= set(configuration(at)["capabilities"])


def test_nobody_keeps_what_the_token_endpoint_says(at: Any, desk: Any) -> None:
    for answer in (desk.exchange(desk.code()), desk.exchange("made-up"), at.system_token()):
        assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")


def test_a_system_is_told_what_it_got_and_for_how_long(at: Any) -> None:
    body = at.system_token(scope="system/Task.rs system/Bogus.rs").json()
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] == 900
    assert body["scope"].split()[0] == "system/Task.rs"
    assert "Bogus" not in body["scope"]


def test_no_token_gets_too_large_for_a_header(at: Any) -> None:
    def asked(count: int) -> httpx2.Response:
        response: httpx2.Response = at.system_token(scope=" ".join(f"system/Task.rs?code=x{n}" for n in range(count)))
        return response

    largest = next(count for count in range(200, 100, -1) if asked(count).status_code == 200)
    token = asked(largest).json()["access_token"]
    assert 5000 < len(token) < 8000
    refused = asked(largest + 1)
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_scope")
    assert "fewer filters" in refused.json()["error_description"]


def test_a_refreshed_token_says_all_that_the_first_did(at: Any, desk: Any) -> None:
    first = desk.exchange(desk.code()).json()
    again = desk.refresh(first["refresh_token"]).json()
    assert again["access_token"] != first["access_token"]
    for name in ("token_type", "expires_in", "scope"):
        assert again[name] == first[name], name


def introspected(at: Any, token: str) -> dict[str, Any]:
    """What a client registered to ask about the tokens of others is told, by its bearer token."""
    own = at.system_token(assertion=at.assertion(iss="other-system", sub="other-system")).json()["access_token"]
    bearer = {"authorization": f"Bearer {own}"}
    found: dict[str, Any] = trusting.post(f"{at.url}/oauth/introspect", data={"token": token}, headers=bearer).json()
    return found


def test_with_a_bearer_token_a_client_asks_about_the_tokens_of_others(at: Any, desk: Any) -> None:
    body = desk.exchange(desk.code()).json()
    said = introspected(at, body["access_token"])
    assert (said["active"], said["client_id"], said["scope"]) == (True, "tsunagu-desk", body["scope"])
    assert said["exp"] - said["iat"] == body["expires_in"]
    assert (said["iss"], said["sub"]) == (at.url, "account:yorisoi")
    assert said["fhirUser"] == f"{at.fhir}/Practitioner/practitioner-yorisoi"


def test_introspection_says_the_context_of_a_launch_as_it_stands_beside_the_token(at: Any) -> None:
    client = at.do(clients.find(at.vault, "tsunagu-desk"))
    account = at.do(accounts.find(at.vault, "yorisoi"))
    grant = Granted(
        "launched", client.client_id, account.subject, account.person, "launch patient/*.rs", CARE_MANAGEMENT,
        client_mark=client.mark, account_mark=account.mark, patient="Patient/hers", households=("Group/theirs",),
    )  # fmt: skip
    said = introspected(at, access_token.sign(at.server.issuer, client, grant, grant.scope))
    assert grant.launched == {
        "patient": "hers",
        "fhirContext": [{"reference": "Group/theirs"}],
        "need_patient_banner": True,
    }
    assert {name: said[name] for name in grant.launched} == grant.launched
    plain = introspected(at, access_token.sign(at.server.issuer, client, replace(grant, patient=""), grant.scope))
    assert plain["active"]
    assert not set(grant.launched) & set(plain)


def test_who_asks_for_what_cannot_be_signs_in_before_they_are_sent_back(browser: Any) -> None:
    """RFC 9700 section 4.11.2: no link with a fault in it sends a stranger's browser to a client."""
    page = browser.ask(scope="user/Bogus.rs")
    assert page.status_code == 200
    assert 'name="password"' in page.text
    back = browser.http.get(browser.sign_in(page).headers["location"])
    assert back.status_code == 303
    assert "error=invalid_scope" in back.headers["location"]
    assert "error=invalid_scope" in browser.ask(scope="user/Bogus.rs", prompt="login").headers["location"]


def test_who_forbids_pages_is_answered_at_once(browser: Any) -> None:
    assert "error=login_required" in browser.ask(prompt="none").headers["location"]
    assert "error=invalid_scope" in browser.ask(prompt="none", scope="user/Bogus.rs").headers["location"]


def test_no_page_leads_or_looks_elsewhere_and_none_says_where_it_was(browser: Any) -> None:
    confirm = browser.http.get(browser.sign_in(browser.ask()).headers["location"])
    for page in (browser.http.get("/sign-in"), browser.http.get("/sign-out"), browser.http.get("/passkeys"), confirm):
        addresses = re.findall(r'(?:href|src|action)="([^"]*)"', page.text)
        assert addresses
        assert all(re.match(r"/(?!/)", address) for address in addresses), addresses
        assert page.headers["referrer-policy"] == "same-origin"
    back = browser.http.post("/oauth/decision", data=hidden(confirm) | {"answer": "allow"})
    assert (back.status_code, back.headers["referrer-policy"]) == (303, "no-referrer")


def test_no_code_and_no_token_is_kept_as_it_is(at: Any, desk: Any) -> None:
    code = desk.code()
    body = desk.exchange(code).json()
    folder: Path = at.folder
    kept = [file.read_bytes() for file in folder.rglob("*") if file.is_file()]
    assert any(b"oauth-refresh_token" in content for content in kept), "this is where they would be"
    for secret in (code, body["access_token"], body["refresh_token"], body["id_token"]):
        assert not any(secret.encode() in content for content in kept)


def test_codes_and_refresh_tokens_are_names_that_nobody_guesses(desk: Any) -> None:
    codes = [desk.code() for _ in range(3)]
    tokens = [desk.exchange(code).json()["refresh_token"] for code in codes]
    assert len({*codes, *tokens}) == 6
    for name in (*codes, *tokens):
        assert re.fullmatch(r"[\w-]{43}", name), "32 random bytes"


@pytest.mark.parametrize("name", ["account:yorisoi", "a:b"])
def test_no_client_takes_a_name_that_a_person_could_have(at: Any, name: str) -> None:
    desk = at.do(clients.find(at.vault, "tsunagu-desk"))
    with pytest.raises(ValueError, match="of an account"):
        at.do(clients.register(at.vault, replace(desk, client_id=name)))
