"""Which elements a summary has, and which change the meaning of others, as R4's definitions mark them.

https://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.isSummary
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Marks = dict[str, str]
"""Path below a type -> `S` where a summary has the element, `M` where it changes the meaning of others."""


def table(structures: Mapping[str, Mapping[str, Any]]) -> dict[str, Marks]:
    """The marks of each type; of an element with neither there is none."""
    return {name: _marks(structure) for name, structure in structures.items()}


def _marks(structure: Mapping[str, Any]) -> Marks:
    rows = structure["snapshot"]["element"]
    marks = {row["path"].partition(".")[2]: _mark(row) for row in rows}
    return {path: mark for path, mark in marks.items() if path and mark}


def _mark(element: Mapping[str, Any]) -> str:
    return ("S" if element.get("isSummary") else "") + ("M" if element.get("isModifier") else "")
