"""The pages of signing in as Chromium shows them: `python -m tests.browser.screens docs/screens` takes them anew.

docs/oauth.md, "what people see"
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page

from tests.browser import shown
from tests.browser.test_pages import authorization
from tests.http import launch
from tests.http.launch import Running

NAME = "yorisoi"


def pages(server: Running, page: Page) -> Iterator[str]:
    """Leads the browser from page to page, and says what each is called."""
    address = server.address
    page.goto(authorization(server))
    yield "sign-in"
    page.get_by_label("お名前（ID）").fill(NAME)
    page.get_by_label("パスワード").fill("wrong")
    page.keyboard.press("Enter")
    page.get_by_text("違います").wait_for()
    yield "sign-in-refused"
    page.get_by_label("パスワード").fill(server.credentials.passwords[NAME])
    page.keyboard.press("Enter")
    page.get_by_role("button", name="許可する").wait_for()
    yield "what-an-app-asks-for"
    page.goto(f"{address}/sign-in")
    yield "signed-in"
    page.goto(f"{address}/passkeys")
    yield "passkeys"
    page.goto(f"{address}/sign-out")
    yield "sign-out"
    page.get_by_role("button", name="サインアウト").click()
    page.get_by_text("共用の端末では").wait_for()
    yield "signed-out"
    page.goto(f"{address}/sign-in")
    page.get_by_role("button", name="パスキーでサインイン").click()
    page.get_by_role("heading", name="パスキーでサインイン").wait_for()
    yield "sign-in-with-a-passkey"


def take(server: Running, folder: Path) -> list[str]:
    """A picture of each page, in the folder; their names."""
    with shown.chromium() as browser:
        page = browser.new_context(locale="ja-JP", viewport={"width": 720, "height": 640}).new_page()
        taken = []
        for name in pages(server, page):
            page.screenshot(path=folder / f"{name}.png", full_page=True)
            taken.append(name)
    return taken


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as own,
        launch.serving(Path(own) / "city", "--demo", host="localhost") as server,
    ):
        print("\n".join(take(server, folder)))


if __name__ == "__main__":
    main()
