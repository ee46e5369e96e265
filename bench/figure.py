"""A figure, the bar it is held against, and the table of docs/figures.md that is made of them.

docs/figures.md
"""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

PAGE = Path(__file__).parent.parent / "docs" / "figures.md"
BEGIN, END = "<!-- made by `make bench` -->", "<!-- as far as here -->"
HEAD = "| bench | what | figure | bar | | measured |\n|---|---|---|---|---|---|"


@dataclass(frozen=True, slots=True)
class Figure:
    """`holds` is None where there is no bar."""

    what: str
    found: str
    bar: str = ""
    holds: bool | None = None


def told_of(what: str, found: float, unit: str) -> Figure:
    return Figure(what, _said(found, unit))


def at_most(what: str, found: float, bar: float, unit: str) -> Figure:
    return Figure(what, _said(found, unit), f"≤ {_said(bar, unit)}", found <= bar)


def at_least(what: str, found: float, bar: float, unit: str) -> Figure:
    return Figure(what, _said(found, unit), f"≥ {_said(bar, unit)}", found >= bar)


def keep(bench: str, figures: Iterable[Figure]) -> None:
    """Put a bench's rows in the page in place of its older ones."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    table, _, after = rest.partition(END)
    rows = [row for row in table.strip().splitlines()[2:] if not row.startswith(f"| {bench} |")]
    rows += [_row(bench, each) for each in figures]
    PAGE.write_text(f"{before}{BEGIN}\n{HEAD}\n" + "\n".join(rows) + f"\n{END}{after}")


def told(figure: Figure) -> str:
    bar = f" (bar {figure.bar}: {_verdict(figure)})" if figure.bar else ""
    return f"{figure.what}: {figure.found}{bar}"


def machine() -> str:
    busy = os.getloadavg()[0]
    version = platform.python_version()
    return f"{date.today()}, {os.cpu_count()} cores {platform.machine()}, Python {version}, load {busy:.1f}"


def _row(bench: str, figure: Figure) -> str:
    return f"| {bench} | {figure.what} | {figure.found} | {figure.bar} | {_verdict(figure)} | {machine()} |"


def _verdict(figure: Figure) -> str:
    return {None: "", True: "holds", False: "**does not hold**"}[figure.holds]


def _said(number: float, unit: str) -> str:
    digits = 0 if abs(number) >= 100 else 1 if abs(number) >= 10 else 2
    return f"{number:,.{digits}f}{'' if unit in ('×', '') else ' '}{unit}"
