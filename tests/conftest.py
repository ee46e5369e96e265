"""What every test may ask for."""

from __future__ import annotations

import pytest

from profiles import load
from profiles.spec import Spec


@pytest.fixture(scope="session")
def spec() -> Spec:
    """The specification as the product loads it, read once a session."""
    return load.load()
