"""Whether a record says of itself that it was entered in error.

docs/policy.md, "mistakes"; profiles/mistake.py says by which elements, and for types that have none it is our modifier
extension `entered-in-error`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from profiles import mistake
from resources.record import coding
from resources.search.predicate import term
from resources.search.relation import Terms, values

MISTAKEN = term(".mistaken", "yes")
"""That a record was entered in error, by its current version: all its versions say so, and what belongs to it. Of a
past version alone, that it names somebody by mistake."""

MISNAMED = ".misnamed"
"""Of a past version, the Patients and Groups that it names by mistake: for the record it is as if it never had. No body
tells it, so it is taken over."""

_MODIFIER = f"{coding.BASE}/StructureDefinition/{mistake.CODE}"


def is_marked(resource: Mapping[str, Any]) -> bool:
    """Whether it says so; where that cannot be told from the mark, it is marked."""
    elements = mistake.elements().get(str(resource.get("resourceType")))
    if elements:
        return any(_says(resource.get(name)) for name in elements)
    marks = resource.get("modifierExtension")
    named = (each for each in (marks if isinstance(marks, list) else ()) if isinstance(each, Mapping))
    return any(each.get("url") == _MODIFIER and each.get("valueBoolean") is not False for each in named)


def misnamed(terms: Terms) -> frozenset[str]:
    """Whom, or which household, a version names by mistake."""
    return frozenset(values(terms, MISNAMED))


def said(terms: Terms) -> frozenset[str]:
    """What a version says of that."""
    named = misnamed(terms)
    return frozenset({MISTAKEN, *(term(MISNAMED, one) for one in named)}) if named else frozenset()


def without(terms: Iterable[str], persons: Iterable[str]) -> set[str]:
    """These terms, as if nothing had ever named these persons and households."""
    return set(terms).difference(term(name, one) for one in persons for name in (about(one), ".kept", MISNAMED))


def about(one: str) -> str:
    """Under which name a record says that it is about this person or household."""
    return ".subject" if one.startswith("Patient/") else ".household"


def _says(value: Any) -> bool:
    """A code itself, or a CodeableConcept with it under whatever system."""
    return value == mistake.CODE or any(found.endswith(f"|{mistake.CODE}") for found in coding.of(value))
