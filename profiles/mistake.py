"""Where a record says that it was entered in error: by type, the elements whose required codes have that code in R4.

https://hl7.org/fhir/R4/resource.html (status elements that are modifiers); docs/policy.md, "mistakes"
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from profiles import tables

CODE = "entered-in-error"

_R4 = Path(__file__).parent / "r4"


@cache
def elements() -> Mapping[str, frozenset[str]]:
    """Type -> its own elements that may say so; a type without one is absent. Raises SpecFault."""
    expansions = tables.value_sets(_R4 / "value-sets.json").items()
    told = {url for url, systems in expansions if any(CODE in codes for codes in systems.values())}
    found = {
        type: frozenset(path for path, each in rows.items() if "." not in path and each.binding in told)
        for type, rows in tables.elements(_R4 / "elements.json").items()
    }
    return {type: names for type, names in found.items() if names}
