"""What every test may ask for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from profiles import load
from profiles.spec import Spec
from tests.secantus import wire_server
from tests.world import two_years
from tests.world.two_years import Years

pytest_plugins = ["tests.proofs"]


@pytest.fixture(scope="session")
def spec() -> Spec:
    """The specification as the product loads it, read once a session."""
    return load.load()


@pytest.fixture(scope="session")
def mongodb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The one stand-in for MongoDB of a session, started when first asked for: each test has a database of its own."""
    with wire_server(tmp_path_factory.mktemp("mongodb")) as address:
        yield address


@pytest.fixture(scope="session")
def two_years_lived(tmp_path_factory: pytest.TempPathFactory, spec: Spec) -> Path:
    """Where two fiscal years of coordinators' work are written, once a session."""
    folder = tmp_path_factory.mktemp("two-years")
    two_years.live(folder, spec)
    return folder


@pytest.fixture
def years(two_years_lived: Path, tmp_path: Path, spec: Spec) -> Iterator[Years]:
    """A copy of them for every test."""
    with two_years.again(two_years_lived, tmp_path / "again", spec) as gone_on_with:
        yield gone_on_with
