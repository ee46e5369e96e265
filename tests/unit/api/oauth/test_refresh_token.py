"""A refresh token is good once, is never wider, and takes its whole grant with it when it is used again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from resources.record.problem import Problem


def test_each_use_gives_a_new_one(at: Any, browser: Any) -> None:
    first = browser.exchange(browser.code()).json()
    second = browser.refresh(first["refresh_token"]).json()
    assert second["scope"] == first["scope"]
    assert second["refresh_token"] != first["refresh_token"]
    assert at.actor(second["access_token"]).person == "Practitioner/practitioner-yorisoi"
    third = browser.refresh(second["refresh_token"])
    assert third.status_code == 200


def test_one_used_again_ends_every_token_of_the_grant(at: Any, browser: Any) -> None:
    first = browser.exchange(browser.code()).json()
    second = browser.refresh(first["refresh_token"]).json()
    assert browser.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert browser.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"
    for body in (first, second):
        with pytest.raises(Problem):
            at.actor(body["access_token"])


def test_of_two_uses_at_once_one_wins(browser: Any) -> None:
    token = browser.exchange(browser.code()).json()["refresh_token"]
    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(response.status_code for response in pool.map(browser.refresh, [token] * 4))
    assert statuses == [200, 400, 400, 400]


def test_it_may_be_narrower_once_and_keeps_its_width(browser: Any) -> None:
    first = browser.exchange(browser.code(scope="openid offline_access user/*.rs")).json()
    narrow = browser.refresh(first["refresh_token"], scope="user/Patient.r").json()
    assert sorted(word.partition("=")[0] for word in narrow["scope"].split()) == ["purpose_of_use", "user/Patient.r"]
    assert "id_token" not in narrow
    again = browser.refresh(narrow["refresh_token"]).json()
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
def test_it_is_never_wider(browser: Any, scope: str) -> None:
    token = browser.exchange(browser.code(scope="offline_access user/*.rs")).json()["refresh_token"]
    assert browser.refresh(token, scope=scope).json()["error"] == "invalid_scope"
    assert browser.refresh(token).status_code == 200


def test_it_does_not_outlive_its_day_by_being_used(at: Any, browser: Any) -> None:
    token = browser.exchange(browser.code()).json()["refresh_token"]
    at.clock.pass_by(hours=11)
    token = browser.refresh(token).json()["refresh_token"]
    at.clock.pass_by(hours=2)
    assert browser.refresh(token).json()["error"] == "invalid_grant"


def test_there_is_none_without_offline_access(browser: Any) -> None:
    assert "refresh_token" not in browser.exchange(browser.code(scope="user/*.rs")).json()


def test_it_is_of_one_client(browser: Any) -> None:
    token = browser.exchange(browser.code()).json()["refresh_token"]
    assert browser.refresh(token, client_id="reader").json()["error"] == "invalid_grant"


def test_revoking_it_ends_the_access_token_too(at: Any, browser: Any) -> None:
    body = browser.exchange(browser.code()).json()
    form = {"token": body["refresh_token"], "client_id": "tsunagu-desk"}
    assert browser.http.post("/oauth/revoke", data=form | {"client_id": "reader"}).json()["error"] == "invalid_grant"
    assert at.actor(body["access_token"]).person
    assert browser.http.post("/oauth/revoke", data=form).status_code == 200
    with pytest.raises(Problem):
        at.actor(body["access_token"])
    assert browser.refresh(body["refresh_token"]).json()["error"] == "invalid_grant"


def test_revoking_what_is_no_token_is_no_error(browser: Any) -> None:
    form = {"token": "made-up", "client_id": "tsunagu-desk", "token_type_hint": "access_token"}
    assert browser.http.post("/oauth/revoke", data=form).status_code == 200
    del form["token"]
    assert browser.http.post("/oauth/revoke", data=form).json()["error"] == "invalid_request"
