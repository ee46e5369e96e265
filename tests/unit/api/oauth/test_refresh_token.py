"""A refresh token is good once, is never wider, and takes its whole grant with it when it is used again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from api.oauth import accounts, clients
from resources.record.problem import Problem
from tests.unit.api.oauth.browser import Browser, hidden


def test_each_use_gives_a_new_one(at: Any, desk: Any) -> None:
    first = desk.exchange(desk.code()).json()
    second = desk.refresh(first["refresh_token"]).json()
    assert second["scope"] == first["scope"]
    assert second["refresh_token"] != first["refresh_token"]
    assert at.actor(second["access_token"]).person == "Practitioner/practitioner-yorisoi"
    third = desk.refresh(second["refresh_token"])
    assert third.status_code == 200


def test_one_used_again_ends_every_token_of_the_grant(at: Any, desk: Any) -> None:
    first = desk.exchange(desk.code()).json()
    second = desk.refresh(first["refresh_token"]).json()
    assert desk.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert desk.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"
    for body in (first, second):
        with pytest.raises(Problem):
            at.actor(body["access_token"])


def test_of_two_uses_at_once_one_wins(desk: Any) -> None:
    token = desk.exchange(desk.code()).json()["refresh_token"]
    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(response.status_code for response in pool.map(desk.refresh, [token] * 4))
    assert statuses == [200, 400, 400, 400]


def test_it_may_be_narrower_once_and_keeps_its_width(desk: Any) -> None:
    first = desk.exchange(desk.code(scope="openid offline_access user/*.rs")).json()
    narrow = desk.refresh(first["refresh_token"], scope="user/Patient.r").json()
    assert sorted(word.partition("=")[0] for word in narrow["scope"].split()) == ["purpose_of_use", "user/Patient.r"]
    assert "id_token" not in narrow
    again = desk.refresh(narrow["refresh_token"]).json()
    assert again["scope"] == first["scope"]


@pytest.mark.parametrize(
    "scope",
    [
        "user/*.cruds",
        "user/*.rs user/Task.c",
        "system/*.rs",
        "fhirUser user/*.rs",
        "user/*.rs purpose_of_use=https://tsunagu.example/fhir/CodeSystem/purpose-of-use|support-conference",
    ],
)
def test_it_is_never_wider(desk: Any, scope: str) -> None:
    token = desk.exchange(desk.code(scope="offline_access user/*.rs")).json()["refresh_token"]
    assert desk.refresh(token, scope=scope).json()["error"] == "invalid_scope"
    assert desk.refresh(token).status_code == 200


def test_it_does_not_outlive_its_day_by_being_used(at: Any, desk: Any) -> None:
    token = desk.exchange(desk.code()).json()["refresh_token"]
    at.clock.pass_by(hours=11)
    token = desk.refresh(token).json()["refresh_token"]
    at.clock.pass_by(hours=2)
    assert desk.refresh(token).json()["error"] == "invalid_grant"


def test_there_is_none_without_offline_access(desk: Any) -> None:
    assert "refresh_token" not in desk.exchange(desk.code(scope="user/*.rs")).json()


def test_with_online_access_it_ends_with_the_session(at: Any, browser: Browser) -> None:
    asked = {"scope": "user/*.rs online_access"}
    body = browser.exchange(browser.code(**asked)).json()
    assert "online_access" in body["scope"]
    at.clock.pass_by(minutes=50)
    again = browser.refresh(body["refresh_token"])
    assert again.status_code == 200
    at.clock.pass_by(minutes=11)
    over = browser.refresh(again.json()["refresh_token"])
    assert (over.status_code, over.json()["error"]) == (400, "invalid_grant")
    at.clock.pass_by(minutes=-61)
    body = browser.exchange(browser.code(**asked)).json()
    browser.http.post("/sign-out", data=hidden(browser.http.get("/sign-out")))
    assert browser.refresh(body["refresh_token"]).json()["error"] == "invalid_grant", "and with the sign-out"


def test_it_is_of_one_client(desk: Any) -> None:
    token = desk.exchange(desk.code()).json()["refresh_token"]
    assert desk.refresh(token, client_id="reader").json()["error"] == "invalid_grant"


def test_revoking_it_ends_the_access_token_too(at: Any, desk: Any) -> None:
    body = desk.exchange(desk.code()).json()
    form = {"token": body["refresh_token"], "client_id": "tsunagu-desk"}
    assert desk.http.post("/oauth/revoke", data=form | {"client_id": "reader"}).json()["error"] == "invalid_grant"
    assert at.actor(body["access_token"]).person
    assert desk.http.post("/oauth/revoke", data=form).status_code == 200
    with pytest.raises(Problem):
        at.actor(body["access_token"])
    assert desk.refresh(body["refresh_token"]).json()["error"] == "invalid_grant"


def test_revoking_what_is_no_token_is_no_error(desk: Any) -> None:
    form = {"token": "made-up", "client_id": "tsunagu-desk", "token_type_hint": "access_token"}
    assert desk.http.post("/oauth/revoke", data=form).status_code == 200
    del form["token"]
    assert desk.http.post("/oauth/revoke", data=form).json()["error"] == "invalid_request"


def test_it_ends_with_the_account(at: Any, browser: Any) -> None:
    at.do(accounts.enrol(at.vault, "leaving", "right", "Practitioner/practitioner-leaving"))
    page = browser.http.get(browser.sign_in(browser.ask(), "leaving", "right").headers["location"])
    token = browser.exchange(browser.answer(page)["code"]).json()["refresh_token"]
    at.do(accounts.remove(at.vault, "leaving"))
    assert browser.refresh(token).json()["error"] == "invalid_grant"
    assert browser.sign_in(browser.http.get("/sign-in"), "leaving", "right").status_code == 401


def test_it_follows_a_registration_that_has_become_narrower(at: Any, desk: Any) -> None:
    registered = at.do(clients.find(at.vault, "tsunagu-desk"))
    body = desk.exchange(desk.code(scope="offline_access user/*.rs")).json()
    try:
        at.do(clients.register(at.vault, replace(registered, scope="offline_access user/Patient.r")))
        body = desk.refresh(body["refresh_token"]).json()
        assert [scope.type for scope in at.actor(body["access_token"]).scopes] == ["Patient"]
        at.do(clients.remove(at.vault, "tsunagu-desk"))
        assert desk.refresh(body["refresh_token"]).json()["error"] == "invalid_client"
    finally:
        at.do(clients.register(at.vault, registered))
