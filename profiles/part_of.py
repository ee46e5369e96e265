"""Which references of R4 make a hierarchy, by the search parameters that follow them: part_of.json.

https://hl7.org/fhir/R4/extension-structuredefinition-hierarchy.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from profiles import artefacts

FILE = Path(__file__).parent / "part_of.json"


@cache
def parameters() -> Mapping[str, Sequence[str]]:
    """Type -> its parameters of this kind, the one that references from elsewhere go along first. Raises SpecFault."""
    found = artefacts.rows(FILE)
    return {type: tuple(codes) for type, codes in found.items() if type != "$comment"}
