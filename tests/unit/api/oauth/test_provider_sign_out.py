"""What rests on a sign-in at a provider of others ends with it: when the provider says so, and when it is not heard.

https://openid.net/specs/openid-connect-backchannel-1_0.html; docs/oauth.md, "a city's own provider"
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from joserfc import jwk, jwt

from api.oauth import accounts, linked, one_time, source
from api.oauth.bearer import Bearer
from api.oauth.options import Outside
from api.oauth.provider_sign_out import EVENT
from resources.record.problem import Problem
from tests import trusting
from tests.unit.api.oauth.browser import Browser, hidden
from tests.unit.api.oauth.conftest import Installation
from tests.unit.api.oauth.test_provider_sign_in import PERSON, SECRET, back, leave, who
from tests.world.elsewhere import SUBJECT, Elsewhere, serving_elsewhere

HOUR = 3600
ENDED = "/sign-in/provider/ended"


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    with serving_elsewhere() as there:
        yield there


@pytest.fixture(scope="module")
def running(elsewhere: Elsewhere, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    outside = Outside(
        elsewhere.url,
        "tsunagu",
        SECRET,
        (),
        source.networks("127.0.0.1"),
        "市の共通サインイン",
        scope="openid offline_access",
        seconds=HOUR,
    )
    installation = Installation(tmp_path_factory.mktemp("beside"), outside=outside)
    installation.start()
    yield installation
    installation.stop()


@pytest.fixture
def there(at: Any, elsewhere: Elsewhere) -> Iterator[Elsewhere]:
    elsewhere.right()
    at.clock.pass_by(minutes=6)
    at.do(accounts.enrol(at.vault, "clerk", "right", PERSON))
    assert at.do(linked.link(at.vault, "clerk", elsewhere.url, SUBJECT))
    yield elsewhere
    at.do(accounts.remove(at.vault, "clerk"))


@dataclass
class Desk:
    """A browser in which somebody came from the provider, and an app with tokens that they opened there."""

    at: Any
    browser: Browser
    access: str
    refresh: str

    @classmethod
    def opened(cls, at: Any, there: Elsewhere, **claims: Any) -> Desk:
        browser = Browser(at, trusting.client(base_url=at.url))
        there.claims = claims
        _, asked = leave(browser, browser.ask())
        done = back(at, there, browser, asked)
        assert done.status_code == 303, done.text
        body = browser.exchange(browser.answer(browser.http.get(done.headers["location"]))["code"]).json()
        return cls(at, browser, body["access_token"], body["refresh_token"])

    def reads(self) -> bool:
        """In this process and in another."""
        found = set()
        for process in (self.at.server.bearer, Bearer(self.at.server.issuer)):
            try:
                self.at.do(process.actor(f"Bearer {self.access}", "request", self.at.clock()))
            except Problem:
                found.add(False)
            else:
                found.add(True)
        assert len(found) == 1
        return found.pop()

    def goes_on(self) -> bool:
        """With its refresh token, of which it keeps the newest."""
        answer = self.browser.refresh(self.refresh)
        if answer.status_code == 200:
            self.access, self.refresh = answer.json()["access_token"], answer.json()["refresh_token"]
        return answer.status_code == 200

    def everything(self) -> tuple[bool, bool, bool]:
        return who(self.browser), self.reads(), self.goes_on()


@pytest.fixture
def opened(at: Any, there: Elsewhere) -> Iterator[Callable[..., Desk]]:
    desks: list[Desk] = []

    def make(**claims: Any) -> Desk:
        desks.append(Desk.opened(at, there, **claims))
        return desks[-1]

    yield make
    for desk in desks:
        desk.browser.http.close()


ALL, NOTHING = (True, True, True), (False, False, False)


def told(at: Any, there: Elsewhere, **other: Any) -> httpx2.Response:
    token = there.logout_token(int(at.clock().timestamp()), **other)
    return trusting.post(f"{at.url}{ENDED}", data={"logout_token": token})


def test_who_is_locked_at_the_provider_has_nothing_left_once_it_is_asked(
    at: Any, there: Elsewhere, opened: Callable[..., Desk]
) -> None:
    there.refresh = "first"
    desk, second = opened(sid="a"), opened(sid="a")
    at.clock.pass_by(seconds=61)
    there.refresh = "second"
    assert desk.everything() == ALL
    there.refresh, there.forgets = "", True
    assert desk.goes_on(), "it was asked within the minute"
    at.clock.pass_by(seconds=61)
    assert not desk.goes_on()
    assert desk.everything() == NOTHING
    assert there.refreshed == ["first", "second"], "what it gave last is what it is asked with"
    assert second.reads(), "another sign-in is asked for by itself"
    assert not second.goes_on()
    assert second.everything() == NOTHING
    event = next(event for event in reversed(at.said()) if event.kind == "sign-out")
    assert "does not know the person any more" in event.asked
    assert event.person == PERSON


def test_a_code_is_not_exchanged_for_who_is_locked_meanwhile(
    at: Any, there: Elsewhere, opened: Callable[..., Desk]
) -> None:
    there.refresh = "first"
    desk = opened(sid="b")
    at.clock.pass_by(seconds=61)
    code = desk.browser.code()
    there.forgets = True
    assert desk.browser.exchange(code).json()["error"] == "invalid_grant"
    assert desk.everything() == NOTHING


def test_of_several_requests_at_once_one_asks(at: Any, there: Elsewhere, opened: Callable[..., Desk]) -> None:
    there.refresh = "first"
    desk = opened(sid="c")
    at.clock.pass_by(seconds=61)
    codes = [desk.browser.code() for _ in range(6)]
    asked = len(there.refreshed)
    with ThreadPoolExecutor(6) as pool:
        assert [answer.status_code for answer in pool.map(desk.browser.exchange, codes)] == [200] * 6
    assert len(there.refreshed) == asked + 1


def test_a_provider_that_does_not_answer_is_waited_for_and_no_longer_than_is_set(
    at: Any, there: Elsewhere, opened: Callable[..., Desk]
) -> None:
    there.refresh = "first"
    desk = opened()
    there.status["/token"] = 503
    at.clock.pass_by(seconds=HOUR - 60)
    assert desk.goes_on()
    there.status["/token"] = 200
    at.clock.pass_by(seconds=50)
    assert desk.goes_on(), "it was asked, and did not answer"
    at.clock.pass_by(seconds=11)
    assert desk.everything() == NOTHING


def test_where_there_is_nothing_to_ask_with_people_sign_in_anew_after_what_is_set(
    at: Any, there: Elsewhere, opened: Callable[..., Desk]
) -> None:
    desk = opened()
    at.clock.pass_by(seconds=HOUR - 30)
    assert (who(desk.browser), desk.goes_on(), desk.reads()) == ALL
    at.clock.pass_by(seconds=31)
    assert desk.everything() == NOTHING
    assert there.refreshed == []


def test_a_sign_out_at_the_provider_ends_what_rests_on_that_session(
    at: Any, there: Elsewhere, opened: Callable[..., Desk]
) -> None:
    desk, elsewhere = opened(sid="d"), opened(sid="e")
    answer = told(at, there, sid="d")
    assert (answer.status_code, answer.json(), answer.headers["cache-control"]) == (200, {}, "no-store")
    assert desk.everything() == NOTHING
    assert elsewhere.everything() == ALL
    event = next(event for event in reversed(at.said()) if event.kind == "sign-out")
    assert (event.asked, event.person) == ("sign-out at the provider", PERSON)
    assert told(at, there, sid="e", sub=None).status_code == 200
    assert elsewhere.everything() == NOTHING
    assert opened(sid="e").everything() == ALL, "a session of later under the name of one of before"
    assert elsewhere.everything() == NOTHING


def test_a_session_that_was_not_named_at_the_sign_in_ends_too(
    at: Any, there: Elsewhere, opened: Callable[..., Desk]
) -> None:
    desk = opened()
    assert told(at, there, sid="never heard of").status_code == 200
    assert desk.everything() == NOTHING


def test_a_sign_out_of_a_person_ends_everything_of_the_account(
    at: Any, there: Elsewhere, opened: Callable[..., Desk], browser: Browser
) -> None:
    desk = opened(sid="f")
    browser.sign_in(browser.http.get("/sign-in"), "clerk", "right")
    assert told(at, there).status_code == 200
    assert desk.everything() == NOTHING
    assert not who(browser)
    browser.sign_in(browser.http.get("/sign-in"), "clerk", "right")
    assert who(browser), "and who has a password here signs in again"
    assert told(at, there, sub="somebody else").status_code == 200
    assert who(browser)


def test_a_sign_in_by_password_ends_with_no_session_of_the_provider(
    at: Any, there: Elsewhere, browser: Browser
) -> None:
    browser.sign_in(browser.http.get("/sign-in"), "clerk", "right")
    assert told(at, there, sid="g").status_code == 200
    assert who(browser)


def test_who_is_signed_out_while_they_come_back_is_not_let_in(at: Any, there: Elsewhere, browser: Browser) -> None:
    there.claims = {"sid": "h"}
    _, asked = leave(browser)
    assert told(at, there, sid="h").status_code == 200
    back(at, there, browser, asked)
    assert not who(browser)


def test_who_has_yet_to_give_digits_is_not_let_in_by_them(at: Any, there: Elsewhere, browser: Browser) -> None:
    secret = one_time.new_secret()
    at.do(accounts.show_second(at.vault, "clerk", secret))
    there.claims = {"sid": "i"}
    _, asked = leave(browser)
    page = back(at, there, browser, asked)
    assert told(at, there, sid="i").status_code == 200
    code = one_time.code(secret, int(at.clock().timestamp() // one_time.STEP))
    browser.http.post("/sign-in/second", data=hidden(page) | {"code": code})
    assert not who(browser)


FORGED: dict[str, dict[str, Any]] = {
    "another issuer": {"iss": "https://evil.example"},
    "for another": {"aud": "other"},
    "for several and by nobody": {"aud": ["tsunagu", "other"]},
    "over": {"exp": 1},
    "no end": {"exp": None},
    "made long ago": {"iat": 1},
    "made tomorrow": {"iat": 1 << 39},
    "not made": {"iat": None},
    "about nobody": {"sub": None},
    "about nobody at all": {"sub": ""},
    "about a number": {"sub": 1},
    "a session that is none": {"sid": ["j"]},
    "an id token": {"events": None, "nonce": "n"},
    "with a nonce": {"nonce": "n"},
    "no event": {"events": None},
    "another event": {"events": {"https://schemas.openid.net/secevent/risc/event-type/account-enabled": {}}},
    "an event that is none": {"events": {EVENT: True}},
    "events that are none": {"events": [EVENT]},
    "no jti": {"jti": None},
    "an empty jti": {"jti": ""},
    "a long jti": {"jti": "x" * 256},
    "a jti that is none": {"jti": 1},
}


def test_what_is_no_word_of_the_provider_ends_nothing(at: Any, there: Elsewhere, opened: Callable[..., Desk]) -> None:
    desk = opened()
    for wrong, claims in FORGED.items():
        refused = told(at, there, **claims)
        assert (refused.status_code, refused.json()["error"]) == (400, "invalid_request"), wrong
    for form in ({}, {"logout_token": ""}, {"logout_token": "a.b.c"}, {"logout_token": "[" * 4000}):
        assert trusting.post(f"{at.url}{ENDED}", data=form).status_code == 400
    assert trusting.post(f"{at.url}{ENDED}", json={}).status_code == 400
    assert trusting.get(f"{at.url}{ENDED}").status_code == 405
    assert desk.everything() == ALL


def test_what_another_signed_ends_nothing(at: Any, there: Elsewhere, opened: Callable[..., Desk]) -> None:
    desk = opened()
    other = jwk.ECKey.generate_key("P-256", {"kid": "k"})
    shared = jwk.OctKey.import_key(json.dumps(there.key.as_dict(private=False)).encode())
    for head, key in (
        ({"alg": "ES256", "kid": "k"}, other),
        ({"alg": "ES256", "kid": "../../jwks"}, there.key),
        ({"alg": "HS256", "kid": "k"}, shared),
        ({"alg": "ES256", "kid": "k", "jwk": other.as_dict(private=False)}, other),
        ({"alg": "ES256", "kid": "k", "typ": "at+jwt"}, there.key),
        ({"alg": "ES256", "kid": "k", "typ": "secevent+jwt"}, there.key),
    ):
        there.head, there.signing = head, key
        assert told(at, there).status_code == 400, head
    there.right()
    middle = there.logout_token(int(at.clock().timestamp())).split(".")[1]
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"logout+jwt"}').decode().rstrip("=")
    assert trusting.post(f"{at.url}{ENDED}", data={"logout_token": f"{none}.{middle}."}).status_code == 400
    now = int(at.clock().timestamp())
    there.nonce = "n"
    assert trusting.post(f"{at.url}{ENDED}", data={"logout_token": there.id_token(now)}).status_code == 400
    ours = at.server.issuer.keys.sign({"iss": there.url}, type="logout+jwt", algorithm="RS384")
    assert trusting.post(f"{at.url}{ENDED}", data={"logout_token": ours}).status_code == 400
    assert desk.everything() == ALL


def test_a_logout_token_signs_nobody_in(at: Any, there: Elsewhere, browser: Browser) -> None:
    _, asked = leave(browser)
    now = int(at.clock().timestamp())
    there.fixed = there.logout_token(now)
    assert back(at, there, browser, asked).status_code == 401
    _, asked = leave(browser)
    there.head |= {"typ": "logout+jwt"}
    there.fixed = jwt.encode(
        there.head,
        {"iss": there.url, "sub": SUBJECT, "aud": "tsunagu", "iat": now, "exp": now + 60, "nonce": asked["nonce"]},
        there.key,
        algorithms=["ES256"],
    )
    assert back(at, there, browser, asked).status_code == 401, "nor does one that says of itself that it is one"


def test_it_counts_once(at: Any, there: Elsewhere, opened: Callable[..., Desk]) -> None:
    token = there.logout_token(int(at.clock().timestamp()), sid="k")
    assert trusting.post(f"{at.url}{ENDED}", data={"logout_token": token}).status_code == 200
    desk = opened(sid="k")
    assert trusting.post(f"{at.url}{ENDED}", data={"logout_token": token}).status_code == 400
    assert desk.everything() == ALL


def test_while_its_keys_cannot_be_asked_for_it_is_told_to_come_again(at: Any, there: Elsewhere) -> None:
    at.clock.pass_by(minutes=7)
    there.status["/jwks"] = 500
    refused = told(at, there)
    assert (refused.status_code, refused.json()["error"]) == (503, "temporarily_unavailable")
    there.status["/jwks"] = 200
    assert told(at, there).status_code == 200
