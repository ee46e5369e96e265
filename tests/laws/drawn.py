"""How much the laws draw: few worlds in `make test`, many in `make prove`, where the seldom ones are asked for as well.

docs/testing.md
"""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

LAW = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def drawn(few: int, many: int) -> pytest.MarkDecorator:
    """Run a law twice: over `few` examples, and in `make prove` over `many`. It asks for `examples`."""
    return pytest.mark.parametrize("examples", [few, pytest.param(many, marks=pytest.mark.prove)])
