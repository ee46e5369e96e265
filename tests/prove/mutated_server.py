"""A pytest plugin for scenarios that are played against a server with a mutant in it.

docs/testing.md, "Mutation"
"""

from __future__ import annotations

import os
import subprocess
from types import SimpleNamespace
from typing import Any

from tests.prove import mutated
from tests.world import server


def pytest_load_initial_conftests() -> None:
    """Before anything of the features is imported: what they start is the launcher that puts the mutant in."""
    if os.environ.get(mutated.PUT):
        stand_in: Any = SimpleNamespace(**vars(subprocess) | {"Popen": _launched})
        setattr(server, "subprocess", stand_in)  # noqa: B010  # a module is no place to assign to


def _launched(words: list[str], **how: Any) -> subprocess.Popen[str]:
    python, *product = words
    assert product[:2] == ["-m", "api.cli"], words
    return subprocess.Popen([python, "-m", "tests.prove.mutated", *product[2:]], **how)
