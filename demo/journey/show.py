"""The journey on a terminal: one line for each act, with what was decided and why.

docs/journey.md
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from demo.journey.told import Told


def show(acts: Iterable[Told], console: Console) -> bool:
    """Print the acts as they happen. False where one of them was not answered as the ordinance wants."""
    step, held = "", True
    for told in acts:
        if told.step != step:
            step = told.step
            console.rule(f"[bold]{step}[/bold]", align="left")
        console.print(_line(told))
        if told.reason:
            console.print(Text(f"       {told.reason}", style="dim"))
        held = held and told.held
    return held


def _line(told: Told) -> Text:
    mark, style = ("✓", "green") if told.allowed else ("✗", "yellow")
    line = Text(f"  {mark} {told.status} ", style=style)
    line.append(f"{told.who}：{told.ja}", style="default")
    line.append(f" ({told.en})", style="dim")
    if told.rules:
        line.append(f" [{' '.join(told.rules)}]", style="cyan")
    if not told.held:
        line.append(f"  ≠ {told.expected}", style="bold red")
    return line
