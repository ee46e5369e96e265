"""Time is a value of the call: there is one clock, and nobody else looks at the time of day."""

from __future__ import annotations

import ast

from tests.house import source

CLOCK = "api/clock.py"
LOOKS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}


def test_nobody_but_the_clock_looks_at_the_time_of_day() -> None:
    looking = {
        source.name(file)
        for file in source.modules("api", "consent")
        for node in ast.walk(source.tree(file))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and (node.value.id, node.attr) in LOOKS
    }
    assert looking == {CLOCK}
