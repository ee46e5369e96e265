"""The sign-in pages: hardened, without scripts, and not to be used from another site."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from argon2 import PasswordHasher, extract_parameters

from api.oauth import accounts
from tests import trusting
from tests.unit.api.oauth.browser import hidden


def test_every_page_keeps_out_of_frames_scripts_and_caches(browser: Any) -> None:
    confirm = browser.http.get(browser.sign_in(browser.ask()).headers["location"])
    refused = browser.http.get("/oauth/authorize")
    for page in (browser.ask(), browser.http.get("/sign-in"), browser.http.get("/sign-out"), confirm, refused):
        assert page.headers["x-frame-options"] == "DENY"
        assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
        assert "default-src 'none'" in page.headers["content-security-policy"]
        assert page.headers["cache-control"] == "no-store"
        assert "<script" not in page.text
        assert '<html lang="ja">' in page.text
    assert confirm.headers["content-security-policy"].endswith("form-action 'self' http://127.0.0.1:9")


def test_a_session_planted_before_the_sign_in_is_worth_nothing(browser: Any) -> None:
    browser.http.cookies.set("tsunagu", "planted", domain="127.0.0.1")
    page = browser.ask()
    cookie = browser.sign_in(page).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie
    assert browser.http.cookies["tsunagu"] != "planted"
    first = browser.http.cookies["tsunagu"]
    browser.sign_in(browser.http.get("/sign-in"))
    assert browser.http.cookies["tsunagu"] != first


def test_no_page_rewrites_a_cookie_so_no_link_signs_anybody_out(at: Any, browser: Any) -> None:
    browser.sign_in(browser.ask())
    for path in ("/sign-in", "/sign-out", "/oauth/authorize?client_id=tsunagu-desk", "/oauth/authorize"):
        assert "set-cookie" not in browser.http.get(path).headers
    embedded = {"sec-fetch-mode": "no-cors", "sec-fetch-site": "cross-site"}
    assert "set-cookie" not in trusting.get(f"{at.url}/sign-in", headers=embedded).headers
    assert "yorisoi" in browser.http.get("/sign-in").text


def test_a_form_posted_by_an_application_on_another_site_finds_who_is_signed_in(browser: Any) -> None:
    browser.sign_in(browser.ask())
    asked = trusting.post(
        f"{browser.at.url}/oauth/authorize", data=browser.request(), headers={"sec-fetch-site": "cross-site"}
    )
    assert asked.status_code == 303, "no cookie came with it, and none is set"
    assert "set-cookie" not in asked.headers
    assert "許可する" in browser.http.get(asked.headers["location"]).text


def test_two_tabs_do_not_break_each_other(browser: Any) -> None:
    one, other = browser.ask(), browser.ask(scope="user/Task.rs")
    assert browser.sign_in(one).status_code == 303
    assert browser.sign_in(other).status_code == 303
    shown = browser.ask()
    browser.sign_in(browser.http.get("/sign-in"))
    again = browser.http.post("/oauth/decision", data=hidden(shown) | {"answer": "allow"})
    assert again.headers["location"].startswith("/oauth/authorize?"), "asked anew, since who is signed in may differ"
    assert browser.answer(browser.http.get(again.headers["location"]))["code"]


@pytest.mark.parametrize(
    "header", [{"origin": "https://elsewhere.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}]
)
def test_a_form_that_the_browser_says_is_of_another_site_is_refused(browser: Any, header: dict[str, str]) -> None:
    page = browser.http.get(browser.sign_in(browser.ask()).headers["location"])
    form = hidden(page)
    for path in ("/sign-in", "/oauth/decision", "/sign-out"):
        assert browser.http.post(path, data=form | {"answer": "allow"}, headers=header).status_code == 403
    assert browser.http.post("/sign-out", data=form, headers={"origin": browser.at.url}).status_code == 200


def test_a_form_from_elsewhere_is_refused(at: Any, browser: Any) -> None:
    form = {"name": "yorisoi", "password": "x"}
    assert browser.http.post("/sign-in", data=form).status_code == 403
    page = browser.ask()
    stolen = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    assert trusting.post(f"{at.url}/sign-in", data=form | {"csrf": stolen}).status_code == 403
    browser.sign_in(page)
    for decision in ({"answer": "allow"}, {"answer": "allow", "csrf": stolen}):
        refused = browser.http.post("/oauth/decision", data=decision | {"query": "client_id=tsunagu-desk"})
        assert refused.headers["location"].startswith("/oauth/authorize?"), "asked anew: nothing was granted"
    assert browser.http.post("/sign-out").status_code in (400, 403)


def test_what_was_asked_is_checked_again_when_it_is_confirmed(browser: Any) -> None:
    page = browser.http.get(browser.sign_in(browser.ask()).headers["location"])
    csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    forged = {"csrf": csrf, "answer": "allow", "query": "client_id=tsunagu-desk&redirect_uri=https://elsewhere.example"}
    response = browser.http.post("/oauth/decision", data=forged)
    assert response.status_code == 400
    assert "location" not in response.headers


def test_names_are_shown_as_text(browser: Any) -> None:
    page = browser.sign_in(browser.ask(), name='"><b>x</b>', password="x")
    assert page.status_code == 401
    assert "<b>x" not in page.text


def test_a_wrong_password_and_an_unknown_name_look_alike(at: Any, browser: Any) -> None:
    at.do(accounts.enrol(at.vault, "known", "right", "Practitioner/practitioner-known"))
    pages = [browser.sign_in(browser.ask(), name=name, password="wrong") for name in ("known", "unknown")]
    assert [page.status_code for page in pages] == [401, 401]
    assert pages[0].text.partition("<form")[0] == pages[1].text.partition("<form")[0]


def test_a_success_forgets_the_failures_before_it(at: Any, browser: Any) -> None:
    at.do(accounts.enrol(at.vault, "forgetful", "right", "Practitioner/practitioner-forgetful"))
    for _ in range(2):
        for _ in range(4):
            assert browser.sign_in(browser.ask(), "forgetful", "wrong").status_code == 401
        assert browser.sign_in(browser.ask(), "forgetful", "right").status_code == 303


def test_a_password_is_kept_as_argon2_only(at: Any) -> None:
    kept = at.do(at.vault.look("oauth-account", "yorisoi"))
    assert b"$argon2id$" in kept
    assert "青い鳥".encode() not in kept


def test_a_password_that_was_hashed_at_another_cost_is_kept_anew_by_who_signs_in_with_it(at: Any, browser: Any) -> None:
    at.do(accounts.enrol(at.vault, "earlier", "right", "Practitioner/practitioner-earlier"))
    account = orjson.loads(at.do(at.vault.look("oauth-account", "earlier")))
    earlier = account | {"hash": PasswordHasher(time_cost=3, memory_cost=65_536, parallelism=4).hash("right")}
    at.do(at.vault.replace("oauth-account", "earlier", orjson.dumps(earlier)))
    assert browser.sign_in(browser.ask(), "earlier", "wrong").status_code == 401
    assert orjson.loads(at.do(at.vault.look("oauth-account", "earlier"))) == earlier
    for _ in range(2):
        assert browser.sign_in(browser.ask(), "earlier", "right").status_code == 303
    now = orjson.loads(at.do(at.vault.look("oauth-account", "earlier")))
    assert now | {"hash": ""} == account | {"hash": ""}
    costs = [extract_parameters(each["hash"]) for each in (account, now, earlier)]
    assert costs[0] == costs[1] != costs[2]


def test_a_session_ends_by_itself(at: Any, browser: Any) -> None:
    browser.sign_in(browser.http.get("/sign-in"))
    at.clock.pass_by(hours=2)
    assert 'name="password"' in browser.ask().text


def test_the_style_is_served(browser: Any) -> None:
    style = browser.http.get("/static/tsunagu.css")
    assert style.headers["content-type"].startswith("text/css")
