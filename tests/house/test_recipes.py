"""The recipes work: a copy of the tree in which each is followed to the letter passes the tests that it ends with."""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house import source

STEP = re.compile(
    r"^\*\*(\S+)\*\*, (new|after|in place of)(?: (?:`` ([^\n]+?) ``|`([^`\n]+)`))?:\n```\w+\n(.*?)^```$", re.M | re.S
)
HELD = ["tests/house/test_docs.py", "tests/house/test_files.py", "tests/house/test_openapi.py"]
HELD += ["tests/house/test_routes.py", "tests/house/test_codes.py", "tests/house/test_generation.py"]
HELD += ["tests/unit/api/documents/test_capability.py", "tests/unit/consent/secrecy/test_redaction.py"]


@dataclass(frozen=True, slots=True)
class Step:
    """What to write, and where: a new file, or lines after or in place of the one that begins so."""

    file: str
    how: str
    anchor: str
    text: str

    def follow(self, root: Path) -> None:
        place = root / self.file
        if self.how == "new":
            assert not place.exists(), self.file
            place.write_text(self.text, encoding="utf-8")
            return
        lines = place.read_text(encoding="utf-8").splitlines(keepends=True)
        at = next((number for number, line in enumerate(lines) if line.startswith(self.anchor)), None)
        assert at is not None, (self.file, self.anchor)
        lines[at : at + 1] = [lines[at], self.text] if self.how == "after" else [self.text]
        place.write_text("".join(lines), encoding="utf-8")


def recipes() -> dict[str, list[Step]]:
    """The steps of each recipe by its heading."""
    parts = re.split(r"^## (.+)$", source.text("docs/recipes.md"), flags=re.M)[1:]
    found = {heading: list(steps(text)) for heading, text in zip(parts[::2], parts[1::2], strict=True)}
    return {heading: each for heading, each in found.items() if each}


def steps(text: str) -> Iterator[Step]:
    for file, how, quoted, plain, written in STEP.findall(text):
        yield Step(file, how, quoted or plain, written)


def run(root: Path, *words: str) -> str:
    found = subprocess.run([sys.executable, "-m", *words], cwd=root, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout[-4000:] + found.stderr[-2000:]
    return found.stdout


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the tree with all recipes followed."""
    root = tmp_path_factory.mktemp("tree")
    for file in source.tracked("--others", "--exclude-standard"):
        place = root / file.relative_to(source.ROOT)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(file, place)
        _keep_compiled(file, place)
    for each in recipes().values():
        for step in each:
            step.follow(root)
    run(root, "tests.house.generation")
    (root / "openapi" / "openapi.json").write_text(run(root, "api.documents.openapi"), encoding="utf-8")
    return root


def _keep_compiled(file: Path, place: Path) -> None:
    """What Python has compiled of a file is good for a copy of the same time; of what is changed it is made anew."""
    compiled = Path(importlib.util.cache_from_source(str(file)))
    if file.suffix == ".py" and compiled.exists():
        there = Path(importlib.util.cache_from_source(str(place)))
        there.parent.mkdir(exist_ok=True)
        shutil.copyfile(compiled, there)


@pytest.fixture(scope="module")
def told(followed: Path) -> str:
    """What the tests say that the recipes end with, and those of the house."""
    return run(followed, "pytest", "-v", "-p", "no:cacheprovider", *written("/test_"), *HELD)


def written(part: str) -> list[str]:
    """The files of the steps that have this in their names."""
    return [step.file for each in recipes().values() for step in each if part in step.file]


def test_there_is_a_recipe_for_each_kind_of_addition() -> None:
    assert list(recipes()) == ["Add a ground", "Add an operation", "Add a served type", "Add a search parameter"]
    assert all(any(step.file.startswith("tests/") for step in each) for each in recipes().values())


def test_the_tests_that_the_recipes_end_with_pass(told: str) -> None:
    assert [file for file in written("/test_") if f"{file}::" not in told] == []


def test_nothing_is_forgotten_that_the_house_asks_for(told: str) -> None:
    assert [file for file in HELD if f"{file}::" not in told] == []


def test_what_is_written_is_typed_and_in_style(followed: Path) -> None:
    run(followed, "ruff", "check", *written(".py"))
    run(followed, "ruff", "format", "--check", *written(".py"))
