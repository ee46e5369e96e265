"""A passkey signs a person in alone; what is forged, replayed, copied or of another site signs nobody in.

https://www.w3.org/TR/webauthn-3/
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from fido2.cose import ES384
from fido2.utils import websafe_encode
from hypothesis import given, settings
from hypothesis import strategies as st
from joserfc import jws

from api.oauth import accounts, one_time, passkeys
from api.oauth.passkey import Passkey
from api.oauth.webauthn import Ceremonies
from tests import trusting
from tests.authenticator import MADE, PRESENT, VERIFIED, Authenticator, options
from tests.unit.api.oauth.browser import Browser, hidden
from tests.unit.api.oauth.conftest import Installation

PERSON = "Practitioner/practitioner-carries-a-key"
CITY, NOUGHT = "https://tsunagu.example", websafe_encode(bytes(32))

_days = itertools.count(2, 2)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """Reached by a name: for a bare address no browser makes a passkey."""
    installation = Installation(tmp_path_factory.mktemp("named"), host="localhost")
    installation.start()
    yield installation
    installation.stop()


@pytest.fixture
def account(at: Any) -> Iterator[str]:
    at.clock.ahead = timedelta(days=next(_days))  # what failed before is forgotten
    at.do(accounts.enrol(at.vault, "carrier", "right", PERSON))
    yield "carrier"
    at.do(accounts.remove(at.vault, "carrier"))


@pytest.fixture
def device(at: Any, account: str, browser: Browser) -> Authenticator:
    """A passkey of the account, made in this browser, which is signed in."""
    signed_in(browser)
    found = Authenticator(at.url)
    assert added(browser, found).status_code == 200
    return found


def signed_in(browser: Browser) -> None:
    assert browser.sign_in(browser.http.get("/sign-in"), "carrier", "right").status_code == 303


def add(browser: Browser, **fields: str) -> httpx2.Response:
    page = browser.http.get("/passkeys")
    csrf = {"csrf": hidden(page)["csrf"]}
    return browser.http.post("/passkeys", data=csrf | {"name": "窓口の端末", "password": "right"} | fields)


def added(browser: Browser, device: Authenticator, **other: Any) -> httpx2.Response:
    page = add(browser)
    assert page.status_code == 200, page.text
    said = device.makes(options(page), **other)
    return browser.http.post("/passkeys/made", data=hidden(page) | {"said": said})


def asked(browser: Browser, page: httpx2.Response | None = None) -> httpx2.Response:
    page = page or browser.http.get("/sign-in")
    return browser.http.post("/sign-in/passkey", data=hidden(page))


def entered(browser: Browser, page: httpx2.Response, said: str) -> httpx2.Response:
    return browser.http.post("/sign-in/passkey/signed", data=hidden(page) | {"said": said})


def out(browser: Browser) -> None:
    browser.http.cookies.clear()


def who(browser: Browser) -> str:
    page = browser.http.get("/sign-in").text
    return "carrier" if "carrier" in page else ""


def test_a_person_adds_a_passkey_and_signs_in_with_it_alone(at: Any, device: Authenticator, browser: Browser) -> None:
    assert "窓口の端末" in browser.http.get("/passkeys").text
    out(browser)
    page = asked(browser, browser.ask())
    told = options(page)
    assert told["userVerification"] == "required"
    assert "allowCredentials" not in told, "no name was typed, so none is told to exist"
    device.count = 7
    done = entered(browser, page, device.signs(told))
    assert done.status_code == 303
    code = browser.answer(browser.http.get(done.headers["location"]))["code"]
    claims = json.loads(jws.extract_compact(browser.exchange(code).json()["id_token"].encode()).payload)
    assert claims["sub"] == "account:carrier"
    assert claims["amr"] == ["pop", "user", "mfa"]
    events = [event for event in at.said() if event.person == PERSON]
    assert [event.asked for event in events if event.kind != "token"][-3:] == [
        "sign-in (pwd)",
        "a passkey added",
        "sign-in (pop, user, mfa)",
    ]


def test_what_the_browser_is_told_to_make_names_its_account_by_nothing_of_a_person(
    account: str, browser: Browser
) -> None:
    signed_in(browser)
    told = options(add(browser))
    assert told["rp"]["id"] == "localhost"
    assert told["authenticatorSelection"]["residentKey"] == "required"
    assert told["authenticatorSelection"]["userVerification"] == "required"
    assert len(told["user"]["id"]) == 43
    assert told["attestation"] == "none"
    assert options(add(browser))["user"]["id"] == told["user"]["id"], "so that a device keeps one for it, not two"


def test_with_a_passkey_the_password_alone_signs_nobody_in(device: Authenticator, browser: Browser) -> None:
    out(browser)
    page = browser.sign_in(browser.ask(), "carrier", "right")
    assert page.status_code == 200
    assert "6桁" not in page.text
    assert who(browser) == ""
    done = entered(browser, challenged := asked(browser, page), device.signs(options(challenged)))
    assert done.headers["location"].startswith("/oauth/authorize?"), "and it goes on with what was asked"


WRONG: dict[str, dict[str, Any]] = {
    "another origin": {"origin": "https://evil.example"},
    "a host below ours": {"origin": "http://desk.localhost:1"},
    "another port": {"origin": "http://localhost:1"},
    "in a frame of another site": {"cross_origin": True},
    "for another site": {"rp": "evil.example"},
    "its owner not verified": {"flags": PRESENT},
    "nobody there": {"flags": VERIFIED},
    "a making and no signing": {"type": "webauthn.create"},
    "another challenge": {"challenge": NOUGHT},
    "another key": {"key": ec.generate_private_key(ec.SECP256R1())},
    "a passkey nobody has": {"id": bytes(32)},
    "an account nobody has": {"handle": NOUGHT},
    "no account": {"handle": None},
}


def test_what_is_not_signed_as_it_must_be_signs_nobody_in(at: Any, device: Authenticator, browser: Browser) -> None:
    out(browser)
    for wrong, said in WRONG.items():
        at.clock.ahead = timedelta(days=next(_days))
        page = asked(browser)
        refused = entered(browser, page, device.signs(options(page), **said))
        assert refused.status_code == 401, wrong
        assert who(browser) == "", wrong
        last = at.said()[-1]
        assert (last.kind, last.asked, last.outcome) == ("sign-in", "sign-in with a passkey", "4"), wrong
    page = asked(browser)
    assert entered(browser, page, device.signs(options(page))).status_code == 303


def test_what_no_browser_says_signs_nobody_in(at: Any, account: str, browser: Browser) -> None:
    for said in (
        "",
        "x",
        "[]",
        "{}",
        '{"rawId": 25276501960}',
        '{"rawId":"AA","response":{"signature":99999999999}}',
        "[" * 4000,
        "{" * 15_000,
        "x" * 20_000,
    ):
        at.clock.ahead = timedelta(days=next(_days))
        assert entered(browser, asked(browser), said).status_code == 401, said[:20]


def test_of_twenty_who_send_the_same_at_once_one_is_signed_in(device: Authenticator, browser: Browser) -> None:
    out(browser)
    page = asked(browser)
    said, fields = device.signs(options(page)), hidden(page)
    cookies = dict(browser.http.cookies)

    def send(_: int) -> int:
        with trusting.client(base_url=browser.http.base_url, cookies=cookies) as http:
            return http.post("/sign-in/passkey/signed", data=fields | {"said": said}).status_code

    with ThreadPoolExecutor(20) as many:
        statuses = list(many.map(send, range(20)))
    assert sorted(statuses) == [200] * 19 + [303], "the others are shown the sign-in"


def test_a_challenge_counts_in_its_own_browser_for_its_purpose_and_for_minutes(
    at: Any, device: Authenticator, browser: Browser
) -> None:
    making = add(browser)
    making_said = device.makes(options(making))
    out(browser)
    page = asked(browser)
    said = device.signs(options(page))
    with trusting.client(base_url=at.url) as http:
        own = hidden(http.get("/sign-in"))
        stolen = http.post("/sign-in/passkey/signed", data=hidden(page) | own | {"said": said})
        assert (stolen.status_code, "もう一度サインイン" in stolen.text) == (200, True)
    assert entered(browser, page, said).status_code == 200, "and with that it is used up"
    other = entered(browser, browser_form(browser, making), device.signs(options(making)))
    assert "もう一度サインイン" in other.text, "one for making signs nobody in"
    page = asked(browser)
    at.clock.pass_by(minutes=6)
    assert "もう一度サインイン" in entered(browser, page, device.signs(options(page))).text
    assert browser.http.post("/passkeys/made", data=hidden(making) | {"said": making_said}).status_code == 403


def browser_form(browser: Browser, page: httpx2.Response) -> httpx2.Response:
    """The page's fields under this browser's own seal."""
    own = hidden(browser.http.get("/sign-in"))["csrf"]
    return httpx2.Response(200, text=page.text.replace(hidden(page)["csrf"], own))


def test_a_copy_is_found_by_its_count_and_one_that_never_counts_is_good(
    at: Any, device: Authenticator, browser: Browser
) -> None:
    for count, status in ((0, 303), (0, 303), (5, 303), (9, 303), (9, 401), (6, 401), (0, 401), (10, 303)):
        out(browser)
        page = asked(browser)
        assert entered(browser, page, device.signs(options(page), count=count)).status_code == status, count
        if status == 401:
            alert = at.said()[-2]
            assert (alert.kind, alert.records) == ("security-alert", (PERSON,))
            assert "count went back" in alert.asked


def test_failures_with_a_passkey_and_with_a_password_make_wait_alike(
    at: Any, device: Authenticator, browser: Browser
) -> None:
    out(browser)
    statuses = []
    for _ in range(3):
        page = asked(browser)
        statuses.append(entered(browser, page, device.signs(options(page), flags=PRESENT)).status_code)
    statuses += [browser.sign_in(browser.http.get("/sign-in"), "carrier", "wrong").status_code for _ in range(3)]
    assert statuses == [401, 401, 401, 401, 401, 429]
    page = asked(browser)
    assert entered(browser, page, device.signs(options(page))).status_code == 429, "the right one waits as well"


@pytest.mark.parametrize("end", ["reset", "lock", "remove"])
def test_a_reset_a_lock_and_a_removal_end_passkeys(at: Any, device: Authenticator, browser: Browser, end: str) -> None:
    out(browser)
    page = asked(browser)
    said = device.signs(options(page))
    if end == "reset":
        at.do(accounts.enrol(at.vault, "carrier", "right", PERSON))
    elif end == "lock":
        at.do(accounts.lock(at.vault, "carrier"))
        at.do(accounts.unlock(at.vault, "carrier"))
    else:
        at.do(accounts.remove(at.vault, "carrier"))
        at.do(accounts.enrol(at.vault, "carrier", "right", PERSON))
    assert entered(browser, page, said).status_code == 401
    assert browser.sign_in(browser.http.get("/sign-in"), "carrier", "right").status_code == 303, (
        "and nothing else is asked"
    )


def test_one_made_while_the_account_is_reset_is_not_kept(at: Any, account: str, browser: Browser) -> None:
    signed_in(browser)
    before = at.do(accounts.find(at.vault, "carrier"))
    page = add(browser)
    at.do(accounts.enrol(at.vault, "carrier", "new", PERSON))
    said = Authenticator(at.url).makes(options(page))
    assert browser.http.post("/passkeys/made", data=hidden(page) | {"said": said}).status_code == 403
    made = Passkey("id", "credential", "name", 1)
    assert at.do(passkeys.add(at.server.issuer, before, made)) is None, "nor by one who was a moment ahead"


def test_one_is_removed_others_stay_and_everything_else_ends(at: Any, device: Authenticator, browser: Browser) -> None:
    second = Authenticator(at.url)
    assert added(browser, second).status_code == 200
    out(browser)
    page = asked(browser)
    assert entered(browser, page, second.signs(options(page))).status_code == 303
    token = browser.exchange(browser.code()).json()["access_token"]
    assert at.actor(token)
    page = browser.http.get("/passkeys")
    remove = {"csrf": hidden(page)["csrf"], "id": websafe_encode(device.id)}
    refused = browser.http.post("/passkeys/remove", data=remove | {"password": "wrong"})
    assert (refused.status_code, refused.text.count("/passkeys/remove")) == (401, 2)
    done = browser.http.post("/passkeys/remove", data=remove | {"password": "right"})
    assert (done.status_code, done.text.count("/passkeys/remove")) == (200, 1)
    assert who(browser) == "carrier", "this browser goes on"
    with pytest.raises(Exception, match="token"):
        at.actor(token)
    out(browser)
    page = asked(browser)
    assert entered(browser, page, device.signs(options(page))).status_code == 401
    page = asked(browser)
    assert entered(browser, page, second.signs(options(page))).status_code == 303


MADE_WRONG: dict[str, dict[str, Any]] = {
    "another origin": {"origin": "https://evil.example"},
    "in a frame of another site": {"cross_origin": True},
    "for another site": {"rp": "evil.example"},
    "its owner not verified": {"flags": PRESENT | MADE},
    "no key in it": {"flags": PRESENT | VERIFIED},
    "a signing and no making": {"type": "webauthn.get"},
    "another challenge": {"challenge": NOUGHT},
    "another id than the key's": {"id": bytes(32)},
    "a kind of key that was not asked for": {
        "public": ES384.from_cryptography_key(ec.generate_private_key(ec.SECP384R1()).public_key())
    },
    "nested deep": {"attestation": b"\x81" * 8000},
    "longer than it is": {"attestation": b"\x9b" + b"\xff" * 8},
}


def test_what_is_not_made_as_it_must_be_is_not_kept(at: Any, account: str, browser: Browser) -> None:
    signed_in(browser)
    for wrong, said in MADE_WRONG.items():
        assert added(browser, Authenticator(at.url), **said).status_code == 400, wrong
    assert at.do(accounts.find(at.vault, "carrier")).passkeys == ()


def test_one_that_was_made_is_not_kept_twice_nor_more_than_ten(
    at: Any, device: Authenticator, browser: Browser
) -> None:
    assert added(browser, device).status_code == 400
    for _ in range(9):
        assert added(browser, Authenticator(at.url)).status_code == 200
    assert add(browser).status_code == 409


def test_adding_asks_for_the_password_and_for_digits_where_there_are_some(
    at: Any, account: str, browser: Browser
) -> None:
    assert browser.http.post("/passkeys", data={"name": "x", "password": "right"}).status_code == 403
    assert 'name="password"' in browser.http.get("/passkeys").text
    signed_in(browser)
    assert add(browser, password="wrong").status_code == 401
    assert add(browser, csrf="another").status_code == 403
    secret = one_time.new_secret()
    at.do(accounts.show_second(at.vault, "carrier", secret))
    page = browser.sign_in(browser.http.get("/sign-in"), "carrier", "right")

    def digits(ahead: int) -> str:
        return one_time.code(secret, int(at.clock().timestamp() // one_time.STEP) + ahead)

    used = digits(0)
    assert browser.http.post("/sign-in/second", data=hidden(page) | {"code": used}).status_code == 303
    assert add(browser).status_code == 401
    assert add(browser, code=used).status_code == 401, "used at the sign-in"
    assert add(browser, code=digits(1)).status_code == 200


def test_a_name_is_kept_as_it_can_be_seen(at: Any, account: str, browser: Browser) -> None:
    signed_in(browser)
    for typed, kept in (("ＰＣ\x00１", "PC1"), ("  ", "パスキー"), ("<b>" + "長" * 60, "長")):
        page = add(browser, name=typed)
        said = Authenticator(at.url).makes(options(page))
        done = browser.http.post("/passkeys/made", data=hidden(page) | {"said": said})
        assert kept in done.text
        assert "<b>" not in done.text


def test_one_page_alone_has_a_script_and_it_is_ours(device: Authenticator, browser: Browser) -> None:
    out(browser)
    for page in (browser.http.get("/sign-in"), browser.http.get("/passkeys")):
        assert "<script" not in page.text
        assert "script-src" not in page.headers["content-security-policy"]
    page = asked(browser)
    assert page.headers["content-security-policy"].endswith("; script-src 'self'")
    assert page.text.count("<script") == 1
    script = browser.http.get("/static/passkey.js")
    assert script.headers["content-type"].startswith("text/javascript")


def test_at_a_bare_address_none_is_offered(tmp_path_factory: pytest.TempPathFactory) -> None:
    assert not Ceremonies("http://127.0.0.1:8000").possible
    assert not Ceremonies("https://[2001:db8::1]").possible
    assert Ceremonies("https://tsunagu.example").possible


MEMBERS = st.sampled_from(
    [
        *("rawId", "response", "clientDataJSON", "attestationObject", "authenticatorData"),
        *("signature", "userHandle", "type"),
    ]
)
VALUES = st.recursive(
    st.none() | st.integers() | st.text() | st.lists(st.none()), lambda each: st.dictionaries(MEMBERS, each)
)


@settings(deadline=None)
@given(st.text() | VALUES.map(json.dumps))
def test_whatever_a_stranger_says_is_judged(said: str) -> None:
    judging = Ceremonies(CITY)
    passkey = Passkey("id", "AAAA", "name", 1)
    assert judging.made(said, NOUGHT) is None
    assert judging.signed(said, NOUGHT, passkey) is None
    judging.named(said)


@settings(deadline=None)
@given(st.binary(max_size=300), st.binary(max_size=200))
def test_whatever_bytes_a_stranger_says_are_judged(data: bytes, client: bytes) -> None:
    judging = Ceremonies(CITY)
    right = json.dumps({"type": "webauthn.create", "challenge": NOUGHT, "origin": CITY}).encode()
    for said in (right, client):
        response = {"clientDataJSON": websafe_encode(said), "attestationObject": websafe_encode(data)}
        assert judging.made(json.dumps({"rawId": "AAAA", "response": response}), NOUGHT) is None
