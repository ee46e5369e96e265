"""How large the house is: files and lines of each floor, and its longest file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure

ROOT = Path(__file__).parent.parent
FLOORS = ("api", "consent", "resources", "profiles", "demo")


def measured(full: bool = False) -> Iterator[Figure]:
    for floor in FLOORS:
        lines = {file: len(file.read_text().splitlines()) for file in sorted((ROOT / floor).rglob("*.py"))}
        longest = max(lines, key=lambda file: lines[file])
        total = sum(lines.values())
        where = f"{longest.relative_to(ROOT)} with {lines[longest]}"
        yield Figure(f"size of {floor}", f"{len(lines)} files, {total:,} lines, longest {where}")
