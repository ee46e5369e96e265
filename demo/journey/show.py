"""The journey on a terminal: one line for each act, with what was decided and why.

docs/journey.md
"""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import Console
from rich.text import Text

from demo.journey.narration import Narration


def show(acts: Iterable[Narration], console: Console) -> bool:
    """Print the acts as they happen. False where one of them was not answered as the ordinance wants."""
    step, held = "", True
    for narration in acts:
        if narration.step != step:
            step = narration.step
            console.rule(f"[bold]{step}[/bold]", align="left")
        console.print(_line(narration))
        if narration.reason:
            console.print(Text(f"       {narration.reason}", style="dim"))
        held = held and narration.held
    return held


def _line(narration: Narration) -> Text:
    mark, style = ("✓", "green") if narration.allowed else ("✗", "yellow")
    line = Text(f"  {mark} {narration.status} ", style=style)
    line.append(f"{narration.who}：{narration.ja}", style="default")
    line.append(f" ({narration.en})", style="dim")
    if narration.rules:
        line.append(f" [{' '.join(narration.rules)}]", style="cyan")
    if not narration.held:
        line.append(f"  ≠ {narration.expected}", style="bold red")
    return line
