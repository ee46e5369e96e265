"""Long proofs: each counts towards a bar, within its share of the time, and the run says how far each came.

docs/testing.md. `PROOF=name` runs one alone, to its bar, however long it takes.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest

SECONDS = float(os.environ.get("TSUNAGU_PROVE_SECONDS", "1800"))
CHOSEN = os.environ.get("PROOF", "")


@dataclass(slots=True)
class Proof:
    """How far one proof came. `until` is when its share of the time is over, on the monotonic clock."""

    name: str
    bar: int = 0
    until: float = 0.0
    reached: int = 0

    @property
    def goes_on(self) -> bool:
        """Whether there is more to do and time for it; the first piece is always done."""
        return self.reached < self.bar and (not self.reached or time.monotonic() < self.until)

    def count(self, more: int = 1) -> None:
        self.reached += more

    def __str__(self) -> str:
        return f"{self.name}: {self.reached:,} of {self.bar:,} ({min(self.reached / self.bar, 1):.0%})"


_named: dict[str, Proof] = {}
"""Every proof of this run, by name."""
_bars: dict[str, int | Callable[[], int]] = {}
"""Their bars: a number, or what counts it when the first test of the proof begins."""
_end = time.monotonic() + SECONDS


@pytest.fixture
def proof(request: pytest.FixtureRequest) -> Proof:
    """The proof that a test's marker names. Its share of the time begins with the first test of it."""
    made = _named[_marked(request.node)]
    if not made.until:
        bar = _bars[made.name]
        made.bar = bar if isinstance(bar, int) else bar()
        waiting = sum(not each.until for each in _named.values())
        now = time.monotonic()
        made.until = float("inf") if CHOSEN else now + max(_end - now, 0) / waiting
    return made


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "proof(name, bar): counts towards a bar; `PROOF=name make prove` runs it to that"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        if found := item.get_closest_marker("proof"):
            name, bar = found.args
            _named.setdefault(name, Proof(name))
            assert _bars.setdefault(name, bar) == bar, name
    if not CHOSEN:
        return
    if CHOSEN not in _named:
        raise pytest.UsageError(f"PROOF is one of {', '.join(sorted(_named))}")
    kept = [item for item in items if _marked(item) == CHOSEN]
    config.hook.pytest_deselected(items=[item for item in items if _marked(item) != CHOSEN])
    items[:] = kept


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if reached := [each for each in _named.values() if each.until]:
        terminalreporter.section("how much of each bar was reached")
        for each in reached:
            terminalreporter.write_line(str(each))


def _marked(item: pytest.Item) -> str:
    found = item.get_closest_marker("proof")
    return str(found.args[0]) if found else ""
