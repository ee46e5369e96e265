"""Dates are read in one place: `resources/record/moment.py` knows what R4 writes, and nobody else looks."""

from __future__ import annotations

import ast

from tests.house import source

READS = {(kind, how) for kind in ("date", "datetime") for how in ("fromisoformat", "strptime", "fromisocalendar")}


def test_nobody_reads_a_date_by_other_means() -> None:
    reading = {
        source.name(file)
        for file in source.modules("api", "consent", "resources", "profiles")
        for node in ast.walk(source.tree(file))
        if (
            isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and (node.value.id, node.attr) in READS
        )
        or (isinstance(node, ast.ImportFrom | ast.Import) and "dateutil.parser" in ast.unparse(node))
    }
    assert reading == set()
