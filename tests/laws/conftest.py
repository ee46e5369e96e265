"""What the laws share."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from consent import ordinance
from profiles.spec import Spec


@pytest.fixture(scope="module")
def runner() -> Iterator[asyncio.Runner]:
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def law(spec: Spec) -> ordinance.Ordinance:
    return ordinance.of(spec)
