"""Which elements of a record tell who reported, wrote or asked: one list for all types of casework.

docs/policy.md, P7: what a person reads of their own records tells that of nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from profiles import artefacts, schema

FILE = Path(__file__).parent / "reporting.json"


@cache
def elements() -> Mapping[str, frozenset[str]]:
    """Type -> the elements of it; of a type that is not there nobody can tell. Raises SpecFault."""
    found = artefacts.rows(FILE)
    schema.check(FILE, found, "reporting")
    return {type: frozenset(names) for type, names in found.items()}
