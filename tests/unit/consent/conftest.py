"""A town of its own for every test."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from profiles.spec import Spec
from resources.store.open import opened
from tests.unit.consent.people import NOW
from tests.unit.consent.town import Town


@pytest.fixture
def town(tmp_path: Path, spec: Spec) -> Iterator[Town]:
    store = opened(str(tmp_path), lambda: NOW)
    with asyncio.Runner() as runner:
        runner.run(store.open())
        try:
            town = Town.founded(runner, store, spec)
            town.folder = tmp_path
            yield town
        finally:
            runner.run(store.close())
