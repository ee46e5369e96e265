"""The sign-in pages: hardened, without scripts, and locked after repeated failures."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest
from starlette.requests import Request

from api.oauth import accounts
from api.oauth.throttle import Throttle


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


def test_the_cookie_is_strict_and_changes_at_the_sign_in(browser: Any) -> None:
    page = browser.ask()
    before = browser.http.cookies["tsunagu"]
    cookie = browser.sign_in(page).headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert browser.http.cookies["tsunagu"] != before


def test_a_form_from_elsewhere_is_refused(at: Any, browser: Any) -> None:
    form = {"name": "yorisoi", "password": "x"}
    assert browser.http.post("/sign-in", data=form).status_code == 403
    page = browser.ask()
    stolen = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    assert httpx2.post(f"{at.url}/sign-in", data=form | {"csrf": stolen}).status_code == 403
    assert browser.http.post("/oauth/decision", data={"csrf": stolen, "answer": "allow"}).status_code == 403
    browser.sign_in(page)
    decision = {"query": "x=y", "answer": "allow"}
    assert browser.http.post("/oauth/decision", data=decision).status_code == 403
    assert browser.http.post("/oauth/decision", data=decision | {"csrf": stolen}).status_code == 403
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


@pytest.mark.parametrize("name", ["locked-out", "nobody-of-this-name"])
def test_five_failures_lock_a_name_for_a_quarter_of_an_hour(at: Any, browser: Any, name: str) -> None:
    at.do(accounts.enrol(at.vault, "locked-out", "right", "Practitioner/practitioner-locked-out"))
    statuses = [browser.sign_in(browser.ask(), name, "wrong").status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]
    assert browser.sign_in(browser.ask(), name, "right").status_code == 429
    at.clock.pass_by(minutes=16)
    after = browser.sign_in(browser.ask(), name, "right").status_code
    assert after == (303 if name == "locked-out" else 401)


def test_guesses_made_at_once_count_too(at: Any, browser: Any) -> None:
    at.do(accounts.enrol(at.vault, "many-at-once", "right", "Practitioner/practitioner-many-at-once"))
    page = browser.ask()
    with ThreadPoolExecutor(8) as pool:
        answers = pool.map(lambda _: browser.sign_in(page, "many-at-once", "wrong").status_code, range(8))
    assert sorted(answers) == [401] * 5 + [429] * 3


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


def test_signing_out_ends_the_session(browser: Any) -> None:
    browser.sign_in(browser.http.get("/sign-in"))
    page = browser.http.get("/sign-in")
    assert "yorisoi" in page.text
    old = dict(browser.http.cookies)
    page = browser.http.get("/sign-out")
    csrf = page.text.partition('name="csrf" value="')[2].partition('"')[0]
    assert "サインアウトしました" in browser.http.post("/sign-out", data={"csrf": csrf}).text
    browser.http.cookies.clear()
    browser.http.cookies.update(old)
    assert "yorisoi" not in browser.http.get("/sign-in").text


def test_a_session_ends_by_itself(at: Any, browser: Any) -> None:
    browser.sign_in(browser.http.get("/sign-in"))
    at.clock.pass_by(hours=2)
    assert 'name="password"' in browser.ask().text


def test_the_style_is_served(browser: Any) -> None:
    style = browser.http.get("/static/tsunagu.css")
    assert style.headers["content-type"].startswith("text/css")


def test_an_address_that_asks_too_often_waits(at: Any) -> None:
    begun = datetime(2030, 4, 1, tzinfo=UTC)
    throttles = [Throttle("asks", 3, at.vault, lambda: begun) for _ in range(2)]
    one, other = (Request({"type": "http", "client": (host, 1)}) for host in ("192.0.2.1", "192.0.2.2"))
    waits = [at.do(throttle.wait(one)) for throttle in throttles * 3]
    assert waits == [0, 0, 0, 60, 60, 60]
    assert at.do(throttles[0].wait(other)) == 0
    assert at.do(Throttle("signs in", 3, at.vault, lambda: begun).wait(one)) == 0
    begun += timedelta(minutes=1)
    assert [at.do(throttle.wait(one)) for throttle in throttles * 2] == [0, 0, 0, 60]


def test_a_flood_is_refused_without_writing(at: Any) -> None:
    now = datetime(2030, 4, 1, 9, tzinfo=UTC)
    throttle = Throttle("floods", 2, at.vault, lambda: now)
    one = Request({"type": "http", "client": ("192.0.2.1", 1)})
    assert [at.do(throttle.wait(one)) for _ in range(50)] == [0, 0, *[60] * 48]
    another = Throttle("floods", 3, at.vault, lambda: now)
    assert at.do(another.wait(one)) == 60, "three were counted, and the fourth is this"
