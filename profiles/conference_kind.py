"""Which kinds of conference are the 支援会議 of the Act, when they are convened as one.

profiles/tsunagu/CodeSystem-conference-kind.json; R27 of the domain and its decision 17.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from profiles import artefacts

FILE = Path(__file__).parent / "tsunagu" / "CodeSystem-conference-kind.json"


@cache
def statutory() -> frozenset[str]:
    """The codes of these kinds. Raises SpecFault."""
    return frozenset(
        concept["code"]
        for concept in artefacts.rows(FILE)["concept"]
        if any(said["code"] == "statutory" and said["valueBoolean"] for said in concept["property"])
    )
