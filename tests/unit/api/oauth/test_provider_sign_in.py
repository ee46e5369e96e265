"""People sign in at a provider of others: what is forged, mixed up or meant for another signs nobody in.

https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation; https://www.rfc-editor.org/rfc/rfc9207
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from joserfc import jwk, jws

from api.oauth import accounts, linked, one_time, source
from api.oauth.options import Outside
from tests import trusting
from tests.unit.api.oauth.browser import Browser, challenge, hidden
from tests.unit.api.oauth.conftest import Installation
from tests.world.elsewhere import SUBJECT, Elsewhere, serving_elsewhere

PERSON = "Practitioner/practitioner-of-the-city"
SECRET = "a secret & more"
BACK = "/sign-in/provider/back"


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    with serving_elsewhere() as there:
        yield there


@pytest.fixture(scope="module")
def running(elsewhere: Elsewhere, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    outside = Outside(elsewhere.url, "tsunagu", SECRET, (), source.networks("127.0.0.1"), "市の共通サインイン")
    installation = Installation(tmp_path_factory.mktemp("beside"), outside=outside)
    installation.start()
    yield installation
    installation.stop()


@pytest.fixture
def there(at: Any, elsewhere: Elsewhere) -> Elsewhere:
    elsewhere.right()
    at.clock.pass_by(minutes=6)  # what it said before is forgotten
    return elsewhere


@pytest.fixture
def account(at: Any, there: Elsewhere) -> Iterator[str]:
    at.do(accounts.enrol(at.vault, "clerk", "right", PERSON))
    assert at.do(linked.link(at.vault, "clerk", there.url, SUBJECT))
    yield "clerk"
    at.do(accounts.remove(at.vault, "clerk"))


def leave(browser: Browser, page: httpx2.Response | None = None) -> tuple[httpx2.Response, dict[str, str]]:
    """The page that leads to the provider, and what it would be asked there."""
    page = page or browser.http.get("/sign-in")
    going = browser.http.post("/sign-in/provider", data=hidden(page))
    found = re.search(r'<a href="([^"]*)" rel', going.text)
    return going, dict(parse_qsl(urlsplit(html.unescape(found[1])).query)) if found else {}


def back(at: Any, there: Elsewhere, browser: Browser, asked: dict[str, str], **said: str) -> httpx2.Response:
    there.nonce = asked["nonce"]
    there.token = there.fixed or there.id_token(int(at.clock().timestamp()))
    fields = {name: value for name, value in ({"state": asked["state"], "code": "c"} | said).items() if value}
    return browser.http.get(BACK, params=fields)


def who(browser: Browser) -> bool:
    return "としてサインインしています" in browser.http.get("/sign-in").text


def test_a_person_signs_in_there_and_the_tokens_are_ours(
    at: Any, there: Elsewhere, account: str, browser: Browser
) -> None:
    going, asked = leave(browser, browser.ask())
    assert "市の共通サインイン" in going.text
    assert asked["scope"] == "openid"
    assert asked["code_challenge_method"] == "S256"
    there.claims = {"amr": ["otp", "x" * 99, 1], "auth_time": int(at.clock().timestamp()) - 5}
    done = back(at, there, browser, asked)
    assert done.status_code == 303
    assert challenge(there.asked["code_verifier"]) == asked["code_challenge"]
    assert there.asked["redirect_uri"] == f"{at.url}{BACK}"
    assert base64.b64decode(there.authorization.removeprefix("Basic ")) == b"tsunagu:a+secret+%26+more"
    code = browser.answer(browser.http.get(done.headers["location"]))["code"]
    body = browser.exchange(code).json()
    claims = json.loads(jws.extract_compact(body["id_token"].encode()).payload)
    assert (claims["sub"], claims["iss"], claims["amr"]) == ("account:clerk", at.url, ["otp"])
    assert at.actor(body["access_token"]).person == PERSON
    event = next(event for event in at.said() if event.person == PERSON)
    assert "市の共通サインイン" in event.asked


WRONG: dict[str, dict[str, Any]] = {
    "another nonce": {"nonce": "n"},
    "no nonce": {"nonce": None},
    "another issuer": {"iss": "https://evil.example"},
    "for another": {"aud": "other"},
    "for several and by nobody": {"aud": ["tsunagu", "other"]},
    "for us by another": {"aud": ["tsunagu", "other"], "azp": "other"},
    "over": {"exp": 1},
    "no end": {"exp": None},
    "an end that is no time": {"exp": "tomorrow"},
    "made long ago": {"iat": 1},
    "made tomorrow": {"iat": 1 << 39},
    "nobody": {"sub": None},
    "nobody at all": {"sub": ""},
    "a name too long": {"sub": "x" * 256},
}


def test_a_token_that_is_not_as_it_must_be_signs_nobody_in(
    at: Any, there: Elsewhere, account: str, browser: Browser
) -> None:
    for wrong, claims in WRONG.items():
        there.claims = claims
        _, asked = leave(browser)
        refused = back(at, there, browser, asked)
        assert (refused.status_code, who(browser)) == (401, False), wrong
        assert "確かめられませんでした" in refused.text
    there.claims = {}
    _, asked = leave(browser)
    assert back(at, there, browser, asked).status_code == 303


def test_a_token_that_another_signed_signs_nobody_in(at: Any, there: Elsewhere, account: str, browser: Browser) -> None:
    now = int(at.clock().timestamp())
    other = jwk.ECKey.generate_key("P-256", {"kid": "k"})
    public = json.dumps(there.key.as_dict(private=False)).encode()
    shared = jwk.OctKey.import_key(public)
    for head, key in (
        ({"alg": "ES256", "kid": "k"}, other),
        ({"alg": "ES256", "kid": "unknown"}, there.key),
        ({"alg": "HS256", "kid": "k"}, shared),
        ({"alg": "ES256", "kid": "k", "jwk": other.as_dict(private=False)}, other),
    ):
        there.head, there.signing = head, key
        _, asked = leave(browser)
        assert back(at, there, browser, asked).status_code == 401, head
    _, asked = leave(browser)
    there.right()
    there.nonce = asked["nonce"]
    middle = there.id_token(now).split(".")[1]
    none = base64.urlsafe_b64encode(b'{"alg":"none","kid":"k"}').decode().rstrip("=")
    there.fixed = f"{none}.{middle}."
    assert back(at, there, browser, asked).status_code == 401
    assert not who(browser)


def test_a_key_of_the_provider_is_changed_whatever_its_name(
    at: Any, there: Elsewhere, account: str, browser: Browser
) -> None:
    before = there.key
    for name in ("k", ""):
        there.key = there.signing = jwk.ECKey.generate_key("P-256", {"kid": name} if name else None, auto_kid=False)
        there.head = {"alg": "ES256"} | ({"kid": name} if name else {})
        at.clock.pass_by(seconds=31)
        _, asked = leave(browser)
        assert back(at, there, browser, asked).status_code == 303, name
        browser.http.cookies.clear()
    there.key = before


def test_who_comes_back_from_another_provider_is_refused(
    at: Any, there: Elsewhere, account: str, browser: Browser
) -> None:
    _, asked = leave(browser)
    assert back(at, there, browser, asked, iss="https://evil.example").status_code == 401
    assert there.asked == {}, "and the code is shown to nobody"
    _, asked = leave(browser)
    assert back(at, there, browser, asked, iss=there.url).status_code == 303
    at.clock.pass_by(minutes=6)
    browser.http.cookies.clear()
    there.said = {"authorization_response_iss_parameter_supported": True}
    _, asked = leave(browser)
    assert back(at, there, browser, asked).status_code == 401, "it says that it names itself, and did not"
    _, asked = leave(browser)
    assert back(at, there, browser, asked, error="access_denied").status_code == 401
    _, asked = leave(browser)
    assert back(at, there, browser, asked, code="", iss=there.url).status_code == 401


def test_an_answer_counts_once_in_its_own_browser_and_for_minutes(
    at: Any, there: Elsewhere, account: str, browser: Browser
) -> None:
    _, asked = leave(browser)
    with trusting.client(base_url=at.url) as http:
        http.get("/sign-in")
        stolen = back(at, there, Browser(at, http), asked)
        assert "もう一度サインイン" in stolen.text
    assert "もう一度サインイン" in back(at, there, browser, asked).text, "and with that it is used up"
    _, asked = leave(browser)
    assert back(at, there, browser, asked).status_code == 303
    browser.http.cookies.clear()
    assert "もう一度サインイン" in browser.http.get(BACK, params={"state": asked["state"], "code": "c"}).text
    _, asked = leave(browser)
    at.clock.pass_by(minutes=11)
    assert "もう一度サインイン" in back(at, there, browser, asked).text
    assert browser.http.get(BACK, params=[("state", "a"), ("state", "b")]).status_code == 400


def test_nobody_is_made_an_account(at: Any, there: Elsewhere, account: str, browser: Browser) -> None:
    def comes(subject: str) -> int:
        there.claims = {"sub": subject, "email": "clerk@city.example", "preferred_username": "clerk"}
        _, asked = leave(browser)
        return back(at, there, browser, asked).status_code

    assert comes("clerk") == 403
    assert comes(SUBJECT.upper()) == 403, "a subject is compared sign for sign"
    at.do(accounts.lock(at.vault, "clerk"))
    assert comes(SUBJECT) == 403
    at.do(accounts.unlock(at.vault, "clerk"))
    assert comes(SUBJECT) == 303
    assert at.do(linked.unlink(at.vault, "clerk"))
    assert not who(browser), "everything has ended with it"
    assert comes(SUBJECT) == 403
    assert at.do(linked.link(at.vault, "clerk", there.url, SUBJECT))
    at.do(accounts.remove(at.vault, "clerk"))
    at.do(accounts.enrol(at.vault, "clerk", "right", PERSON))
    assert comes(SUBJECT) == 403, "another of the same name is another"
    assert at.do(linked.link(at.vault, "clerk", "https://other.example", SUBJECT))
    assert comes(SUBJECT) == 403, "and so is a subject of another provider"


def test_a_subject_is_of_one_account(at: Any, there: Elsewhere, account: str) -> None:
    at.do(accounts.enrol(at.vault, "second", "right", PERSON))
    assert not at.do(linked.link(at.vault, "second", there.url, SUBJECT))
    assert not at.do(linked.link(at.vault, "nobody", there.url, "another"))
    at.do(accounts.remove(at.vault, "second"))


def test_a_reset_leaves_the_link_and_ends_the_rest(at: Any, there: Elsewhere, account: str, browser: Browser) -> None:
    _, asked = leave(browser)
    assert back(at, there, browser, asked).status_code == 303
    at.do(accounts.enrol(at.vault, "clerk", "new", PERSON))
    assert not who(browser)
    _, asked = leave(browser)
    assert back(at, there, browser, asked).status_code == 303


def test_who_has_a_second_factor_here_is_asked_for_it(
    at: Any, there: Elsewhere, account: str, browser: Browser
) -> None:
    at.do(accounts.show_second(at.vault, "clerk", one_time.new_secret()))
    _, asked = leave(browser)
    page = back(at, there, browser, asked)
    assert (page.status_code, "6桁" in page.text, who(browser)) == (200, True, False)


def test_what_a_second_factor_adds_makes_no_password_and_no_sign_in_of_ours(
    at: Any, there: Elsewhere, account: str, browser: Browser
) -> None:
    secret = one_time.new_secret()
    at.do(accounts.show_second(at.vault, "clerk", secret))
    there.claims = {"amr": ["face"], "auth_time": int(at.clock().timestamp()) - 500}
    _, asked = leave(browser, browser.ask())
    page = back(at, there, browser, asked)
    code = one_time.code(secret, int(at.clock().timestamp() // one_time.STEP))
    done = browser.http.post("/sign-in/second", data=hidden(page) | {"code": code})
    body = browser.exchange(browser.answer(browser.http.get(done.headers["location"]))["code"]).json()
    said = json.loads(jws.extract_compact(body["id_token"].encode()).payload)
    assert said["amr"] == ["face", "otp", "mfa"]
    assert said["auth_time"] == there.claims["auth_time"]
    assert "市の共通サインイン" in browser.http.get("/sign-out").text, "where the session goes on"


def test_a_sign_in_that_is_asked_for_anew_is_anew(at: Any, there: Elsewhere, account: str, browser: Browser) -> None:
    now = int(at.clock().timestamp())
    for since, status in ((None, 401), (now - 3600, 401), (now, 303)):
        there.claims = {"auth_time": since}
        _, asked = leave(browser, browser.ask(prompt="login"))
        assert asked["prompt"] == "login"
        assert back(at, there, browser, asked).status_code == status
    browser.http.cookies.clear()
    _, asked = leave(browser, browser.ask(max_age="600"))
    assert asked["max_age"] == "600"
    there.claims = {}
    assert back(at, there, browser, asked).status_code == 401, "it was asked, and does not say since when"
    _, asked = leave(browser, browser.ask(max_age="600"))
    there.claims = {"auth_time": now - 3600}
    done = back(at, there, browser, asked)
    assert 'name="password"' in browser.http.get(done.headers["location"]).text, "what was too long ago stays so"


def test_what_a_pushed_request_asks_of_the_sign_in_holds_there_too(
    at: Any, there: Elsewhere, account: str, browser: Browser
) -> None:
    def leaves(**other: str) -> dict[str, str]:
        """With nothing in the address, and nothing in the form, that says so."""
        name = browser.http.post("/oauth/par", data=browser.request(**other)).json()["request_uri"]
        params = {"client_id": "tsunagu-desk", "request_uri": name}
        form = hidden(browser.http.get("/oauth/authorize", params=params))
        going = browser.http.post("/sign-in/provider", data={name: form[name] for name in ("csrf", "query")})
        found = re.search(r'<a href="([^"]*)" rel', going.text)
        assert found
        return dict(parse_qsl(urlsplit(html.unescape(found[1])).query))

    for other, said in (({"max_age": "600"}, ("600", None)), ({"prompt": "login"}, (None, "login"))):
        asked = leaves(**other)
        assert (asked.get("max_age"), asked.get("prompt")) == said
        assert back(at, there, browser, asked).status_code == 401, "an answer that does not say since when"


@pytest.mark.parametrize("down", ["discovery", "another", "plain", "endless", "redirect", "keys", "token"])
def test_where_the_provider_is_down_it_is_said_and_accounts_of_ours_sign_in(
    at: Any, there: Elsewhere, account: str, browser: Browser, down: str
) -> None:
    at.clock.pass_by(hours=1 + len(down))
    well_known = "/.well-known/openid-configuration"
    match down:
        case "discovery":
            there.status[well_known] = 500
        case "another":
            there.said = {"issuer": "https://evil.example"}
        case "plain":
            there.said = {"token_endpoint": "http://provider.example/token"}
        case "endless":
            there.said = {"more": "x" * 70_000}
        case "redirect":
            there.status[well_known] = 302
        case "keys":
            there.status["/jwks"] = 500
        case "token":
            there.status["/token"] = 503
    going, asked = leave(browser)
    page = back(at, there, browser, asked) if asked else going
    assert page.status_code == 503
    assert page.text.count("市の共通サインインが応答しません") == 1
    assert browser.sign_in(page, "clerk", "right").status_code == 303


def test_leaving_says_that_the_provider_goes_on(at: Any, there: Elsewhere, account: str, browser: Browser) -> None:
    _, asked = leave(browser)
    assert back(at, there, browser, asked).status_code == 303
    page = browser.http.get("/sign-out")
    assert "市の共通サインイン" in page.text
    done = browser.http.post("/sign-out", data=hidden(page))
    assert "市の共通サインインのサインインは続いています" in done.text
    browser.sign_in(browser.http.get("/sign-in"), "clerk", "right")
    assert "市の共通サインイン" not in browser.http.get("/sign-out").text


def test_no_provider_inside_the_local_network_is_asked_unless_it_may(
    there: Elsewhere, tmp_path_factory: pytest.TempPathFactory
) -> None:
    installation = Installation(
        tmp_path_factory.mktemp("inside"), outside=Outside(there.url, "tsunagu", "", (), (), "市の共通サインイン")
    )
    installation.start()
    with trusting.client(base_url=installation.url) as http:
        going, _ = leave(Browser(installation, http))
        assert going.status_code == 503
    installation.stop()


def test_where_there_is_none_none_is_offered(tmp_path_factory: pytest.TempPathFactory) -> None:
    installation = Installation(tmp_path_factory.mktemp("alone"))
    installation.start()
    assert "/sign-in/provider" not in trusting.get(f"{installation.url}/sign-in").text
    assert trusting.post(f"{installation.url}/sign-in/provider").status_code == 404
    installation.stop()
