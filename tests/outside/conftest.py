"""A server on which household H's journey was played."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.journey import play
from tests.http import launch
from tests.http.launch import Running


@pytest.fixture(scope="session")
def played(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = launch.copied(installed, tmp_path_factory.mktemp("played") / "city")
    with launch.serving(folder, "--demo") as running:
        assert all(told.held for told in play.play(running.base, running.credentials))
        yield running
