"""Chromium as the tests drive it, and axe-core's opinion of a page.

https://github.com/dequelabs/axe-core
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests import node_packages

axe = node_packages.having("axe-core")
"""Marks a test that asks axe-core, so that it is skipped aloud where that is not installed."""


@contextmanager
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=found, args=arguments)
        yield browser
        browser.close()


def faults(page: Page) -> list[tuple[str, Any]]:
    """What axe-core finds wrong with the page that is shown: for tests that are marked with `axe`.

    It is put in by the debugger, which no policy of a page's stops: the page itself stays as it was served.
    """
    page.evaluate(node_packages.text("axe-core/axe.min.js"))
    found = page.evaluate("axe.run()")
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]]


def fits(page: Page, width: int) -> bool:
    """Whether nothing of the page has to be scrolled to sideways at this width."""
    page.set_viewport_size({"width": width, "height": 700})
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))
