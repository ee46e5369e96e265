"""A person signs in at a browser, confirms, and the client exchanges the code once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from joserfc import jwk, jwt

from consent import vocabulary
from resources.record.problem import Problem
from tests import trusting


def test_a_person_signs_in_confirms_and_is_known_by_the_token(at: Any, browser: Any) -> None:
    page = browser.ask()
    assert page.status_code == 200
    assert "つなぐ窓口" in page.text
    signed_in = browser.sign_in(page)
    assert signed_in.status_code == 303
    confirm = browser.http.get(signed_in.headers["location"])
    assert "支援の調整" in confirm.text
    assert "care management" in confirm.text
    back = browser.answer(confirm)
    assert back["state"] == browser.request()["state"]
    assert back["iss"] == at.url

    token = browser.exchange(back["code"])
    assert token.status_code == 200, token.text
    assert token.headers["cache-control"] == "no-store"
    body = token.json()
    assert body["token_type"] == "Bearer"
    assert body["expires_in"] == 900
    actor = at.actor(body["access_token"])
    assert actor.person == "Practitioner/practitioner-yorisoi"
    assert actor.client == "tsunagu-desk"
    assert actor.organization == "Organization/okayama-city"
    assert actor.purpose == vocabulary.CARE_MANAGEMENT
    assert [(s.level, s.type, "".join(sorted(s.actions))) for s in actor.scopes] == [("user", "*", "rs")]
    assert (actor.request, actor.anonymous) == ("request-1", False)


def test_the_id_token_says_who_signed_in_and_repeats_the_nonce(at: Any, desk: Any) -> None:
    body = desk.exchange(desk.code(nonce="n-0S6")).json()
    keys = jwk.KeySet.import_key_set(trusting.get(f"{at.url}/oauth/jwks").json())
    claims = jwt.decode(body["id_token"], keys, algorithms=["RS256"]).claims
    assert claims["aud"] == "tsunagu-desk"
    assert claims["iss"] == at.url
    assert claims["nonce"] == "n-0S6"
    assert claims["fhirUser"] == f"{at.fhir}/Practitioner/practitioner-yorisoi"
    assert claims["auth_time"] <= claims["iat"]


def test_an_authorization_request_may_be_posted_by_the_client(browser: Any) -> None:
    page = browser.http.post("/oauth/authorize", data=browser.request())
    assert page.status_code == 200
    assert 'name="password"' in page.text


def test_a_code_is_good_once_and_its_second_use_ends_what_came_of_the_first(at: Any, desk: Any) -> None:
    code = desk.code()
    first = desk.exchange(code).json()
    assert at.actor(first["access_token"]).person
    again = desk.exchange(code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")
    with pytest.raises(Problem):
        at.actor(first["access_token"])
    assert desk.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"


def test_of_two_exchanges_at_once_one_wins(desk: Any) -> None:
    for _ in range(3):
        code = desk.code()
        with ThreadPoolExecutor(4) as pool:
            statuses = sorted(response.status_code for response in pool.map(desk.exchange, [code] * 4))
        assert statuses == [200, 400, 400, 400]


def test_a_code_lives_a_minute(at: Any, desk: Any) -> None:
    code = desk.code()
    at.clock.pass_by(seconds=61)
    assert desk.exchange(code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"code_verifier": "x" * 43}, "invalid_grant"),
        ({"code_verifier": None}, "invalid_request"),
        ({"redirect_uri": "http://127.0.0.1:9/callback?of=desk"}, "invalid_grant"),
        ({"redirect_uri": None}, "invalid_grant"),
        ({"client_id": "reader"}, "invalid_grant"),
        ({"client_id": "nobody"}, "invalid_client"),
        ({"client_id": "health-center-system"}, "invalid_client"),
        ({"client_id": None}, "invalid_client"),
        ({"code": "made-up"}, "invalid_grant"),
        ({"code": None}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "implicit"}, "unsupported_grant_type"),
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": "日本語"}, "invalid_request"),
    ],
)
def test_an_exchange_that_is_not_right_is_refused(desk: Any, other: dict[str, Any], error: str) -> None:
    response = desk.exchange(desk.code(), **other)
    assert response.json()["error"] == error
    assert response.status_code == 400
    assert "www-authenticate" not in response.headers, "it would hide the JSON from clients"
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("other", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": None}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"aud": None}, "invalid_request"),
        ({"aud": "https://elsewhere.example/fhir"}, "invalid_request"),
        ({"scope": None}, "invalid_scope"),
        ({"scope": "launch/patient"}, "invalid_scope"),
        ({"scope": "system/*.rs"}, "invalid_scope"),
        ({"scope": "user/*.sr"}, "invalid_scope"),
        ({"scope": "user/*.rs \\"}, "invalid_request"),
        ({"prompt": "none"}, "interaction_required"),
        ({"prompt": "bogus"}, "invalid_request"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"response_mode": "fragment"}, "invalid_request"),
        ({"request": "e30.e30."}, "request_not_supported"),
        ({"request_uri": "https://elsewhere.example/request"}, "request_uri_not_supported"),
        ({"scope": "user/Bogus.rs"}, "invalid_scope"),
        ({"max_age": "-1"}, "invalid_request"),
        ({"scope": "user/*.rs purpose_of_use=http://terminology.hl7.org/CodeSystem/v3-ActReason|BTG"}, "invalid_scope"),
        ({"scope": "user/*.rs purpose_of_use=CAREMGT"}, "invalid_scope"),
    ],
)
def test_a_request_that_is_not_right_goes_back_with_its_state(browser: Any, other: dict[str, Any], error: str) -> None:
    browser.sign_in(browser.http.get("/sign-in"))
    response = browser.ask(**other)
    assert response.status_code == 303
    assert response.headers["location"].startswith("http://127.0.0.1:9/callback?")
    said = dict(item.split("=", 1) for item in response.headers["location"].partition("?")[2].split("&"))
    assert said["error"] == error
    assert said["state"] == browser.request()["state"]
    assert "code" not in said


@pytest.mark.parametrize(
    "other",
    [
        {"redirect_uri": "http://127.0.0.1:9/callback/"},
        {"redirect_uri": "http://127.0.0.1:9/callback#x"},
        {"redirect_uri": "http://127.0.0.1@elsewhere.example/callback"},
        {"redirect_uri": "http://127.0.0.1\\@elsewhere.example/callback"},
        {"redirect_uri": "http://127.0.0.1:999999/callback"},
        {"redirect_uri": "http://127.0.0.1.elsewhere.example/callback"},
        {"redirect_uri": "http://127.0.0.1:9/callback?of=desk&more=1"},
        {"redirect_uri": "http://127.0.0.1:9/callback/../elsewhere"},
        {"redirect_uri": "http://localhost:9/callback"},
        {"redirect_uri": "HTTP://127.0.0.1:9/callback"},
        {"redirect_uri": "//elsewhere.example/callback"},
        {"redirect_uri": "javascript:alert(1)"},
        {"redirect_uri": "https://elsewhere.example/"},
        {"redirect_uri": 'http://127.0.0.1:9/"\\鍵'},
        {"redirect_uri": None},
        {"client_id": "nobody"},
        {"client_id": None},
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(browser: Any, other: dict[str, Any]) -> None:
    response = browser.ask(**other)
    assert response.status_code == 400
    assert "location" not in response.headers


def test_a_parameter_given_twice_is_refused(browser: Any) -> None:
    query = "&".join(f"{name}={value}" for name, value in browser.request(state="a", scope="user/*.rs").items())
    assert browser.http.get(f"/oauth/authorize?{query}&state=b").status_code == 400
    twice = "grant_type=authorization_code&grant_type=client_credentials"
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert browser.http.post("/oauth/token", content=twice, headers=form).json()["error"] == "invalid_request"


def test_a_body_that_is_no_form_or_too_long_is_refused(browser: Any) -> None:
    assert browser.http.post("/oauth/token", json={"grant_type": "client_credentials"}).status_code == 400
    long = {"grant_type": "authorization_code", "code": "x" * 70_000}
    assert browser.http.post("/oauth/token", data=long).status_code == 413


def test_less_is_granted_than_asked_for_and_it_is_said(at: Any, desk: Any) -> None:
    code = desk.code(
        client_id="reader", scope="openid user/*.cruds user/Observation.rs?category=x launch user/Patient.rs?x=y"
    )
    body = desk.exchange(code, client_id="reader").json()
    assert body["scope"].split()[0] == "user/Patient.rs"
    assert {word.partition("=")[0] for word in body["scope"].split()} == {"user/Patient.rs", "purpose_of_use"}
    assert "id_token" not in body
    assert "refresh_token" not in body
    assert [scope.type for scope in at.actor(body["access_token"]).scopes] == ["Patient"]


def test_scopes_of_version_1_are_granted_as_version_2(desk: Any) -> None:
    body = desk.exchange(desk.code(scope="user/Patient.read user/Task.write user/Consent.*")).json()
    assert body["scope"].split()[:3] == ["user/Patient.rs", "user/Task.cud", "user/Consent.cruds"]


def test_a_person_may_act_for_a_support_conference(at: Any, desk: Any) -> None:
    word = "purpose_of_use=https://tsunagu.example/fhir/CodeSystem/purpose-of-use|support-conference"
    body = desk.exchange(desk.code(scope=f"user/*.rs {word}")).json()
    assert word in body["scope"].split()
    assert at.actor(body["access_token"]).purpose == vocabulary.SUPPORT_CONFERENCE


def test_a_person_who_says_no_is_sent_back_with_that(browser: Any) -> None:
    page = browser.http.get(browser.sign_in(browser.ask()).headers["location"])
    back = browser.answer(page, "deny")
    assert back["error"] == "access_denied"
    assert back["state"] == browser.request()["state"]


def test_a_callback_keeps_its_own_query(browser: Any) -> None:
    code_page = browser.ask(redirect_uri="http://127.0.0.1:9/callback?of=desk")
    back = browser.answer(browser.http.get(browser.sign_in(code_page).headers["location"]))
    assert back["of"] == "desk"
    assert back["code"]


def test_a_person_can_be_asked_to_sign_in_anew(at: Any, browser: Any) -> None:
    browser.sign_in(browser.ask())
    assert "許可する" in browser.ask().text
    assert "error=interaction_required" in browser.ask(prompt="none").headers["location"]
    page = browser.ask(prompt="login")
    assert 'name="password"' in page.text
    assert "許可する" in browser.http.get(browser.sign_in(page).headers["location"]).text
    assert "許可する" in browser.ask(max_age="60").text
    at.clock.pass_by(seconds=90)
    assert 'name="password"' in browser.ask(max_age="60").text


def test_a_client_may_ask_only_who_it_is(at: Any, desk: Any) -> None:
    body = desk.exchange(desk.code(scope="openid fhirUser")).json()
    assert body["id_token"]
    [own] = at.actor(body["access_token"]).scopes
    assert (own.type, own.actions, own.query) == ("Practitioner", frozenset("r"), "_id=practitioner-yorisoi")


@pytest.mark.parametrize(
    "word",
    [
        "user/Condition.rs?nonsense=1",
        "user/Condition.rs?code",
        "user/Condition.rs?_count=1",
        "user/Condition.rs?_sort=code",
        "user/Condition.rs?_has:Task:focus:status=requested",
        "user/Condition.rs?subject.name=x",
        "user/AuditEvent.rs?action=R",
        "user/Bogus.rs?code=x",
    ],
)
def test_a_filter_that_nobody_would_enforce_is_not_granted(desk: Any, word: str) -> None:
    assert "error=invalid_scope" in desk.ask(scope=word).headers["location"]


def test_a_filter_is_granted_and_said_and_a_part_of_it_refreshed(at: Any, desk: Any) -> None:
    word = "user/Condition.rs?category=https://tsunagu.example/fhir/CodeSystem/record-category|concern"
    body = desk.exchange(desk.code(scope=f"offline_access {word}")).json()
    assert word in body["scope"].split()
    [part] = at.actor(body["access_token"]).scopes
    assert part.where != part.condition or part.query
    wider = desk.refresh(body["refresh_token"], scope="user/Condition.rs")
    assert wider.json()["error"] == "invalid_scope"
    narrower = desk.refresh(body["refresh_token"], scope=f"{word}&clinical-status=active".replace(".rs", ".r")).json()
    assert "user/Condition.r?" in narrower["scope"]


def test_a_state_beyond_ascii_is_refused_and_said_back(browser: Any) -> None:
    browser.sign_in(browser.http.get("/sign-in"))
    back = browser.ask(state="状態").headers["location"]
    assert "error=invalid_request" in back
    assert "state=%E7%8A%B6%E6%85%8B" in back
