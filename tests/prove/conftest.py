"""What takes minutes is proven when time is given for it, and else left out."""

from __future__ import annotations

import os

import pytest


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "prove: takes minutes; set TSUNAGU_PROVE_SECONDS to how long it may take")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "TSUNAGU_PROVE_SECONDS" in os.environ:
        return
    left_out = [item for item in items if item.get_closest_marker("prove")]
    items[:] = [item for item in items if not item.get_closest_marker("prove")]
    config.hook.pytest_deselected(items=left_out)
