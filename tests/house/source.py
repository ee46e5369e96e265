"""The product's own files, read once for every test of the house."""

from __future__ import annotations

import ast
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLOORS = ("api", "consent", "resources", "profiles")
PRODUCT = (*FLOORS, "demo", "bench")


def modules(*folders: str) -> list[Path]:
    """Every Python file below these folders of the repository, in order."""
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


def name(file: Path) -> str:
    """The path as a reader of the repository writes it."""
    return file.relative_to(ROOT).as_posix()


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


@cache
def text(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def tracked(*more: str) -> list[Path]:
    """Every file that git would publish; `--others --exclude-standard` also gives those not added yet."""
    asked = ["git", "ls-files", "-z", "--cached", *more]
    listed = subprocess.run(asked, cwd=ROOT, capture_output=True, check=True).stdout
    return [ROOT / entry.decode() for entry in listed.split(b"\0") if entry and (ROOT / entry.decode()).is_file()]
