"""A pytest plugin for the scenarios of a run of its own: it plays them without a rule, and tells how each ended.

docs/testing.md. Without a rule the first that fails at its outcome is enough.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.world import server, without

WITHOUT = "TSUNAGU_PROVE_WITHOUT"
TOLD = "TSUNAGU_PROVE_TOLD"
CITY = "TSUNAGU_PROVE_CITY"
"""The setting that names where the demo city is kept, which is laid down by all the rules, for the runs to come."""


def pytest_load_initial_conftests() -> None:
    """Before anything of the features is imported: what they start is the launcher that takes the rule out, and a town
    that acts in this process has it taken out here."""
    if rule := os.environ.get(WITHOUT):
        without.take_out(rule)
        stand_in: Any = SimpleNamespace(**vars(subprocess) | {"Popen": _launched})
        setattr(server, "subprocess", stand_in)  # noqa: B010  # a module is no place to assign to


@pytest.fixture(scope="session", autouse=True)
def city_of_the_run_before(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Where the fixture `installed` looks for it."""
    kept, installed = Path(os.environ[CITY]), tmp_path_factory.getbasetemp() / "installed"
    if kept.exists():
        shutil.copytree(kept, installed)
    yield
    if installed.exists() and not kept.exists():
        shutil.copytree(installed, kept)


def pytest_bdd_step_error(request: pytest.FixtureRequest, scenario: Any, step: Any) -> None:
    _tell(scenario.name, step.type, step.name)
    if os.environ.get(WITHOUT) and step.type != "given":
        request.session.shouldfail = "without the rule a scenario of it fails"


def pytest_bdd_after_scenario(scenario: Any) -> None:
    _tell(scenario.name, "", "")


def _tell(scenario: str, kind: str, step: str) -> None:
    with open(os.environ[TOLD], "a", encoding="utf-8") as story:
        story.write(json.dumps({"scenario": scenario, "kind": kind, "step": step}) + "\n")


def _launched(words: list[str], **how: Any) -> subprocess.Popen[str]:
    python, *product = words
    assert product[:2] == ["-m", "api.cli"], words
    return subprocess.Popen(
        [python, "-m", "tests.world.without", os.environ[WITHOUT], "--", *product[2:]],
        **how,
    )
