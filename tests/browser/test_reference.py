"""What a developer sees at /docs in a real browser: the operations, without a word to anybody else."""

from __future__ import annotations

import shutil

import pytest
from playwright.sync_api import sync_playwright

from tests.world.server import start_server

pytestmark = pytest.mark.browser


def test_the_reference_shows_the_operations_and_asks_nobody_else(installed, tmp_path):
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with start_server(installed, tmp_path / "city") as server, sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium, args=arguments)
        page = browser.new_page()
        asked, refused = [], []
        page.on("request", lambda request: asked.append(request.url))
        page.on("console", lambda said: refused.append(said.text) if "Content Security Policy" in said.text else None)
        root = server.base.removesuffix("/fhir")
        page.goto(f"{root}/docs")
        page.wait_for_selector(".opblock-tag")
        assert "FHIR" in page.inner_text("#reference")
        assert [url for url in asked if not url.startswith((root, "data:"))] == []
        assert refused == []
        browser.close()
