"""What every test may ask for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from profiles import load
from profiles.spec import Spec
from tests.secantus import wire_server

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
