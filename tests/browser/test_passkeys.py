"""A person adds a passkey and signs in with it, in a real browser whose authenticator is played by the browser itself.

https://chromedevtools.github.io/devtools-protocol/tot/WebAuthn/; docs/oauth.md, "passkeys"
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page

from tests.browser import shown
from tests.http import launch
from tests.http.launch import Running

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Reached by a name, as passkeys want it."""
    folder = launch.copied(installed, tmp_path_factory.mktemp("named") / "city")
    with launch.serving(folder, host="localhost") as running:
        assert running.address.startswith("http://localhost:")
        yield running


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with shown.chromium() as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(locale="ja-JP")
    yield context.new_page()
    context.close()


@pytest.fixture
def device(page: Page) -> tuple[CDPSession, str]:
    """An authenticator beside the browser, whose owner shows it a finger each time."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return session, made["authenticatorId"]


def with_password(server: Running, page: Page, name: str) -> None:
    page.goto(f"{server.address}/sign-in")
    page.get_by_label("お名前（ID）").fill(name)
    page.get_by_label("パスワード").fill(server.credentials.passwords[name])
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="サインインしています").wait_for()


def added(server: Running, page: Page, name: str) -> None:
    with_password(server, page, name)
    page.get_by_role("link", name="パスキー").click()
    page.get_by_label("このパスキーの呼び名").fill("窓口の端末")
    page.get_by_label("パスワード").fill(server.credentials.passwords[name])
    page.get_by_role("button", name="登録する").click()
    page.get_by_text("変更しました").wait_for()


def test_a_passkey_is_made_signs_in_alone_and_is_removed(server: Running, page: Page, device: tuple[Any, str]) -> None:
    session, authenticator = device
    added(server, page, "yorisoi")
    assert page.get_by_text("窓口の端末").first.is_visible()
    assert shown.fits(page, 320)
    kept = session.send("WebAuthn.getCredentials", {"authenticatorId": authenticator})["credentials"]
    assert [(each["rpId"], each["isResidentCredential"]) for each in kept] == [("localhost", True)]
    page.context.clear_cookies()
    page.goto(f"{server.address}/sign-in")
    page.get_by_label("お名前（ID）").focus()
    for _ in range(3):  # over the password and its button
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="サインインしています").wait_for()
    assert "yorisoi" in page.inner_text("main")
    page.context.clear_cookies()
    page.goto(f"{server.address}/sign-in")
    page.get_by_label("お名前（ID）").fill("yorisoi")
    page.get_by_label("パスワード").fill(server.credentials.passwords["yorisoi"])
    page.keyboard.press("Enter")
    page.get_by_text("パスワードだけではサインインできません").wait_for()
    page.locator("button:focus").wait_for()
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="サインインしています").wait_for()
    page.get_by_role("link", name="パスキー").click()
    page.get_by_text("窓口の端末").first.click()
    page.locator("details").get_by_label("パスワード").fill(server.credentials.passwords["yorisoi"])
    page.get_by_role("button", name="「窓口の端末」を消す").click()
    page.get_by_text("まだありません").wait_for()
    page.context.clear_cookies()
    page.goto(f"{server.address}/sign-in")
    page.get_by_role("button", name="パスキーでサインイン").click()
    page.get_by_text("パスキーを確かめられませんでした").wait_for()
    with_password(server, page, "yorisoi")


def test_who_does_not_show_it_that_it_is_them_is_told_and_may_try_again(
    server: Running, page: Page, device: tuple[Any, str]
) -> None:
    session, authenticator = device
    added(server, page, "coordinator")
    page.context.clear_cookies()
    session.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    page.goto(f"{server.address}/sign-in")
    page.get_by_role("button", name="パスキーでサインイン").click()
    page.get_by_text("パスキーを使えませんでした").wait_for()
    assert shown.fits(page, 320)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": True})
    page.get_by_role("button", name="パスキーを使う").click()
    page.get_by_role("heading", name="サインインしています").wait_for()


@shown.axe
def test_axe_finds_no_fault_of_the_pages_of_a_passkey(server: Running, page: Page, device: tuple[Any, str]) -> None:
    session, authenticator = device
    added(server, page, "convener")
    assert shown.faults(page) == []
    page.context.clear_cookies()
    session.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    page.goto(f"{server.address}/sign-in")
    page.get_by_label("お名前（ID）").fill("convener")
    page.get_by_label("パスワード").fill(server.credentials.passwords["convener"])
    page.keyboard.press("Enter")
    page.get_by_text("パスワードだけではサインインできません").wait_for()
    assert shown.faults(page) == []
    page.locator("button:focus").wait_for()
    page.keyboard.press("Enter")
    page.get_by_text("パスキーを使えませんでした").wait_for()
    assert shown.faults(page) == []


def test_no_page_of_the_sign_in_breaks_its_own_policy(server: Running, page: Page, device: tuple[Any, str]) -> None:
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda fault: said.append(str(fault)))
    added(server, page, "health-center")
    page.context.clear_cookies()
    page.goto(f"{server.address}/sign-in")
    page.locator("#name:focus").wait_for()  # who is quicker than the page's own focus hears of that from the browser
    page.get_by_role("button", name="パスキーでサインイン").click()
    page.get_by_role("heading", name="サインインしています").wait_for()
    assert said == []


def test_without_scripts_the_page_says_how_else(server: Running, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{server.address}/sign-in")
    page.get_by_role("button", name="パスキーでサインイン").click()
    page.get_by_text("スクリプトが要ります").wait_for()
    page.get_by_role("link", name="別の方法でサインイン").click()
    page.get_by_label("パスワード").wait_for()
    context.close()
