"""Records that lie in a store of their own, for every test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.consent.standing.lying import Lying, in_a_store


@pytest.fixture
def lying(tmp_path: Path) -> Iterator[Lying]:
    with in_a_store(tmp_path) as made:
        yield made
