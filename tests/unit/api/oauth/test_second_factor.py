"""Who has set up one-time passwords gives six digits after the password, and nobody gives the same ones twice."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from api.oauth import accounts, one_time
from tests import trusting
from tests.unit.api.oauth.browser import Browser, hidden

SECRET = one_time.new_secret()


@pytest.fixture
def person(at: Any, browser: Browser) -> Iterator[Browser]:
    """Somebody with one-time passwords, at the page that asks for them."""
    at.do(accounts.enrol(at.vault, "careful", "right", "Practitioner/practitioner-careful"))
    at.do(accounts.show_second(at.vault, "careful", SECRET))
    yield browser
    at.do(accounts.remove(at.vault, "careful"))


def digits(at: Any, secret: str = SECRET, ahead: int = 0) -> str:
    return one_time.code(secret, int(at.clock().timestamp() // one_time.STEP) + ahead)


def given(browser: Browser, page: httpx2.Response, code: str) -> httpx2.Response:
    return browser.http.post("/sign-in/second", data=hidden(page) | {"code": code})


def asked(browser: Browser) -> httpx2.Response:
    page = browser.sign_in(browser.ask(), "careful", "right")
    assert page.status_code == 200
    assert "6桁" in page.text
    return page


@pytest.mark.parametrize(
    ("instant", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_the_digits_are_those_of_the_rfc(instant: int, code: str) -> None:
    secret = base64.b32encode(b"12345678901234567890").decode()
    assert one_time.code(secret, instant // 30) == code
    assert one_time.matching(secret, f"{code[:3]} {code[3:]}", instant + 30) == instant // 30
    assert one_time.matching(secret, code, instant + 90) is None


def test_the_password_alone_signs_nobody_in(at: Any, person: Browser) -> None:
    page = asked(person)
    assert "tsunagu" not in person.http.cookies
    assert 'name="password"' in person.ask().text
    done = given(person, page, digits(at))
    assert done.status_code == 303
    assert "許可する" in person.http.get(done.headers["location"]).text


def test_the_same_digits_are_not_taken_twice(at: Any, person: Browser) -> None:
    at.clock.pass_by(minutes=5)
    code = digits(at)
    assert given(person, asked(person), code).status_code == 303
    person.http.cookies.clear()
    again = given(person, asked(person), code)
    assert again.status_code == 401
    assert "使用済み" in again.text


def test_digits_are_guessed_no_oftener_than_passwords(at: Any, person: Browser) -> None:
    at.clock.pass_by(days=2)  # what failed before is forgotten
    page = asked(person)
    statuses = [given(person, page, "000000").status_code for _ in range(5)]
    assert statuses == [401, 401, 401, 401, 429], "the password took a place as well"
    assert given(person, page, digits(at)).status_code == 429, "the right ones wait as well"


def test_the_page_counts_in_its_own_browser_and_for_five_minutes(at: Any, person: Browser) -> None:
    at.clock.pass_by(days=3)
    page = asked(person)
    with trusting.client(base_url=at.url) as http:
        elsewhere = Browser(at, http)
        own = hidden(http.get("/sign-in"))
        stolen = http.post("/sign-in/second", data=hidden(page) | own | {"code": digits(at)})
        assert stolen.status_code == 200
        assert 'name="password"' in stolen.text
        assert elsewhere.http.post("/sign-in/second", data=hidden(page)).status_code == 403
    at.clock.pass_by(minutes=6)
    assert 'name="password"' in given(person, page, digits(at)).text


def test_a_person_sets_it_up_with_the_password_and_everything_ends(at: Any, browser: Browser) -> None:
    at.do(accounts.enrol(at.vault, "setting-up", "right", "Practitioner/practitioner-setting-up"))
    browser.sign_in(browser.http.get("/sign-in"), "setting-up", "right")
    page = browser.http.get("/second-factor")
    secret = hidden(page)["secret"]
    assert secret in page.text
    assert re.search(r"otpauth://totp/Tsunagu%3Asetting-up\?secret=", page.text)
    for form in ({"password": "wrong", "code": digits(at, secret)}, {"password": "right", "code": "000000"}):
        refused = browser.http.post("/second-factor", data=hidden(page) | form)
        assert refused.status_code == 401
    good = {"password": "right", "code": digits(at, secret, 1)}
    assert browser.http.post("/second-factor", data=good | {"secret": secret}).status_code == 403
    assert browser.http.post("/second-factor", data=hidden(page) | good).status_code == 200
    assert 'name="password"' in browser.http.get("/sign-in").text, "the session has ended with all others"
    assert "6桁" in browser.sign_in(browser.ask(), "setting-up", "right").text
    at.do(accounts.enrol(at.vault, "setting-up", "new", "Practitioner/practitioner-setting-up"))
    assert "6桁" in browser.sign_in(browser.ask(), "setting-up", "new").text, "a new password leaves it as it was"
    at.do(accounts.show_second(at.vault, "setting-up", ""))
    assert browser.sign_in(browser.ask(), "setting-up", "new").status_code == 303


def test_nobody_sets_it_up_who_is_not_signed_in(browser: Browser) -> None:
    assert 'name="password"' in browser.http.get("/second-factor").text
    form = {"secret": SECRET, "password": "x", "code": "1"}
    assert browser.http.post("/second-factor", data=form).status_code == 403


def test_who_changes_it_shows_the_one_before(at: Any, person: Browser) -> None:
    at.clock.pass_by(days=4)
    assert given(person, asked(person), digits(at)).status_code == 303
    page = person.http.get("/second-factor")
    new = {"password": "right", "code": digits(at, hidden(page)["secret"])}
    for before in ({}, {"before": ""}, {"before": "000000"}):
        refused = person.http.post("/second-factor", data=hidden(page) | new | before)
        assert refused.status_code == 401, "a password and an open session are not the app"
    done = person.http.post("/second-factor", data=hidden(page) | new | {"before": digits(at, ahead=1)})
    assert done.status_code == 200
