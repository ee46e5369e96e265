"""Every page of signing in is without a fault that axe-core finds, fits a small telephone, and is shown in the docs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser import screens, shown
from tests.house import source
from tests.http import launch
from tests.http.launch import Running

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def server(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = launch.copied(installed, tmp_path_factory.mktemp("screens") / "city")
    with launch.serving(folder, host="localhost") as running:
        yield running


def test_pages_are_narrow_and_in_the_docs(server: Running) -> None:
    seen = []
    told = source.text("docs/oauth.md")
    with shown.chromium() as browser:
        page = browser.new_context(locale="ja-JP").new_page()
        for name in screens.pages(server, page):
            assert shown.fits(page, 320), name
            assert f"](screens/{name}.png)" in told, name
            assert page.screenshot()[:4] == b"\x89PNG"
            seen.append(name)
    assert sorted(seen) == sorted(file.stem for file in (source.ROOT / "docs/screens").glob("*.png"))


@shown.axe
def test_axe_finds_no_fault_of_a_page(server: Running) -> None:
    with shown.chromium() as browser:
        page = browser.new_context(locale="ja-JP").new_page()
        assert {name: found for name in screens.pages(server, page) if (found := shown.faults(page))} == {}
