"""What is kept of another validator's verdicts is what it says: docs/validation.md."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.outside import other_validator

pytestmark = pytest.mark.prove


def test_the_verdicts_that_are_kept_are_those_it_gives() -> None:
    folder = os.environ.get(other_validator.PACKAGE)
    if not folder:
        pytest.skip(f"{other_validator.PACKAGE} names no folder with hl7.fhir.r4.core 4.0.1: NOT PROVEN")
    assert other_validator.asked(Path(folder)) == other_validator.kept()
