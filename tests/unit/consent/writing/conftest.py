"""A store of their own for records that are laid down as they are said to be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.consent.writing.lain import Lain, in_a_store


@pytest.fixture
def lain(tmp_path: Path) -> Iterator[Lain]:
    with in_a_store(tmp_path) as made:
        yield made
