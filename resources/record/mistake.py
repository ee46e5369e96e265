"""Whether a record says of itself that it was entered in error.

docs/policy.md, "mistakes"; profiles/mistake.py says by which elements, and for types that have none it is our modifier
extension `entered-in-error`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from profiles import mistake
from resources.record import coding
from resources.search.predicate import term

MISTAKEN = term(".mistaken", "yes")
"""That a record was entered in error, by its current version: all its versions say so, and what belongs to it."""

_MODIFIER = f"{coding.BASE}/StructureDefinition/{mistake.CODE}"


def is_marked(resource: Mapping[str, Any]) -> bool:
    """Whether it says so; where that cannot be told from the mark, it is marked."""
    elements = mistake.elements().get(str(resource.get("resourceType")))
    if elements:
        return any(_says(resource.get(name)) for name in elements)
    marks = resource.get("modifierExtension")
    named = (each for each in (marks if isinstance(marks, list) else ()) if isinstance(each, Mapping))
    return any(each.get("url") == _MODIFIER and each.get("valueBoolean") is not False for each in named)


def _says(value: Any) -> bool:
    """A code itself, or a CodeableConcept with it under whatever system."""
    return value == mistake.CODE or any(found.endswith(f"|{mistake.CODE}") for found in coding.of(value))
