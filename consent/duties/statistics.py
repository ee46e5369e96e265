"""Reported numbers are what the server counted: no client writes them.

docs/policy.md, P10.
"""

from __future__ import annotations

from collections.abc import Iterator

from consent.transition import Transition, violation
from resources.record.problem import Issue


def reported_by_the_server(change: Transition) -> Iterator[Issue]:
    """P10: a MeasureReport is written by `$evaluate-measure` alone, and stays as it was reported."""
    text = "numbers are counted and reported by `$evaluate-measure` alone, and stay as they were reported"
    ja = "集計は `$evaluate-measure` だけが数えて報告し、報告した後は変わりません"
    yield violation("P10", text, ja, "MeasureReport", "forbidden")
